"""DMARC (RFC 9989): what a domain asks of receivers, in its own record or in that of the domain above it."""

from __future__ import annotations

from collections.abc import Iterator

from outreach.doctor import tags
from outreach.doctor.findings import Remark
from outreach.doctor.resolving import Lookup

_POLICIES = ("none", "quarantine", "reject")
#: Labels of a name that are looked at at most: the ones in front of them are left out at once (RFC 9989, 4.10).
_MOST_LABELS = 8
_PUBLISH = (
    'Publish one, for a start: _dmarc.{} TXT "v=DMARC1; p=none; rua=mailto:dmarc@{}"; large mail providers ask for it.'
)


def records(name: str, lookup: Lookup) -> tuple[str, ...]:
    """The records of a name."""
    found = lookup(f"_dmarc.{name}", "TXT")
    return tuple(text for text in found if text.replace(" ", "").lower().startswith("v=dmarc1"))


def above(domain: str) -> Iterator[str]:
    """The domains above it, the nearest first, without the top level."""
    labels = domain.split(".")
    labels = labels[-_MOST_LABELS:] if len(labels) > _MOST_LABELS else labels[1:]
    while len(labels) > 1:
        yield ".".join(labels)
        labels = labels[1:]


def judge(domain: str, lookup: Lookup) -> Iterator[Remark]:
    """What is to be said of a domain."""
    own = records(domain, lookup)
    if own:
        yield from _of_record(own, "p", domain)
        return
    # The highest one counts: the organisation's own.
    for name in reversed(list(above(domain))):
        if inherited := records(name, lookup):
            yield Remark("ok", f"it has that of {name}")
            yield from _of_record(inherited, "sp", name)
            return
    yield Remark("fail", "there is no DMARC record", _PUBLISH.format(domain, domain))


def _of_record(found: tuple[str, ...], tag: str, name: str) -> Iterator[Remark]:
    if len(found) > 1:
        yield Remark("fail", f"there are {len(found)} DMARC records", f"Make one of them: receivers ignore {name}.")
        return
    record = tags.read(found[0])
    policy = (record or {}).get(tag) or (record or {}).get("p", "")
    if record is None or policy.lower() not in _POLICIES:
        yield Remark(
            "fail", "the DMARC record cannot be read", f"Let it say p=none, quarantine or reject at _dmarc.{name}."
        )
        return
    yield _of_policy(policy.lower())
    if "rua" not in record:
        yield Remark("warn", "nobody gets the reports", f"Name who reads them: rua=mailto:dmarc@{name}.")


def _of_policy(policy: str) -> Remark:
    if policy == "none":
        remedy = "When its reports show that all your mail passes, ask for quarantine or reject."
        return Remark("warn", "p=none lets forged mail through", remedy)
    return Remark("ok", f"p={policy}")
