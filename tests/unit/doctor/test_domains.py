from __future__ import annotations

import pytest

from outreach.definitions.model import Bounces, Sender, Workspace
from outreach.doctor.domains import Domain, addresses, look
from outreach.doctor.examining import senders
from outreach.doctor.findings import Finding
from outreach.doctor.resolving import Resolver
from tests.unit.doctor.name_server import BROKEN, name_server
from tests.unit.doctor.test_signatures import LONG
from tests.unit.doctor.zones import nobody, table

DIENST = Domain("dienst.example", is_author=True, is_envelope=True)
SOUND = {
    "dienst.example": {"MX": ["10 mx.dienst.example."], "TXT": ["v=spf1 ip4:8.8.4.4 -all"]},
    "mx.dienst.example": {"A": ["8.8.4.4"]},
    "_dmarc.dienst.example": {"TXT": ["v=DMARC1; p=reject; rua=mailto:d@dienst.example"]},
    "2026._domainkey.dienst.example": {"TXT": [f"v=DKIM1; p={LONG}"]},
}


def asked(zone, domain: Domain = DIENST, selectors: tuple[str, ...] = ("2026",)) -> dict[str, Finding]:
    with name_server(zone) as server:
        found = list(look(domain, selectors, ["8.8.4.4"], Resolver(server.address).ask))
    return {finding.check.partition(" ")[0]: finding for finding in found}


def test_a_domain_that_is_set_up_has_nothing_to_mend() -> None:
    found = asked(SOUND)
    assert {check: finding.level for check, finding in found.items()} == {
        "bounces": "ok", "SPF": "ok", "DKIM": "ok", "DMARC": "ok"
    }  # fmt: skip
    assert found["bounces"].saw == "MX mx.dienst.example"


def test_a_domain_that_nobody_knows_has_all_to_mend() -> None:
    found = asked({})
    assert {finding.level for finding in found.values()} == {"fail"}
    assert all(finding.remedy for finding in found.values())


def test_where_servers_of_a_domain_fail_nothing_is_said_of_it() -> None:
    found = asked({**SOUND, "dienst.example": BROKEN})
    assert {check: finding.level for check, finding in found.items()} == {
        "bounces": "not_checked", "SPF": "not_checked", "DKIM": "ok", "DMARC": "ok"
    }  # fmt: skip


def test_where_nobody_answers_nothing_is_said_at_all() -> None:
    found = list(look(DIENST, (), (), nobody))
    assert [(finding.level, finding.saw) for finding in found] == [("not_checked", "no resolver answers")] * 4
    assert all("--resolver" in finding.remedy for finding in found)


def test_what_a_domain_is_for_says_what_is_asked_of_it() -> None:
    assert list(asked(SOUND, Domain("dienst.example", is_author=True, is_envelope=False))) == ["DKIM", "DMARC"]
    assert list(asked(SOUND, Domain("dienst.example", is_author=False, is_envelope=True))) == ["bounces", "SPF"]


@pytest.mark.parametrize(
    ("records", "level", "saw"),
    [
        ({"MX": ["0 ."]}, "fail", "its MX says that it takes no mail"),
        ({"MX": ["10 gone.example."]}, "fail", "its MX names gone.example, which has no address"),
        ({"MX": ["10 gone.example.", "20 six.example."]}, "ok", "MX gone.example, six.example"),
        ({"A": ["192.0.2.1"]}, "warn", "it has no MX, only an address"),
        ({}, "fail", "it has neither MX nor address: no bounce can come back, and many refuse mail from it"),
    ],
)
def test_bounces_must_find_their_way_back(records: dict[str, list[str]], level: str, saw: str) -> None:
    zone = {("dienst.example", kind): values for kind, values in records.items()}
    lookup = table({**zone, ("six.example", "AAAA"): ["2001:db8::1"]})
    bounces = next(look(DIENST, (), (), lookup))
    assert (bounces.level, bounces.saw) == (level, saw)


@pytest.mark.parametrize(
    ("bounces", "domains"),
    [
        ("", [Domain("dienst.example", True, True), Domain("xn--dinst-csa.example", True, True)]),
        ("b@dienst.example", [Domain("dienst.example", True, True), Domain("xn--dinst-csa.example", True, False)]),
        ("b@b.example", [Domain("b.example", False, True), Domain("dienst.example", True, False),
                         Domain("xn--dinst-csa.example", True, False)]),
    ],
)  # fmt: skip
def test_where_bounces_go_and_who_writes_may_be_two_domains(bounces: str, domains: list[Domain]) -> None:
    writers = {"a": "a@Dienst.example", "b": "b@dienst.example", "c": "c@diénst.example"}
    workspace = Workspace(
        {}, ("nl",), "https://dienst.example", bounces=Bounces(bounces),
        senders={name: Sender(name, {}, address) for name, address in writers.items()},
    )  # fmt: skip
    assert senders(workspace) == domains


def test_of_a_host_that_is_an_address_nobody_is_asked() -> None:
    assert addresses("192.0.2.1", nobody) == ["192.0.2.1"]
    assert addresses("2001:db8::1", nobody) == ["2001:db8::1"]
    assert addresses("mx", table({("mx", "A"): ["192.0.2.1"], ("mx", "AAAA"): ["2001:db8::1"]})) == [
        "192.0.2.1",
        "2001:db8::1",
    ]
