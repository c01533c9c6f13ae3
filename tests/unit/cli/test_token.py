"""`outreach token`: shown once, listed without itself, revoked by its number."""

from __future__ import annotations


def test_a_token_is_shown_once_and_listed_without_itself(cli):
    assert cli("token", "list").out == "No tokens.\n"
    made = cli(
        "token", "make", "payroll", "--scope", "events", "--scope", "outcomes", "--at", "2026-11-27T10:00", "--json"
    )
    assert made.code == 0
    assert made.json["scopes"] == ["events", "outcomes"]
    assert made.json["expires_at"] == "2027-11-27T09:00:00+00:00"
    listed = cli("token", "list", "--at", "2026-11-28", "--json")
    assert [(one["name"], one["state"], one["made_by"]) for one in listed.json] == [("payroll", "valid", "tester")]
    secret = made.json["token"].removeprefix("outreach_")
    assert secret not in listed.out + cli("token", "list").out
    assert "expired" in cli("token", "list", "--at", "2027-11-28").out


def test_a_revoked_token_is_told_so(cli):
    number = cli("token", "make", "entra-id", "--scope", "scim", "--expires", "2027-01-01", "--json").json["id"]
    assert "Revoked" in cli("token", "revoke", str(number)).out
    assert [one["state"] for one in cli("token", "list", "--json").json] == ["revoked"]
    missing = cli("token", "revoke", "7")
    assert (missing.code, "there is no token 7" in missing.err + missing.out) == (1, True)


def test_the_token_alone_is_on_standard_output_for_a_pipe(cli):
    answer = cli("token", "make", "payroll", "--scope", "events")
    assert answer.out.startswith("outreach_")
    assert len(answer.out.split()) == 1
    assert "shown this once" in answer.err


def test_a_token_for_nowhere_is_refused_with_what_there_is(cli):
    answer = cli("token", "make", "payroll", "--scope", "evnts", "--json")
    assert answer.code == 1
    assert "events" in answer.json["error"]["remedy"]
