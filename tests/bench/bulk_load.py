"""(e) NDJSON in bulk over one connection, and the export of what came in; memory stays flat."""
import http.client
import time
from urllib.parse import urlsplit

from book import Book, Upload, lines, make_book, upload
from ground import Ground, drain, resident_mib
from report import Table, ratio, verdict

LINES = 1_000_000
WAITING_LINES = 100_000
FLAT_MIB = 16  # what a process may grow between the first and the last tenth of a stream


def measure(ground: Ground) -> list[Table]:
    table = Table("Bulk and export over one connection",
                  ("what", "rows", "per second", "required", "reached", "MiB at 10 %",
                   "MiB at the end"))
    with ground.scale_out(workers=1) as outlay:
        book = make_book(outlay.client(), "Bulk")
        outlay.stop_workers()
        _upload(ground, table, "Kafka, respond-async, workers stopped", outlay, book)
        for worker in outlay.workers:
            worker.start()
        rows = ground.rows(LINES)
        live = rows / drain(outlay)
        table.add("live projection of these by one worker", rows, live, "-", "-", "-", "-")
        _wait(ground, table, outlay, book, live)
        _export(table, "PostgreSQL, export NDJSON", outlay, book)
    with ground.embedded() as outlay:
        book = make_book(outlay.client(), "Bulk")
        _upload(ground, table, "embedded, respond-async", outlay, book)
        drain(outlay)
        _export(table, "SQLite, export NDJSON", outlay, book)
    return [table]


class Memory:
    """Resident memory of a process after a tenth of the rows, and at the end."""

    def __init__(self, pid: int, rows: int):
        self.pid, self.rows = pid, rows
        self.early: float | None = None

    def look(self, row: int) -> None:
        if self.early is None and row >= self.rows // 10:
            self.early = resident_mib(self.pid)

    def cells(self) -> tuple[float, float, bool]:
        late = resident_mib(self.pid)
        early = self.early if self.early is not None else late
        return early, late, late - early <= FLAT_MIB


def _upload(ground: Ground, table: Table, name: str, outlay, book: Book) -> Upload:
    rows = ground.rows(LINES)
    memory = Memory(outlay.front.process.pid, rows)
    seen = upload(book, lines(book, rows, ground.seed), respond_async=True, watch=memory.look)
    assert seen.lines == rows and seen.refused == 0, seen
    early, late, is_flat = memory.cells()
    table.add(name, rows, seen.rate, 20_000, verdict(seen.rate >= 20_000 and is_flat), early, late)
    return seen


def _wait(ground: Ground, table: Table, outlay, book: Book, live: float) -> None:
    rows = ground.rows(WAITING_LINES)
    memory = Memory(outlay.front.process.pid, rows)
    seen = upload(book, lines(book, rows, ground.seed + 1), respond_async=False, watch=memory.look)
    assert seen.lines == rows and seen.refused == 0, seen
    early, late, is_flat = memory.cells()
    share = ratio(seen.rate, live)
    table.add(f"Kafka, waiting: {share:.2f} of the live rate", rows, seen.rate, "0.8 of it",
              verdict(share >= 0.8 and is_flat), early, late)


def _export(table: Table, name: str, outlay, book: Book) -> None:
    """The first byte must come in a second, and the rest in a stream."""
    address = urlsplit(outlay.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
    began = time.monotonic()
    connection.request("GET", book.workspace.path("/expenses/export"),
                       headers={"Authorization": f"Bearer {outlay.owner_key}",
                                "Accept": "application/x-ndjson"})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    piece = answer.read1(1 << 16)
    first_s, rows = time.monotonic() - began, piece.count(b"\n")
    early = resident_mib(outlay.front.process.pid)
    while piece := answer.read1(1 << 18):
        rows += piece.count(b"\n")
    rate = rows / (time.monotonic() - began)
    late = resident_mib(outlay.front.process.pid)
    connection.close()
    reached = first_s < 1 and rate >= 100_000 and late - early <= FLAT_MIB
    table.add(f"{name}, first byte after {first_s * 1e3:.0f} ms", rows, rate, 100_000,
              verdict(reached), early, late)
