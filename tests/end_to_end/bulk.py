"""The bulk route: whole requests, and uploads over a socket that a test can hold in the middle."""
import json
import socket
import threading
from urllib.parse import urlsplit

import httpx
from client import NDJSON, Workspace
from waiting import DEADLINE_S


def ndjson(lines: list[dict]) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def post_bulk(workspace: Workspace, lines: list[dict], *, headers: dict[str, str] | None = None,
              **more) -> httpx.Response:
    return workspace.post("/expenses/bulk", content=ndjson(lines),
                          headers={"Content-Type": NDJSON, **(headers or {})}, **more)


def send_bulk(workspace: Workspace, lines: list[dict], **more) -> list[dict]:
    """The results of a bulk request, one per line and in order."""
    answer = post_bulk(workspace, lines, **more)
    assert answer.status_code in (200, 202), answer.text
    results = [json.loads(line) for line in answer.text.splitlines()]
    assert [result["line"] for result in results] == list(range(1, len(lines) + 1))
    return results


class BulkUpload:
    """A bulk request in chunks, whose results are read while it is being sent."""

    def __init__(self, workspace: Workspace):
        address = urlsplit(workspace.client.url)
        self.results: list[dict] = []  # of the lines answered so far
        self.is_complete = False       # the answer came to its regular end
        self.status: int | None = None
        self._arrival = threading.Condition()
        self._socket = socket.create_connection((address.hostname, address.port), timeout=60)
        self._socket.sendall((
            f"POST {workspace.path('/expenses/bulk')} HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {workspace.client.key}\r\nContent-Type: {NDJSON}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n").encode())
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def send(self, lines: list[dict]) -> None:
        piece = ndjson(lines)
        self._socket.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")

    def finish(self) -> None:
        """Ends the request, and waits for the end of the answer."""
        self._socket.sendall(b"0\r\n\r\n")
        self.wait_end()

    def wait_end(self) -> None:
        """Waits until the answer ends, in whichever way."""
        self._reader.join(60)
        assert not self._reader.is_alive(), "the bulk answer did not end"
        self._socket.close()

    def wait_results(self, count: int) -> None:
        """Returns in the moment in which that many lines are answered."""
        with self._arrival:
            arrived = self._arrival.wait_for(lambda: len(self.results) >= count, DEADLINE_S)
        assert arrived, f"{len(self.results)} of {count} results of a bulk request"

    def _read(self) -> None:
        try:
            with self._socket.makefile("rb") as answer:
                self.status = int(answer.readline().split()[1])
                while answer.readline().strip():
                    pass
                self._read_chunks(answer)
        except (OSError, ValueError, IndexError):
            pass  # cut off, which is_complete says

    def _read_chunks(self, answer) -> None:
        text = b""
        while (size := int(answer.readline(), 16)) > 0:
            *lines, text = (text + answer.read(size)).split(b"\n")
            answer.readline()
            with self._arrival:
                self.results += map(json.loads, lines)
                self._arrival.notify_all()
        self.is_complete = text == b""
