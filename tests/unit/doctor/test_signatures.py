"""DKIM and DMARC: what their records say."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

import pytest

from outreach.doctor import dkim, dmarc, tags
from outreach.doctor.findings import together
from tests.unit.doctor.zones import table

LONG, SHORT, TINY, EDWARDS = (base64.b64encode(bytes(size)).decode() for size in (294, 162, 94, 32))


def signed(records: Mapping[str, Sequence[str]], *, named: bool = True):
    return together("DKIM", list(dkim.judge(named, records)))


def asked(records: Mapping[str, Sequence[str]], domain: str = "post.dienst.example"):
    lookup = table({(f"_dmarc.{name}", "TXT"): texts for name, texts in records.items()})
    return together("DMARC", list(dmarc.judge(domain, lookup)))


@pytest.mark.parametrize(
    ("record", "level", "saw"),
    [
        (f"v=DKIM1; k=rsa; p={LONG}", "ok", "s: an RSA key of 2048 bits or more"),
        (f"p={LONG}", "ok", "s: an RSA key of 2048 bits or more"),
        (f"v=DKIM1; p={LONG[:100]} {LONG[100:]};", "ok", "s: an RSA key of 2048 bits or more"),
        (f"v=DKIM1;k=ed25519;p={EDWARDS}", "ok", "s: an Ed25519 key; sign with RSA too, as not everybody reads it"),
        (f"v=DKIM1; p={SHORT}", "warn", "s: a short RSA key"),
        (f"v=DKIM1; p={TINY}", "fail", "the key of s cannot be read"),
        (f"v=DKIM1; k=ed25519; p={LONG}", "fail", "the key of s cannot be read"),
        (f"v=DKIM1; k=dsa; p={LONG}", "fail", "the key of s cannot be read"),
        ("v=DKIM1; p=not base64!", "fail", "the key of s cannot be read"),
        ("v=DKIM1; p=", "fail", "the key of s was withdrawn"),
        (f"v=DKIM1; t=s:y; p={LONG}", "warn", "s is marked as a test (t=y)"),
        (f"v=DKIM2; p={LONG}", "fail", "there is no key for the selector s"),
        ("v=spf1 -all", "fail", "there is no key for the selector s"),
    ],
)
def test_a_key_is_judged_by_its_kind_and_length(record: str, level: str, saw: str) -> None:
    found = signed({"s": [record]})
    assert (found.level, found.saw.startswith(saw)) == (level, True)


def test_two_keys_under_one_selector_are_one_too_many() -> None:
    assert signed({"s": [f"p={LONG}", f"p={SHORT}"]}).level == "fail"


def test_each_selector_that_was_named_must_have_its_key() -> None:
    found = signed({"a": [f"p={LONG}"], "b": []})
    assert (found.level, "no key for the selector b" in found.saw) == ("fail", True)


def test_where_none_was_named_one_that_is_found_is_enough() -> None:
    assert signed({"a": [f"p={LONG}"], "b": []}, named=False).level == "ok"
    found = signed({"a": [], "b": ["v=spf1 -all"]}, named=False)
    assert (found.level, "OUTREACH_DKIM_SELECTORS" in found.remedy) == ("not_checked", True)


@pytest.mark.parametrize(
    ("record", "level", "saw"),
    [
        ("v=DMARC1; p=reject; rua=mailto:d@dienst.example", "ok", "p=reject"),
        ("v=DMARC1;p=QUARANTINE;rua=mailto:d@dienst.example", "ok", "p=quarantine"),
        ("v=DMARC1; p=none; rua=mailto:d@dienst.example", "warn", "p=none lets forged mail through"),
        ("v=DMARC1; p=reject", "warn", "nobody gets the reports"),
        ("v=DMARC1; p=perhaps", "fail", "the DMARC record cannot be read"),
        ("v=DMARC1", "fail", "the DMARC record cannot be read"),
        ("v=DMARC1; p=none; p=reject", "fail", "the DMARC record cannot be read"),
    ],
)
def test_a_policy_is_judged(record: str, level: str, saw: str) -> None:
    found = asked({"post.dienst.example": [record, "something else"]})
    assert (found.level, found.saw.partition("; ")[0]) == (level, saw)


def test_two_policies_are_none() -> None:
    found = asked({"post.dienst.example": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]})
    assert (found.level, found.saw) == ("fail", "there are 2 DMARC records")


def test_without_a_policy_of_its_own_that_of_the_organisation_counts() -> None:
    organisation = {"dienst.example": ["v=DMARC1; p=reject; sp=none; rua=mailto:d@dienst.example"]}
    found = asked(organisation)
    assert (found.level, found.saw) == ("warn", "p=none lets forged mail through; it has that of dienst.example")
    assert asked(organisation, "dienst.example").level == "ok"
    found = asked({**organisation, "b.dienst.example": ["v=DMARC1; p=reject"]}, "a.b.dienst.example")
    assert "it has that of dienst.example" in found.saw


def test_without_any_there_is_a_record_to_publish() -> None:
    found = asked({"example": ["v=DMARC1; p=reject"]})
    assert (found.level, found.saw) == ("fail", "there is no DMARC record")
    assert '_dmarc.post.dienst.example TXT "v=DMARC1; p=none;' in found.remedy


def test_the_domains_above_a_long_name_are_not_all_asked_for() -> None:
    assert list(dmarc.above("a.b.c.example")) == ["b.c.example", "c.example"]
    assert len(list(dmarc.above(".".join("abcdefghijklmnop")))) == 7


@pytest.mark.parametrize("text", ["", ";", "p", "=x", "p=1; p=2", "p=1;;q=2"])
def test_what_is_no_list_of_tags_is_none(text: str) -> None:
    assert tags.read(text) is None
