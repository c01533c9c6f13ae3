"""Who was let in and who was not stands in the log, by the way they came, and by nothing that tells of anybody."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
import requests

from outreach.logs import JsonFormatter
from outreach.web import tokens
from outreach.web.app import make_app
from tests.unit.web.conftest import NOW, Open
from tests.unit.web.doors import SECRET, installation_of, served, signed
from tests.unit.web.people import add_person, token

_OURS = ("outreach.web.tokens", "outreach.web.api.signing", "outreach.web.refusals")


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, str]]]:
    """Event and fields of each line of ours."""
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records if record.name in _OURS]
    return [
        (line.pop("event"), {name: line[name] for name in line.keys() - {"at", "level", "logger"}}) for line in lines
    ]


def test_tokens_and_signatures_let_in_or_are_refused_on_record(workspace, database_url, caplog) -> None:
    caplog.set_level(logging.INFO, "outreach")
    installation = installation_of(workspace, database_url, events_secret=SECRET)
    secrets = [tokens.write(bytes([number]) * 32) for number in range(3)]
    with installation.database.writing() as connection:
        tokens.make(connection, secrets[0], "payroll", ("events",), NOW + timedelta(days=1), NOW, "tester")
        tokens.make(connection, secrets[1], "old", ("events", "scim"), NOW + timedelta(hours=1), NOW, "tester")
        tokens.revoke(connection, 2, NOW, "tester")
    with served(make_app(installation, installation.workspace().web, lambda: NOW)) as url:
        for secret in secrets:
            for door in ("api/events", "scim/v2/Users"):
                headers = {"authorization": f"Bearer {secret}", "webhook-id": "msg_1"}
                requests.request("POST" if "api" in door else "GET", f"{url}/{door}", headers=headers, timeout=10)
        for at in (NOW, NOW - timedelta(hours=1)):
            requests.post(f"{url}/api/events", b"{}", headers=signed("msg_1", "{}", at=at), timeout=10)
        requests.post(f"{url}/api/events", b"{}", headers={"webhook-id": "msg_1"}, timeout=10)
    installation.close()
    refused, let_in = "a token was refused", "a token let somebody in"
    assert told(caplog) == [
        (let_in, {"scope": "events", "token": "payroll"}),
        (refused, {"scope": "scim", "token": "payroll", "because": "not of this scope"}),
        (refused, {"scope": "events", "token": "old", "because": "revoked"}),
        (refused, {"scope": "scim", "token": "old", "because": "revoked"}),
        (refused, {"scope": "events", "because": "unknown"}),
        (refused, {"scope": "scim", "because": "unknown"}),
        ("a signature let somebody in", {}),
        ("a signature was refused", {"because": "signed too long ago"}),
        ("a signature was refused", {"because": "not signed"}),
    ]


def test_made_up_links_foreign_forms_and_floods_are_on_record_by_their_door(
    installation, opening: Open, caplog
) -> None:
    site = opening(installation, body_limit=1)
    caplog.set_level(logging.INFO, "outreach")
    who = add_person(site)
    site.ask("GET", "/u/made-up@staff.example")
    site.ask("GET", f"/c/{token(who, 'choices')}")
    site.ask("POST", f"/c/{token(who, 'choices')}", headers={"Origin": "https://evil.example"})
    site.ask("POST", f"/a/{token(who, 'about')}", data=b"x" * 2000)
    site.ask("GET", "/nowhere")
    event = "a request was refused"
    assert told(caplog) == [
        (event, {"door": "unsubscribe", "because": "no link of ours"}),
        (event, {"door": "choices", "because": "a form of another site"}),
        (event, {"door": "about", "because": "too large"}),
    ]
    assert "staff.example" not in caplog.text
