"""A process that hands over, to be killed: `python handing_over_process.py DATABASE_URL FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from outreach.delivery.channels.handover import Handover
from outreach.delivery.recovery import recover
from outreach.delivery.sending import send_dispatched
from outreach.storage.database import connect
from tests.unit.delivery.ledgers import NOW, SECRET, Composer, definitions


class Short(Handover):
    """Writes short lists, so that many moments lie between one and the next."""

    group = 5


database, known, composer = connect(sys.argv[1]), definitions(channel="handover"), Composer()
channel = Short(Path(sys.argv[2]))
recover(database, [channel], lambda _: known, NOW)
print("ready", flush=True)
send_dispatched(database, lambda _: composer, channel, lambda _: known, lambda: NOW, SECRET)
