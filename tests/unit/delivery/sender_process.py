"""A sender in a process of its own, to be killed: `python sender_process.py DATABASE_URL SMTP_URL`."""

from __future__ import annotations

import sys

from outreach.delivery.channels.smtp import Smtp
from outreach.delivery.recovery import recover
from outreach.delivery.sending import send_dispatched
from outreach.storage.database import connect
from tests.unit.delivery.ledgers import NOW, SECRET, Composer, definitions

database, known, composer = connect(sys.argv[1]), definitions(), Composer()
recover(database, [Smtp.at(sys.argv[2])], lambda _: known, NOW)
print("ready", flush=True)
send_dispatched(database, lambda _: composer, Smtp.at(sys.argv[2]), lambda _: known, lambda: NOW, SECRET)
