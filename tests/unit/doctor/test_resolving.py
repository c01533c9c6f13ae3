from __future__ import annotations

import time

import dns.resolver
import pytest

from outreach.doctor import resolving
from outreach.doctor.resolving import NoAnswerError, Resolver
from outreach.errors import OutreachError
from tests.unit.doctor.name_server import BROKEN, name_server

LONG = "v=DKIM1; p=" + "A" * 400
ZONE = {
    "dienst.example": {"MX": ["10 mx1.dienst.example.", "20 mx2.dienst.example."], "TXT": ["v=spf1 -all", "x=é"]},
    "k._domainkey.dienst.example": {"TXT": [LONG]},
    "mx1.dienst.example": {"A": ["192.0.2.1", "192.0.2.2"], "AAAA": ["2001:db8::1"]},
    "broken.example": BROKEN,
}


def test_records_come_as_text() -> None:
    with name_server(ZONE) as server:
        resolver = Resolver(server.address)
        assert sorted(resolver.ask("dienst.example", "MX")) == ["10 mx1.dienst.example.", "20 mx2.dienst.example."]
        assert "v=spf1 -all" in resolver.ask("dienst.example", "TXT")
        assert resolver.ask("k._domainkey.dienst.example", "TXT") == (LONG,)
        assert resolver.ask("mx1.dienst.example", "AAAA") == ("2001:db8::1",)


def test_what_does_not_exist_has_no_records() -> None:
    with name_server(ZONE) as server:
        resolver = Resolver(server.address)
        assert resolver.ask("elsewhere.example", "A") == ()
        assert resolver.ask("dienst.example", "A") == ()


def test_a_question_is_asked_once_however_it_is_written() -> None:
    with name_server(ZONE) as server:
        resolver = Resolver(server.address)
        for name in ("dienst.example", "Dienst.Example", "dienst.example."):
            assert resolver.ask(name, "MX")
        assert server.asked == ["dienst.example"]


def test_a_domain_whose_servers_fail_is_not_known_and_others_are() -> None:
    with name_server(ZONE) as server:
        resolver = Resolver(server.address)
        with pytest.raises(NoAnswerError):
            resolver.ask("broken.example", "MX")
        assert resolver.ask("dienst.example", "MX")


def test_who_is_silent_is_asked_once_and_not_waited_for_again() -> None:
    with name_server(ZONE, silent=True) as server:
        resolver = Resolver(server.address, question=0.3)
        began = time.monotonic()
        for name in ("a.example", "b.example", "c.example", "d.example"):
            with pytest.raises(NoAnswerError):
                resolver.ask(name, "MX")
        assert time.monotonic() - began < 1
        assert set(server.asked) == {"a.example"}


def test_all_questions_together_have_their_time() -> None:
    with name_server(ZONE) as server:
        resolver = Resolver(server.address, total=0)
        with pytest.raises(NoAnswerError):
            resolver.ask("dienst.example", "MX")
        assert server.asked == []


def test_a_machine_without_a_resolver_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(resolving.dns.resolver, "Resolver", none)
    with pytest.raises(NoAnswerError):
        Resolver().ask("dienst.example", "MX")


@pytest.mark.parametrize("address", ["resolver.example", "192.0.2.53:x", "192.0.2.53:99999", "300.0.0.1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(OutreachError, match="cannot be read"):
        Resolver(address)
