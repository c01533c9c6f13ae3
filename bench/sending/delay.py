"""The way to a distant server: a proxy through which every byte takes its time, and as many pass as come.

    python bench/sending/delay.py PORT SERVER_PORT MILLISECONDS

Half of the milliseconds go by on the way there, half on the way back.
"""

from __future__ import annotations

import asyncio
import sys

#: A moment of the loop, and what is to be passed on then; empty: hang up.
Piece = tuple[float, bytes]
_ROOM = 1 << 20


async def main(port: int, server_port: int, delay: float) -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", server_port, limit=_ROOM)
        await asyncio.gather(carry(reader, server_writer, delay), carry(server_reader, writer, delay))

    async with await asyncio.start_server(meet, "127.0.0.1", port, limit=_ROOM) as server:
        await server.serve_forever()


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Read at once, write later: so the delay holds nothing up."""
    pieces: asyncio.Queue[Piece] = asyncio.Queue()
    late = asyncio.create_task(pass_on(pieces, writer))
    clock = asyncio.get_running_loop().time
    piece = b"first"
    while piece:
        try:
            piece = await reader.read(_ROOM)
        except ConnectionError:
            piece = b""
        pieces.put_nowait((clock() + delay, piece))
    await late


async def pass_on(pieces: asyncio.Queue[Piece], writer: asyncio.StreamWriter) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        due, piece = await pieces.get()
        if (early := due - clock()) > 0:
            await asyncio.sleep(early)
        if not piece:
            writer.close()
            return
        writer.write(piece)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 2000))
