"""A real Postfix of our own: settings, queue and mailboxes in one folder, on loopback, with nowhere to send mail to.

It has nothing of the machine's own Postfix but the programs, and is started and stopped by who needs it. Needs root.
"""

from __future__ import annotations

import os
import pwd
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path

from tests.contracts.servers import unused_port

#: Who owns the mailboxes: nobody who could do anything else.
_NOBODY = pwd.getpwnam("nobody")
#: Where a message begins in a file of several: within one, such a line is written with a `>` before it.
_FROM = re.compile(rb"^From .*\n", re.MULTILINE)
#: Queues in which a message waits that is not delivered yet.
_WAITING = ("maildrop", "incoming", "active", "deferred")

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
local_transport = error:nobody lives here
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
recipient_delimiter = +
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/etc/users
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
notify_classes =
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message in somebody's mailbox."""

    #: The address that it was delivered to, by the delivery agent itself.
    to: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Postfix:
    """One that runs."""

    folder: Path
    port: int

    def mailbox(self, name: str) -> Path:
        """A mailbox by its name."""
        return self.folder / "mail" / name

    def delivered(self) -> Iterator[Delivered]:
        """Every message in every mailbox, but for those that somebody has read."""
        for path in (self.folder / "mail").iterdir():
            if path.is_dir():
                messages = [file.read_bytes() for file in (path / "new").iterdir()]
            else:
                messages = _FROM.split(path.read_bytes())[1:]
            for message in messages:
                fields = BytesHeaderParser().parsebytes(message)
                yield Delivered(fields["Delivered-To"], fields["Message-ID"])

    def waiting(self) -> int:
        """Messages that it took and has not brought to an end."""
        return sum(len(files) for name in _WAITING for _, _, files in os.walk(self.folder / "queue" / name))

    def finish(self, seconds: float) -> None:
        """Wait until nothing waits any more, so long at most."""
        end = time.monotonic() + seconds
        while waiting := self.waiting():
            assert time.monotonic() < end, f"{waiting} messages are still under way; see {self.folder}/log"
            time.sleep(0.2)


@contextmanager
def running(folder: Path, mailboxes: Mapping[str, str], **settings: str) -> Iterator[Postfix]:
    """A Postfix that knows these addresses, each with the name of its mailbox: a file, or with `/` behind it a maildir.

    `settings` go into its main.cf. `folder` is new, and others than root may look into it and all above it.
    """
    server = Postfix(folder, unused_port())
    _write(server, mailboxes, settings)
    _command(server, "start")
    try:
        yield server
    finally:
        _command(server, "stop")


def _write(server: Postfix, mailboxes: Mapping[str, str], settings: Mapping[str, str]) -> None:
    folder = server.folder
    for name, owner in {"": "root", "etc": "root", "queue": "root", "data": "postfix", "mail": "nobody"}.items():
        (folder / name).mkdir(mode=0o755)
        os.chown(folder / name, pwd.getpwnam(owner).pw_uid, -1)
    main = _MAIN.format(folder=folder, uid=_NOBODY.pw_uid, gid=_NOBODY.pw_gid)
    main += "".join(f"{name} = {value}\n" for name, value in settings.items())
    (folder / "etc" / "main.cf").write_text(main)
    (folder / "etc" / "master.cf").write_text(_MASTER.format(port=server.port))
    (folder / "etc" / "users").write_text("".join(f"{address} {name}\n" for address, name in mailboxes.items()))


def _command(server: Postfix, verb: str) -> None:
    done = subprocess.run(
        ["/usr/sbin/postfix", "-c", str(server.folder / "etc"), verb], capture_output=True, text=True, check=False
    )
    log = server.folder / "log"
    assert done.returncode == 0, done.stderr + (log.read_text() if log.exists() else "")
