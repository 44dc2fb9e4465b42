"""The endpoints of a run, in a process of their own: notes when each message came.

Prints its port, answers 204 on every path but /dead, where it says nothing until the other side
hangs up, and on SIGTERM writes what came to the file that it was given: one JSON array per line of
[time, path, body]. Times are those of the machine's monotonic clock, which all processes share.
"""
import asyncio
import json
import signal
import sys
import time

ANSWER = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


async def serve(file: str) -> None:
    arrivals: list[tuple[float, str, bytes]] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            at = time.monotonic()
            lines = head.decode().split("\r\n")
            fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
            body = await reader.readexactly(int(fields["content-length"]))
            path = lines[0].split(" ")[1]
            arrivals.append((at, path, body))
            if path == "/dead":
                await reader.read()
            else:
                writer.write(ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever hangs up is not answered
        finally:
            writer.close()

    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    server = await asyncio.start_server(take, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await ended.wait()
    server.close()
    with open(file, "w", encoding="utf-8") as out:
        for at, path, body in arrivals:
            out.write(json.dumps([at, path, body.decode()]) + "\n")


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
