"""A mail server far away: every answer comes late, however many are asked for at once. What it takes it forgets.

Run as `python distant_server.py SECONDS`, there and back; it prints its port.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_ANSWERS = {
    b"EHLO": b"250-distant.example\r\n250 PIPELINING\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
_OK = b"250 OK\r\n"


@contextmanager
def far_away(seconds: float) -> Iterator[int]:
    """Such a server. Yields its port."""
    process = subprocess.Popen([sys.executable, __file__, str(seconds)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, until its other end has gone."""

    def say(answer: bytes) -> None:
        asyncio.get_running_loop().call_later(float(sys.argv[1]), writer.write, answer)

    say(b"220 distant.example\r\n")
    while line := await reader.readline():
        command = line[:4].upper()
        say(_ANSWERS.get(command, _OK))
        if command == b"DATA":
            await reader.readuntil(b"\r\n.\r\n")
            say(_OK)
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
