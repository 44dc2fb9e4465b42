"""(c) Live projection against the limits of the stores: COPY of the same finished rows.

The history is made once, through the API. It is then projected anew, by live workers, into an empty
store; what they made is copied into tables with their indexes in place and into bare tables whose
indexes are built afterwards. `outlay rebuild` makes the same rows with nobody else at work.
"""
import os
import re
import sqlite3
import subprocess
import time
import uuid
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import nodes
from book import lines, make_book, upload
from ground import Ground, drain, record_count
from processes import free_port
from report import Table, ratio, verdict
from services import run_sql

EVENTS = 1_000_000
WORKSPACES = 50
LIVE_REQUIRED = 0.35
REBUILD_REQUIRED = 0.4


def measure(ground: Ground) -> list[Table]:
    table = Table("Live projection against copying the finished rows",
                  ("store", "events", "seconds", "events/s", "of (i)", "of (ii)", "required",
                   "reached"))
    _measure_postgres(ground, table)
    _measure_sqlite(ground, table)
    return [table]


def fill(ground: Ground, outlay) -> int:
    """Appends the history; how many events it has (each expense is one)."""
    events = ground.rows(EVENTS)
    for number in range(WORKSPACES):
        book = make_book(outlay.client(), f"Workspace {number}")
        count = events // WORKSPACES
        seen = upload(book, lines(book, count, ground.seed + number), respond_async=True)
        assert seen.refused == 0 and seen.lines == count, seen
    return events // WORKSPACES * WORKSPACES


def _measure_postgres(ground: Ground, table: Table) -> None:
    with ground.scale_out(workers=2) as outlay:
        events = fill(ground, outlay)
        drain(outlay)
        records = record_count(outlay)
        outlay.stop()
        rebuilt = _rebuild(outlay, table)
        limits = _copy_postgres(ground, urlsplit(outlay.places.postgres).path.lstrip("/"))
        one = _live_postgres(ground, outlay, 1, records)
        two = _live_postgres(ground, outlay, 2, records)
    _rows(table, "PostgreSQL", events, limits, {"1 worker": one, "2 workers": two}, rebuilt)
    table.notes.append(f"two workers against one: {one / two:.2f} (required: more than 1)")


def _live_postgres(ground: Ground, outlay, workers: int, records: int) -> float:
    """Seconds in which new workers project the whole topic into a new database."""
    name = f"outlay_{uuid.uuid4().hex[:12]}"
    run_sql(ground.postgres.url(), f"CREATE DATABASE {name}")
    database = urlsplit(outlay.places.postgres)._replace(path=f"/{name}").geturl()
    places = replace(outlay.places, postgres=database)
    folder = ground.new_folder("live")
    nodes.run_once(ground.binary, ["migrate", "--owner-key-file", str(folder / "owner.key")], places,
                   folder / "migrate.log")
    fresh = _Tools(outlay, places)
    began = time.monotonic()
    started = [nodes.worker(ground.binary, places, 100 * workers + number, free_port(),
                            folder / f"worker-{number}.log").start(wait=False)
               for number in range(workers)]
    try:
        for node in started:
            node.wait_ready()
        drain(fresh, records)
        return time.monotonic() - began
    finally:
        for node in started:
            node.stop()
        run_sql(ground.postgres.url(), f"DROP DATABASE {name} WITH (FORCE)")


class _Tools:
    """The installation with another store, as far as its tools go."""

    def __init__(self, outlay, places):
        self._outlay, self._places = outlay, places

    def tool(self, *arguments: str):
        before, self._outlay.places = self._outlay.places, self._places
        try:
            return self._outlay.tool(*arguments)
        finally:
            self._outlay.places = before


def _copy_postgres(ground: Ground, database: str) -> tuple[float, float]:
    """Seconds for the rows of the generation: indexes in place, and indexes built afterwards."""
    def sql(text: str) -> str:
        return run_sql(ground.postgres.url(database), text)

    files = ground.new_folder("copy")
    files.chmod(0o777)
    tables = sql("SELECT tablename FROM pg_tables WHERE schemaname = 'read_g1' "
                 "ORDER BY 1").split()
    for name in tables:
        sql(f"COPY read_g1.{name} TO '{files / name}' (FORMAT binary)")
    indexes = sql("SELECT indexname || '|' || indexdef FROM pg_indexes WHERE schemaname = "
                  "'read_g1' AND indexname NOT LIKE '%_pkey'").splitlines()
    keys = sql("SELECT conrelid::regclass || '|' || conname || '|' || pg_get_constraintdef(oid) "
               "FROM pg_constraint WHERE contype = 'p' AND connamespace = 'read_g1'::regnamespace"
               ).splitlines()
    copies = [f"COPY read_g1.{name} FROM '{files / name}' (FORMAT binary);" for name in tables]
    truncate = "TRUNCATE " + ", ".join(f"read_g1.{name}" for name in tables)
    sql(truncate)
    indexed = _timed(lambda: sql("BEGIN;" + "".join(copies) + "COMMIT"))
    sql(truncate)
    for line in indexes:
        sql(f"DROP INDEX read_g1.{line.partition('|')[0]}")
    for line in keys:
        relation, name, _ = line.split("|")
        sql(f"ALTER TABLE {relation} DROP CONSTRAINT {name}")
    rebuild = [line.partition("|")[2] for line in indexes]
    rebuild += ["ALTER TABLE {} ADD CONSTRAINT {} {}".format(*line.split("|")) for line in keys]
    bare = _timed(lambda: sql("BEGIN;" + "".join(copies) + ";".join(rebuild) + ";COMMIT"))
    return indexed, bare


