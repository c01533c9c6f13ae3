"""What somebody writes in an afternoon: Jinja2, EmailMessage, smtplib, and a commit for each mail.

Started by bench/sending: `by_hand.py PORT CONTENT`, where the JSON in CONTENT has the templates, the constants and the
people.
"""

from __future__ import annotations

import json
import resource
import smtplib
import sqlite3
import sys
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from pathlib import Path

from jinja2 import Environment, Template


def main(port: int, file: Path) -> None:
    content = json.loads(file.read_text())
    templates = {kind: compiled(source, kind) for kind, source in content["templates"].items()}
    ledger = opened(file.with_suffix(".db"), content["people"])
    print("ready", flush=True)
    sys.stdin.readline()
    before = resource.getrusage(resource.RUSAGE_SELF)
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number, person in enumerate(content["people"]):
            server.send_message(letter(templates, content, person))
            ledger.execute("UPDATE mail SET sent_at = datetime() WHERE id = ?", [number])
            ledger.commit()
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"messages": len(content["people"]), "cpu": cpu}), flush=True)


def compiled(source: str, kind: str) -> Template:
    environment = Environment(autoescape=kind == "html")
    # A filter of ours; the content has dates as words already.
    environment.filters["day"] = str
    return environment.from_string(source)


def opened(path: Path, people: list) -> sqlite3.Connection:
    """As durable as ours."""
    path.unlink(missing_ok=True)
    ledger = sqlite3.connect(path)
    ledger.execute("PRAGMA journal_mode=WAL")
    ledger.execute("PRAGMA synchronous=FULL")
    ledger.execute("CREATE TABLE mail (id INTEGER PRIMARY KEY, sent_at TEXT)")
    ledger.executemany("INSERT INTO mail (id) VALUES (?)", [(number,) for number in range(len(people))])
    ledger.commit()
    return ledger


def letter(templates: dict, content: dict, person: dict) -> EmailMessage:
    values = {**content["constants"], "person": person, "links": person["links"]}
    made = {kind: template.render(values) for kind, template in templates.items()}
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = content["from"], person["email"], made["subject"]
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="sociale-dienst.example")
    message["List-Unsubscribe"] = f"<{person['links']['unsubscribe']}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(made["text"])
    message.add_alternative(made["html"], subtype="html")
    return message


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
