"""Reads a stream of server-sent events over a real connection, in a thread of its own.

Understands the format as a browser would: fields, comments, empty lines that end an event; an id
alone moves the place and is no event.
"""
import json
import threading

import httpx
from waiting import wait_until


class EventReader:
    """Open from the start; as a context it closes its connection at the end."""

    def __init__(self, url: str, key: str, path: str, after: str | None = None):
        headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = after
        self.status, self.headers, self.text = 0, {}, ""
        self.events: list[dict] = []
        self.place: str | None = after
        self.heartbeats, self.ended, self.is_whole = 0, False, False
        self._client = httpx.Client(timeout=httpx.Timeout(10, read=60))
        self._request = self._client.build_request("GET", url + path, headers=headers)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> "EventReader":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def wait_for_place(self) -> str:
        """The stream has begun: what happens from now on is told."""
        return wait_until(lambda: self.place, "the stream has begun")

    def wait_for(self, count: int) -> list[dict]:
        wait_until(lambda: len(self.events) >= count, f"{count} events of the stream")
        return self.events

    def wait_for_end(self, deadline_s: float = 30) -> None:
        wait_until(lambda: self.ended, "the stream ends", deadline_s)

    def _read(self) -> None:
        try:
            answer = self._client.send(self._request, stream=True)
            self.status, self.headers = answer.status_code, dict(answer.headers)
            fields: dict[str, list[str]] = {}
            for line in answer.iter_lines():
                self.text += line + "\n"
                fields = self._take(line, fields)
            self.is_whole = True
        except (httpx.HTTPError, httpx.StreamError, OSError, RuntimeError, ValueError):
            pass  # its connection ended, from either side
        finally:
            self.ended = True

    def _take(self, line: str, fields: dict[str, list[str]]) -> dict[str, list[str]]:
        if line.startswith(":"):
            self.heartbeats += 1
        elif line:
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
        elif fields:
            if "data" in fields:
                self.events.append({"id": fields["id"][-1], "event": fields["event"][-1],
                                    "data": json.loads("\n".join(fields["data"]))})
            self.place = fields.get("id", [self.place])[-1]
            return {}
        return fields
