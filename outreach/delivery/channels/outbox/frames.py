"""The messages of one call of `send` as bytes, and back.

A column each for keys, recipients, shapes and own texts: ten times as quick to write as a record per message, and
smaller. A shape is where in the skeleton a message's own texts stand; most messages of a frame share one.

Payload: u32 length and JSON (`skeletons`: digests; `shapes`: index of the skeleton, then its fields, -1 for an own
text; `keys` and `recipients`), u32 shape of each message, u32 length of each own text, the own texts. Little-endian,
all of it compressed (zlib).
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.rendering.mail import Mail

#: Stands for a text of the message's own in a shape.
_OWN = -1
#: zlib's fastest: own texts repeat within a message (a link in header, HTML and text), which it finds as well as 9.
_LEVEL = 1
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as it lies in the outbox."""

    key: str
    recipient: str
    #: Of the skeleton.
    digest: str
    #: As in `Mail.fields`: an index into the skeleton's chunks, or the message's own bytes.
    fields: tuple[int | bytes, ...]


def pack(mails: Sequence[Mail]) -> bytes:
    """The messages as one payload."""
    return repack([Stored(mail.key, mail.recipient, mail.skeleton.digest, mail.fields) for mail in mails])


def repack(mails: Sequence[Stored]) -> bytes:
    """The same of messages that lay in an outbox."""
    skeletons: dict[str, int] = {}
    shapes: dict[tuple[int, tuple[int, ...]], int] = {}
    shape_of, own = array("I"), list[bytes]()
    for mail in mails:
        shape = tuple([field if type(field) is int else _OWN for field in mail.fields])
        own += [field for field in mail.fields if type(field) is not int]  # type: ignore[misc]  # the rest is bytes
        skeleton = skeletons.setdefault(mail.digest, len(skeletons))
        shape_of.append(shapes.setdefault((skeleton, shape), len(shapes)))
    head = json.dumps(
        {
            "skeletons": list(skeletons),
            "shapes": [[skeleton, *shape] for skeleton, shape in shapes],
            "keys": [mail.key for mail in mails],
            "recipients": [mail.recipient for mail in mails],
        },
        separators=(",", ":"),
    ).encode()
    lengths = array("I", map(len, own))
    return zlib.compress(b"".join((_LENGTH.pack(len(head)), head, _bytes(shape_of), _bytes(lengths), *own)), _LEVEL)


def unpack(payload: bytes) -> Iterator[Stored]:
    """The messages that `pack` wrote."""
    body = zlib.decompress(payload)
    at = _LENGTH.size + _LENGTH.unpack_from(body)[0]
    head = json.loads(body[_LENGTH.size : at])
    shape_of = _array(body, at, len(head["keys"]))
    at += 4 * len(shape_of)
    sizes = [shape.count(_OWN) for shape in head["shapes"]]
    lengths = _array(body, at, sum(sizes[shape] for shape in shape_of))
    own = _pieces(body, at + 4 * len(lengths), lengths)
    for key, recipient, number in zip(head["keys"], head["recipients"], shape_of, strict=True):
        skeleton, *shape = head["shapes"][number]
        fields = tuple([next(own) if field == _OWN else field for field in shape])
        yield Stored(key, recipient, head["skeletons"][skeleton], fields)


def keys(payload: bytes) -> list[str]:
    """Only the keys of the messages, in order."""
    stream = zlib.decompressobj()
    start = stream.decompress(payload, _LENGTH.size)
    head = stream.decompress(stream.unconsumed_tail, _LENGTH.unpack(start)[0])
    return list(json.loads(head)["keys"])


def _pieces(body: bytes, start: int, lengths: array[int]) -> Iterator[bytes]:
    return (body[a:b] for a, b in pairwise(accumulate(lengths, initial=start)))


def _bytes(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


def _array(body: bytes, at: int, count: int) -> array[int]:
    numbers = array("I", body[at : at + 4 * count])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
