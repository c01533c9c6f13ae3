"""The outbox: messages kept on disk instead of sent, each of which can be rebuilt to the byte.

On disk, below one folder:

* `skeletons/<digest>`: what the messages of one text have in common, once each (`skeletons`);
* `segments/<number>.mails`: what is a message's own, appended one frame for each group (`frames`, `segments`);
* `index.db`: where each delivery's message stands; only a convenience, made anew when it is gone (`index`).
"""

from __future__ import annotations

from outreach.delivery.channels.outbox.channel import Outbox
from outreach.delivery.channels.outbox.frames import Stored

__all__ = ["Outbox", "Stored"]
