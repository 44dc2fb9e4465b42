"""(g) How cost grows: creates and their projection with few and with many workspaces, and
projection time per event as a store fills."""
from book import lines, make_book, upload
from ground import PARTITIONS, Ground, drain, lag, make_workspaces
from load import Target, create
from report import Table

COUNTS = (1, 2, 4, 64)
MANY = 10_000
FILLED = (0, 1_000_000, 5_000_000)
STEP = 100_000
BOOKS = 8


def measure(ground: Ground) -> list[Table]:
    return [_workspaces(ground), _filling(ground)]


def _workspaces(ground: Ground) -> Table:
    table = Table("Cost by number of workspaces that share the load (64 connections)",
                  ("workspaces", "acknowledged/s", "p99 ms", "then projected/s by one worker"))
    with ground.scale_out(workers=1) as outlay:
        for count in (*COUNTS, ground.rows(MANY)):
            workspaces = make_workspaces(outlay.client(), count)
            outlay.stop_workers()
            target = Target(outlay.url, outlay.owner_key, workspaces, outlay.front.process.pid)
            create(ground, target, 64, "respond-async", seconds=2)
            seen = create(ground, target, 64, "respond-async")
            waiting = lag(outlay)
            for worker in outlay.workers:
                worker.start()
            table.add(count, seen.rate, seen.p99_ms, waiting / drain(outlay))
    table.notes.append(f"{PARTITIONS} partitions; one workspace lies in one of them")
    return table


def _filling(ground: Ground) -> Table:
    table = Table("Projection time per event as the store fills (one worker)",
                  ("expenses in the store", "events/s", "us per event"))
    with ground.scale_out(workers=1) as outlay:
        books = [make_book(outlay.client(), f"Workspace {number}") for number in range(BOOKS)]
        filled, seed = 0, ground.seed
        for wanted in FILLED:
            while wanted and filled < ground.rows(wanted):
                filled += _step(ground, outlay, books, seed)[0]
                seed += BOOKS
            count, seconds = _step(ground, outlay, books, seed)
            seed += BOOKS
            table.add(filled, count / seconds, seconds * 1e6 / count)
            filled += count
    return table


def _step(ground: Ground, outlay, books, seed: int) -> tuple[int, float]:
    """Appends a step's expenses while the worker stands still, and times its projection."""
    outlay.stop_workers()
    each = max(1, ground.rows(STEP) // BOOKS)
    for number, book in enumerate(books):
        upload(book, lines(book, each, seed + number), respond_async=True)
    for worker in outlay.workers:
        worker.start()
    return each * BOOKS, drain(outlay)
