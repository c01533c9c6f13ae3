from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from outreach.roster.addresses import mailable
from outreach.roster.values import Refused

LOCAL = st.text("abcXYZ019.!#$%&'*+-/=?^_`{|}~ @\"(),:;<>[]\\é", min_size=1, max_size=70)
DOMAIN = st.one_of(
    st.text("abcX09.-_ éß@", min_size=1, max_size=20).map(lambda text: f"{text}.example"),
    st.sampled_from(
        ["x.example", "host.test", "müller.example", "localhost", "x.local", "[127.0.0.1]", "example", "x.y.be"]
    ),
)


def verdict_of_the_library(address):
    try:
        found = validate_email(
            address, check_deliverability=False, test_environment=True, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError:
        return None
    return f"{found.ascii_local_part}@{found.ascii_domain}"


@given(LOCAL, DOMAIN)
@example("jan.peeters", "dienst.example")
@example("a" * 64, "x.example")
@example("a" * 65, "x.example")
@example(".jan", "x.example")
@example("jan", "x..example")
def test_the_verdict_is_that_of_email_validator(local, domain):
    address = f"{local}@{domain}"
    try:
        ours = mailable(address)
    except Refused:
        ours = None
    assert ours == verdict_of_the_library(address)


def test_a_domain_is_stored_in_lower_case_and_the_part_before_it_as_it_is():
    assert mailable("Jan.Peeters@Dienst.EXAMPLE") == "Jan.Peeters@dienst.example"


def test_a_domain_with_accents_is_stored_as_mail_servers_take_it():
    assert mailable("info@zoë.example") == "info@xn--zo-ija.example"


def test_addresses_of_the_domains_for_examples_and_tests_pass():
    assert [mailable(address) for address in ("a@b.example", "a@b.test")] == ["a@b.example", "a@b.test"]


def test_an_address_as_long_as_the_standard_allows_passes_and_a_longer_one_does_not():
    domain = ".".join(["x" * 60] * 3) + ".example"
    fits = "a" * (254 - len(domain) - 1)
    assert len(mailable(f"{fits}@{domain}")) == 254
    with pytest.raises(Refused, match="longer than 254"):
        mailable(f"{fits}b@{domain}")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("jan.peeters", "no @"),
        ("zoë@x.example", "letters before the @"),
        ("jan peeters@x.example", "not well formed"),
        ("jan@x.example; piet@x.example", "more than one address"),
        ('"jan peeters"@x.example', "not well formed"),
        ("a..b@x.example", "not well formed"),
        ("a" * 65 + "@x.example", "longer than 64"),
        ("jan@localhost", "domain"),
        ("jan@", "domain"),
        ("jan@x_y.example", "domain"),
    ],
)
def test_the_reason_is_told_and_the_address_is_not(address, reason):
    with pytest.raises(Refused, match=reason) as caught:
        mailable(address)
    assert "jan" not in str(caught.value)