def _measure_sqlite(ground: Ground, table: Table) -> None:
    with ground.embedded() as outlay:
        events = fill(ground, outlay)
        drain(outlay)
        records = record_count(outlay)
        outlay.stop()
        rebuilt = _rebuild(outlay, table)
        store = outlay.data / "store.db"
        limits = _copy_sqlite(store, ground.new_folder("copy"))
        for file in outlay.data.glob("store.db*"):
            file.unlink()
        (outlay.data / "owner.key").unlink()
        began = time.monotonic()
        outlay.start()
        drain(outlay, records)
        live = time.monotonic() - began
    _rows(table, "SQLite", events, limits, {"in `outlay serve`": live}, rebuilt)


def _copy_sqlite(store: Path, folder: Path) -> tuple[float, float]:
    source = sqlite3.connect(store)
    items = source.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND "
                           "name NOT LIKE 'sqlite_%' AND tbl_name LIKE 'read_g1%'").fetchall()
    source.close()
    tables = [(name, sql) for kind, name, sql in items if kind == "table"]
    indexes = [sql for kind, _, sql in items if kind == "index"]
    return (_copied(folder / "indexed.db", store, tables, indexes, []),
            _copied(folder / "bare.db", store, tables, [], indexes))


def _copied(file: Path, store: Path, tables, before: list[str], after: list[str]) -> float:
    """The primary keys of SQLite's tables cannot be left for later; the other indexes can."""
    target = sqlite3.connect(file, isolation_level=None)
    target.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                         "PRAGMA cache_size=-65536;")
    target.execute("ATTACH ? AS source", (str(store),))
    for _, sql in tables:
        target.execute(sql)
    for sql in before:
        target.execute(sql)

    def copy() -> None:
        target.execute("BEGIN")
        for name, _ in tables:
            target.execute(f"INSERT INTO main.{name} SELECT * FROM source.{name}")
        for sql in after:
            target.execute(sql)
        target.execute("COMMIT")

    seconds = _timed(copy)
    target.close()
    return seconds


def _rebuild(outlay, table: Table) -> float:
    """Seconds until a new generation stands beside the old one, indexes included; comparing the
    rows of both and the switch come after that."""
    arguments, environment = outlay.tool_place()
    with subprocess.Popen([str(outlay.binary), "rebuild", *arguments], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True,
                          env={**os.environ, **environment}) as process:
        told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, told
    table.notes.append(f"a rebuild took {usage.ru_maxrss / 1024:.0f} MiB of memory at its peak "
                       "(required: less than 512)")
    *_, last = re.findall(r"projected (\d+) of \d+ records, (\d+)/s", told)
    return int(last[0]) / int(last[1])


def _timed(work) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _rows(table: Table, store: str, events: int, limits: tuple[float, float],
          live: dict[str, float], rebuilt: float) -> None:
    indexed, bare = limits
    table.add(f"{store}: (i) copy, indexes in place", events, indexed, events / indexed, 1.0,
              ratio(bare, indexed), "-", "-")
    table.add(f"{store}: (ii) copy, indexes afterwards", events, bare, events / bare,
              ratio(indexed, bare), 1.0, "-", "-")
    for name, seconds in live.items():
        share = ratio(indexed, seconds)
        table.add(f"{store}: live, {name}", events, seconds, events / seconds, share,
                  ratio(bare, seconds), f"{LIVE_REQUIRED} of (i)", verdict(share >= LIVE_REQUIRED))
    share = ratio(bare, rebuilt)
    table.add(f"{store}: rebuild", events, rebuilt, events / rebuilt, ratio(indexed, rebuilt), share,
              f"{REBUILD_REQUIRED} of (ii)", verdict(share >= REBUILD_REQUIRED))
