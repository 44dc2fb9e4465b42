"""Journals on the move: filled installations, exports as lines, and records planted in journal.db."""
import gzip
import hashlib
import json
import sqlite3
import struct
import subprocess
from pathlib import Path

from client import Workspace, expect, expense
from waiting import wait_until


def run(outlay, *arguments: str, status: int = 0) -> subprocess.CompletedProcess:
    """A tool of the binary on an installation; its exit status is looked at."""
    done = outlay.tool(*arguments)
    assert done.returncode == status, f"{done.returncode} {done.stdout} {done.stderr}"
    return done


def state_of(outlay) -> dict:
    """What the read models say, proven against the journal, once all of it is projected."""
    def caught_up() -> bool:
        return json.loads(outlay.tool("status", "--json").stdout)["lag"] == 0
    wait_until(caught_up, "everything is projected")
    return json.loads(run(outlay, "verify", "--json").stdout)


def digests(state: dict) -> dict[str, str]:
    return {one["workspace"]: one["state_digest"] for one in state["workspaces"]}


class Sent:
    """A request with an idempotency key, and what was answered."""

    def __init__(self, place: Workspace, below: str, body: dict, key: str):
        self._below, self._body, self._key = below, body, key
        self.answer = place.post(below, body, key=key)
        assert self.answer.status_code == 201, self.answer.text

    def again(self, place: Workspace):
        """The same request once more, perhaps elsewhere."""
        return place.post(self._below, self._body, key=self._key)


def fill(client, name: str) -> tuple[Workspace, list[Sent]]:
    """A workspace with a past: a tree, a budget that was overspent, amended, voided and refunded expenses."""
    place = Workspace.make(client, name)
    food = expect(201, place.post("/categories", {"name": "Food"}))["id"]
    place.budget("All", 5_000)
    sent = [Sent(place, "/expenses", expense(400 + number, category=food, tags=["a", f"t{number % 3}"]),
                 f"{name}-{number}") for number in range(30)]
    ids = [one.answer.json()["id"] for one in sent]
    expect(200, place.patch(f"/expenses/{ids[0]}", {"note": "amended"}))
    expect(200, place.delete(f"/expenses/{ids[1]}"))
    expect(201, place.post(f"/expenses/{ids[2]}/refunds", {
        "amount": {"amount": 40, "currency": "EUR"}, "received_on": "2026-11-21"}))
    return place, sent


def lines_of(export: Path) -> list[str]:
    return gzip.decompress(export.read_bytes()).decode().splitlines()


def write_lines(export: Path, lines: list[str]) -> Path:
    export.write_bytes(gzip.compress("".join(line + "\n" for line in lines).encode()))
    return export


class JournalFile:
    """The records of a journal.db, to be changed by somebody who knows how its checksums are made."""

    def __init__(self, file: Path):
        self._file = file

    def records(self) -> list[tuple[int, bytes, bytes]]:
        """Time, key and value, in order."""
        with sqlite3.connect(self._file) as journal:
            return journal.execute(
                "SELECT appended_at, key, value FROM records ORDER BY record_offset").fetchall()

    def rewrite(self, records: list[tuple[int, bytes, bytes]]) -> None:
        with sqlite3.connect(self._file) as journal:
            journal.execute("DELETE FROM records")
            journal.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", [
                (offset, at, key, value, checksum(offset, at, key, value))
                for offset, (at, key, value) in enumerate(records)])

    def execute(self, statement: str, *parameters) -> None:
        with sqlite3.connect(self._file) as journal:
            journal.execute(statement, parameters)


def checksum(offset: int, at: int, key: bytes, value: bytes) -> int:
    head = struct.pack("<qqq", offset, at, len(key)) + key
    return struct.unpack(">q", hashlib.sha256(head + value).digest()[:8])[0]
