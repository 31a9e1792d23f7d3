#!/usr/bin/env python3
"""A proxy on loopback that hands every byte on so much later: half of the added round trip each way.

    latency_proxy.py PORT MILLISECONDS      # of the server; prints the proxy's own port
"""

import asyncio
import contextlib
import sys

PIECE = 256 << 10
PIECES_UNDER_WAY = 256
ADDRESS = "127.0.0.1"


async def hand_on(queue, writer):
    """Pieces when they are due; None is the end."""
    clock = asyncio.get_running_loop().time
    while (entry := await queue.get()) is not None:
        due, piece = entry
        if due > clock():
            await asyncio.sleep(due - clock())
        writer.write(piece)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


async def take_in(reader, queue, seconds):
    clock = asyncio.get_running_loop().time
    while piece := await reader.read(PIECE):
        await queue.put((clock() + seconds, piece))
    await queue.put(None)


async def one_way(reader, writer, seconds):
    queue = asyncio.Queue(PIECES_UNDER_WAY)
    tasks = [asyncio.create_task(take_in(reader, queue, seconds)), asyncio.create_task(hand_on(queue, writer))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    for task in pending:
        task.cancel()
    for task in done:
        task.exception()


async def serve(port, milliseconds):
    seconds = milliseconds / 2000

    async def connected(reader, writer):
        with contextlib.suppress(OSError):
            there_reader, there_writer = await asyncio.open_connection(ADDRESS, port, limit=PIECE)
            await asyncio.gather(one_way(reader, there_writer, seconds), one_way(there_reader, writer, seconds))
            there_writer.close()
        writer.close()

    server = await asyncio.start_server(connected, ADDRESS, 0, limit=PIECE)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
