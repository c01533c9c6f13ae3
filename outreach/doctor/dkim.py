"""DKIM (RFC 6376): do the keys stand in DNS with which the mail server signs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence

from outreach.doctor import tags
from outreach.doctor.findings import Remark

#: Asked for where nobody said which there are: DNS cannot list them.
COMMON = ("default", "mail", "dkim", "selector1", "selector2", "s1", "s2", "k1")
#: Bytes of an RSA modulus of so many bits; a key is a little longer.
_LEAST, _ENOUGH = 1024 // 8, 2048 // 8
_ED25519 = 32

_PUBLISH = "Publish the public key of that selector as your mail server shows it, or correct OUTREACH_DKIM_SELECTORS."


def place(selector: str, domain: str) -> str:
    """Where the key of a selector stands."""
    return f"{selector}._domainkey.{domain}"


def judge(named: bool, records: Mapping[str, Sequence[str]]) -> Iterator[Remark]:
    """What is to be said of these TXT records by selector; `named`: the operator said that there are these."""
    found = {
        selector: keys for selector, texts in records.items() if (keys := [text for text in texts if is_key(text)])
    }
    for selector, keys in found.items():
        yield from _key(selector, keys)
    missing = [selector for selector in records if selector not in found]
    if named and missing:
        yield Remark("fail", f"there is no key for the selector {', '.join(missing)}", _PUBLISH)
    if not named and not found:
        yield Remark(
            "not_checked", f"selectors cannot be listed, and none of {', '.join(records)} has a key",
            "Let your mail server sign, and name its selector in OUTREACH_DKIM_SELECTORS.",
        )  # fmt: skip


def is_key(text: str) -> bool:
    """Whether a TXT record is a key of DKIM, be it a wrong one."""
    found = tags.read(text)
    return found is not None and "p" in found and found.get("v", "DKIM1") == "DKIM1"


def _key(selector: str, keys: Sequence[str]) -> Iterator[Remark]:
    if len(keys) > 1:
        yield Remark("fail", f"the selector {selector} has {len(keys)} keys", "Leave one: which counts is not defined.")
        return
    found = tags.read(keys[0]) or {}
    yield _strength(selector, found.get("k", "rsa"), "".join(found["p"].split()))
    if "y" in found.get("t", "").split(":"):
        yield Remark("warn", f"{selector} is marked as a test (t=y)", "Remove t=y once messages are signed.")


def _strength(selector: str, kind: str, key: str) -> Remark:
    if not key:
        return Remark("fail", f"the key of {selector} was withdrawn", "Sign with another selector, or publish a key.")
    try:
        length = len(base64.b64decode(key, validate=True))
    except binascii.Error:
        length = 0
    match kind:
        case "ed25519" if length == _ED25519:
            return Remark("ok", f"{selector}: an Ed25519 key; sign with RSA too, as not everybody reads it")
        case "rsa" if length >= _ENOUGH:
            return Remark("ok", f"{selector}: an RSA key of 2048 bits or more")
        case "rsa" if length >= _LEAST:
            return Remark(
                "warn", f"{selector}: a short RSA key", "Make a new one of 2048 bits, under another selector."
            )
    return Remark("fail", f"the key of {selector} cannot be read", _PUBLISH)
