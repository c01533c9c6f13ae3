"""A mail server in a process of its own, which does to a message what the recipient's name says.

Run as `python smtp_server.py JSON`, with `folder` (where `port` and what arrived are written), and `tls` (`none`,
`starttls`, `immediate`), `login` (`user:password`, or empty), `without` (ways to log in that are not offered),
`certificate`, `utf8`, `pipelining`. It prints its port.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import sys
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

#: Start of the recipient's name -> answer to RCPT.
RCPT = {
    "rcpt-450": "450 4.2.1 try later",
    "rcpt-550": "550 5.1.1 {address} is unknown here",
    "rcpt-421": "421 4.3.2 closing",
    "rcpt-relay": "554 5.7.1 <{address}>: Relay access denied",
    "rcpt-garbage": "what did you say?",
    "rcpt-drop": "",
}
#: Start of the recipient's name -> answer to the content. Each but those that say so in their code arrived.
CONTENT = {
    "data-451": "451 4.7.1 {address} is grey",
    "data-554": "554 5.7.1 {address} wants none of this",
    "data-drop": "",
    "data-garbage": "thanks a lot",
    "data-354": "354 go on",
}


class Handler:
    def __init__(self, folder: Path, pipelining: bool) -> None:
        self._pipelining = pipelining
        self._file = folder / "arrived"
        #: Message-IDs of what may have left by now, one a line.
        self._committed = folder / "committed"

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], "250-PIPELINING", *responses[1:]] if self._pipelining else responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("refused"):
            return "550 5.7.1 not from you"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        for start, answer in RCPT.items():
            if address.startswith(start):
                return answer.format(address=address) if answer else hang_up(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        if address.startswith("slow"):
            await asyncio.sleep(0.3)
        answer = next((a for start, a in CONTENT.items() if address.startswith(start)), "250 2.0.0 OK")
        if answer[:1] not in ("4", "5"):
            self._note(address, envelope, server)
        return answer.format(address=address) if answer else hang_up(server)

    def _note(self, address: str, envelope: Any, server: Any) -> None:
        line = {
            "from": envelope.mail_from,
            "to": address,
            "options": envelope.mail_options,
            "content": base64.b64encode(envelope.original_content).decode(),
            "committed": self._may_have_left(envelope.original_content),
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "peer": server.session.peer[1],
            "name": server.session.host_name,
        }
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _may_have_left(self, content: bytes) -> bool:
        return message_from_bytes(content)["Message-ID"] in self._committed.read_text(encoding="utf-8").splitlines()


def hang_up(server: Any) -> str:
    server.transport.abort()
    return "421 gone"


def checks(login: str):
    user, _, password = login.partition(":")

    def check(server, session, envelope, mechanism, data) -> AuthResult:
        right = data == LoginPassword(user.encode(), password.encode())
        return AuthResult(success=right, handled=right)

    return check


async def main(settings: dict[str, Any]) -> None:
    folder = Path(settings["folder"])
    context = None
    if settings["tls"] != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings["certificate"])
    options: dict[str, Any] = {"hostname": "mail.example", "enable_SMTPUTF8": settings["utf8"]}
    options["timeout"] = settings["idle"]
    if settings["tls"] == "starttls":
        options |= {"tls_context": context, "require_starttls": bool(settings["login"])}
    if settings["login"]:
        options |= {
            "authenticator": checks(settings["login"]),
            "auth_required": True,
            "auth_require_tls": settings["tls"] == "starttls",
            "auth_exclude_mechanism": settings["without"].split(),
        }
    factory = partial(SMTP, Handler(folder, settings["pipelining"]), **options)
    immediate = context if settings["tls"] == "immediate" else None
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", settings["port"], ssl=immediate)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
