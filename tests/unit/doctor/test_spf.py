from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.doctor.findings import together
from outreach.doctor.spf import MalformedError, is_record, judge, mail_hosts, parse
from tests.unit.doctor.zones import table

DOMAIN, SERVER = "dienst.example", "8.8.4.4"
OTHERS = {
    ("mail.example", "A"): ["8.8.4.4"],
    ("six.example", "AAAA"): ["2606:4700::1111"],
    (DOMAIN, "MX"): ["10 mail.example.", "20 other.example."],
    ("host.example", "TXT"): ["something else", "v=spf1 ip4:8.8.4.0/24 -all"],
    ("none.example", "TXT"): ["something else"],
    ("soft.example", "TXT"): ["v=spf1 ip4:9.9.9.9 ~all"],
    ("round.example", "TXT"): ["v=spf1 include:about.example -all"],
    ("about.example", "TXT"): ["v=spf1 include:round.example -all"],
    **{(f"deep{n}.example", "TXT"): [f"v=spf1 include:deep{n + 1}.example -all"] for n in range(1, 12)},
    ("deep12.example", "TXT"): ["v=spf1 -all"],
}


def finding(*texts: str, servers: tuple[str, ...] = (SERVER,)):
    return together("SPF", list(judge(DOMAIN, texts, servers, table(OTHERS))))


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 ip4:8.8.4.4 -all",
        "v=spf1 ip4:8.8.0.0/16 ~all",
        "V=SPF1 IP4:8.8.4.4 -ALL",
        "v=spf1  a:mail.example  -all",
        "v=spf1 a:mail.example/24 -all",
        "v=spf1 mx -all",
        "v=spf1 -ip4:9.9.9.9 include:host.example -all",
        "v=spf1 redirect=host.example",
        "v=spf1 ip4:8.8.4.4 exp=why.example -all",
    ],
)
def test_a_record_that_lets_the_server_send_is_sound(record: str) -> None:
    found = finding("v=verification 1", record)
    assert (found.level, "it lets the mail server (8.8.4.4) send" in found.saw) == ("ok", True)


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        ("v=spf1 -all", "fail"),
        ("v=spf1 ip4:8.8.4.5 ~all", "softfail"),
        ("v=spf1 include:soft.example -all", "fail"),
        ("v=spf1 a:six.example -all", "fail"),
        ("v=spf1 -ip4:8.8.4.4 mx -all", "fail"),
        ("v=spf1 redirect=soft.example", "softfail"),
    ],
)
def test_a_record_that_does_not_is_shown_with_what_to_add(record: str, outcome: str) -> None:
    found = finding(record)
    assert (found.level, found.saw) == ("warn", f"it does not let the mail server (8.8.4.4) send: {outcome}")
    assert "Add ip4:8.8.4.4" in found.remedy


@pytest.mark.parametrize(
    ("texts", "level", "saw"),
    [
        ((), "fail", "there is no SPF record"),
        (("v=spf10 -all", "spf1"), "fail", "there is no SPF record"),
        (("v=spf1 -all", "v=spf1 mx -all"), "fail", "there are 2 SPF records"),
        (("v=spf1 +all",), "fail", "`+all` lets anybody send"),
        (("v=spf1 all",), "fail", "`+all` lets anybody send"),
        (("v=spf1 mx ?all",), "warn", "`?all` says nothing of others"),
        (("v=spf1 mx",), "warn", "it ends without `all`"),
        (("v=spf1 ptr mx -all",), "warn", "it uses `ptr`, which many receivers ignore"),
        (("v=spf1 mx -al",), "fail", "`-al` is no term of SPF"),
        (("v=spf1 ip4:8.8.4.400 -all",), "fail", "`ip4:8.8.4.400` holds no address of that kind"),
        (("v=spf1 ip4:2001:db8::1 -all",), "fail", "`ip4:2001:db8::1` holds no address of that kind"),
        (("v=spf1 include: -all",), "fail", "`include:` names no domain"),
        (("v=spf1 include:none.example -all",), "fail", "it counts on none.example, which has no SPF records"),
        (("v=spf1 include:round.example -all",), "fail", "it includes itself, by round.example"),
        (("v=spf1 include:deep1.example -all",), "fail", "it takes more than 10 questions to DNS"),
        (("v=spf1 redirect=a.example redirect=b.example",), "fail", "it redirects twice"),
    ],
)
def test_what_receivers_refuse_or_ignore_is_told(texts: tuple[str, ...], level: str, saw: str) -> None:
    found = finding(*texts)
    assert (found.level, found.saw.partition("; ")[0]) == (level, saw)
    assert found.remedy


def test_ten_questions_are_allowed() -> None:
    assert finding("v=spf1 include:deep3.example -all").level == "warn"  # ten of them, and no address in any


def test_an_address_of_the_sixth_version_is_asked_for_by_its_own() -> None:
    assert finding("v=spf1 a:six.example -all", servers=("2606:4700::1111",)).level == "ok"
    assert finding("v=spf1 ip6:2606:4700::/32 -all", servers=("2606:4700::1111",)).level == "ok"


def test_each_address_of_the_server_must_be_in_it() -> None:
    found = finding("v=spf1 ip4:8.8.4.4 -all", servers=("8.8.4.4", "9.9.9.9"))
    assert (found.level, "(9.9.9.9) send: fail; it lets the mail server (8.8.4.4)" in found.saw) == ("warn", True)


@pytest.mark.parametrize("servers", [(), ("127.0.0.1",), ("10.1.2.3", "fd00::1")])
def test_a_server_whose_address_is_not_seen_outside_is_not_judged(servers: tuple[str, ...]) -> None:
    found = finding("v=spf1 ip4:9.9.9.9 -all", servers=servers)
    assert (found.level, "cannot be seen from here" in found.saw) == ("ok", True)
    assert finding("v=spf1 include:none.example -all", servers=servers).level == "fail"


def test_what_depends_on_the_single_mail_is_not_judged() -> None:
    found = finding("v=spf1 exists:%{i}._spf.example -all")
    assert (found.level, "depends on the mail" in found.saw) == ("ok", True)


def test_hosts_of_mx_records_come_in_their_order() -> None:
    assert mail_hosts(["20 b.example.", "5 a.example.", "100 c.example."]) == ("a.example", "b.example", "c.example")
    assert mail_hosts(["0 ."]) == ()


@given(st.text(alphabet=st.sampled_from("v=spf1 +-~?:/%{}.aexlimnp4670"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    record = f"v=spf1 {text}"
    assert is_record(record)
    with suppress(MalformedError):
        assert all(term.name for term in parse(record))
    assert finding(record).level in ("ok", "warn", "fail")
