"""Expenses of a real shape, as NDJSON lines of the bulk route, and the ways to get many of them in.

Ten years of days, twelve categories, 500 merchants that are not equally popular, notes on some,
tags on some, amounts between small and large; the same seed makes the same lines.
"""
import datetime
import http.client
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from client import Client, NDJSON, Workspace, expect

FIRST_DAY = datetime.date(2016, 12, 1)
DAYS = 3650
CATEGORIES = ("Groceries", "Rent", "Train", "Fuel", "Insurance", "Restaurants", "Clothes", "Health",
              "Books", "Holidays", "Household", "Presents")
MERCHANTS = 500
TAGS = ("weekly", "shared", "work", "holiday", "cash")
PIECE_LINES = 500
NOTES = ("", "", "", "for the weekend", "two of them, one as a present", "split with the neighbours")


@dataclass(frozen=True)
class Book:
    """A workspace with its categories."""
    workspace: Workspace
    categories: tuple[str, ...]


def make_book(client: Client, name: str, categories: int = len(CATEGORIES)) -> Book:
    workspace = Workspace.make(client, name)
    ids = [expect(201, workspace.post("/categories", {"name": name, "parent": None},
                                      prefer="wait=30"))["id"] for name in CATEGORIES[:categories]]
    return Book(workspace, tuple(ids))


def lines(book: Book, count: int, seed: int, last_days: int = DAYS) -> Iterator[bytes]:
    """Of the last so many of those days."""
    chance = random.Random(seed)
    days = [(FIRST_DAY + datetime.timedelta(days=day)).isoformat() for day in range(DAYS - last_days, DAYS)]
    for _ in range(count):
        merchant = int(MERCHANTS * chance.random() ** 3)
        more = f',"tags":["{chance.choice(TAGS)}"]' if chance.random() < 0.3 else ""
        note = chance.choice(NOTES)
        if note:
            more += f',"note":"{note}"'
        yield (f'{{"amount":{{"amount":{int(10 ** (2 + 3 * chance.random()))},"currency":"EUR"}},'
               f'"spent_on":"{chance.choice(days)}","category":"{chance.choice(book.categories)}",'
               f'"merchant":"Merchant {merchant}"{more}}}\n').encode()


@dataclass
class Upload:
    """What one bulk request saw."""
    lines: int = 0
    refused: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return self.lines / self.seconds


def upload(book: Book, source: Iterator[bytes], *, respond_async: bool, watch=None) -> Upload:
    """One streamed bulk request over one connection; results are counted while lines are sent."""
    address = urlsplit(book.workspace.client.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=600)
    connection.connect()
    head = (f"POST {book.workspace.path('/expenses/bulk')} HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {book.workspace.client.key}\r\nContent-Type: {NDJSON}\r\n"
            + ("Prefer: respond-async\r\n" if respond_async else "Prefer: wait=60\r\n")
            + "Transfer-Encoding: chunked\r\n\r\n")
    seen = Upload()
    began = time.monotonic()
    connection.sock.sendall(head.encode())
    sender = threading.Thread(target=_send, args=(connection.sock, source), daemon=True)
    sender.start()
    _count(connection.sock, seen, watch)
    sender.join()
    seen.seconds = time.monotonic() - began
    connection.close()
    return seen


def _send(socket, source: Iterator[bytes]) -> None:
    piece = []
    for line in source:
        piece.append(line)
        if len(piece) == PIECE_LINES:
            _send_piece(socket, b"".join(piece))
            piece.clear()
    if piece:
        _send_piece(socket, b"".join(piece))
    socket.sendall(b"0\r\n\r\n")


def _send_piece(socket, text: bytes) -> None:
    socket.sendall(b"%x\r\n" % len(text) + text + b"\r\n")


def _count(socket, seen: Upload, watch) -> None:
    """Counts the results in the chunked answer; chunks end where lines end, so none is cut."""
    rest, end, looked = b"", b"", 0
    while end != b"\r\n0\r\n\r\n":
        received = socket.recv(1 << 18)
        if not received:
            raise ConnectionError(f"the bulk answer was cut after {seen.lines} lines")
        end = (end + received)[-7:]
        text, _, rest = (rest + received).rpartition(b"\n")
        seen.lines += text.count(b'"line":')
        seen.refused += text.count(b'"problem":{')
        if watch and seen.lines - looked > 20_000:
            looked = seen.lines
            watch(seen.lines)
