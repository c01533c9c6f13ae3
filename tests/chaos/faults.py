"""What may go wrong at a mail server: at which point of the dialogue, in which way, and for how long."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product

#: In the order of the dialogue. `content` is the middle of it; at `dot` the whole message has come and is not yet
#: taken; at `taken` it is, and nothing is answered yet; `next` follows a transaction: RSET, QUIT, the next MAIL.
POINTS = ("greeting", "hello", "login", "mail", "rcpt", "data", "content", "dot", "taken", "next")
#: `stall` says nothing until the client has gone, `reset` sends an RST, `garbage` is an answer that is none.
FAULTS = ("4xx", "5xx", "421", "drop", "stall", "reset", "garbage")
#: Every fault at every point.
COMBINATIONS = tuple(product(POINTS, FAULTS))


@dataclass(frozen=True, slots=True)
class Spell:
    """A fault that strikes at one point of the dialogue, some times in a row over all connections."""

    point: str
    fault: str
    #: How often the point is passed unharmed before.
    after: int
    #: How often it strikes; then the server is well again.
    times: int
    #: Draws between variants of the same fault.
    seed: int

    def strikes(self, point: str, passed: int) -> bool:
        """Whether it strikes somebody who comes to that point after so many others."""
        return point == self.point and self.after <= passed < self.after + self.times


def spell(point: str, fault: str, seed: int, connections: int) -> Spell:
    """One of the many ways in which that fault may strike there, when so many connections are used."""
    draw = random.Random(f"{point}/{fault}/{seed}")
    times = draw.choice((1, 1, 1, 2)) if fault == "stall" else draw.choice((1, 1, 2, 4, 9))
    # Points before MAIL are passed once for each connection, not once for each message.
    after = draw.randrange(connections) if point in ("greeting", "hello", "login") else draw.randint(0, 30)
    return Spell(point, fault, after, times, draw.getrandbits(32))


def garbage(draw: random.Random) -> bytes:
    """An answer that is none, and that nobody can take for success."""
    return draw.choice(
        (
            b"\x00\xff\xfe\x80" * draw.randint(1, 50) + b"\r\n",
            b"y" * 200_000 + b"\r\n",
            b"y" * 100_000,
            b"thanks a lot\r\n",
            b"25\r\n",
            b"999 hello\r\n",
            b"250-going on\r\n" * 2000,
            b"\r\n",
            "２５０ OK\r\n".encode(),
        )
    )
