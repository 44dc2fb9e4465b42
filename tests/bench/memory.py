"""(f) Resident memory of processes, idle and under load, and how soon a process is ready."""
import time

import load
from book import lines, make_book, upload
from ground import Ground, drain, make_workspaces, resident_mib
from report import Table, verdict

EVENTS = 200_000


def measure(ground: Ground) -> list[Table]:
    table = Table("Memory and start", ("what", "value", "unit", "required", "reached"))
    with ground.scale_out(workers=1) as outlay:
        workspaces = make_workspaces(outlay.client(), 64)
        book = make_book(outlay.client(), "Bulk")
        _restart(table, outlay)
        api, worker = outlay.front.process.pid, outlay.workers[0].process.pid
        _limit(table, "api, idle", resident_mib(api), 64)
        _limit(table, "worker, idle", resident_mib(worker), 512)
        target = load.Target(outlay.url, outlay.owner_key, workspaces, api)
        load.create(ground, target, 64)
        _limit(table, "api, 64 connections waiting, peak", resident_mib(api, "VmHWM"), 128)
        outlay.stop_workers()
        load.create(ground, target, 256, "respond-async")
        upload(book, lines(book, ground.rows(EVENTS), ground.seed), respond_async=True)
        _limit(table, "api, 256 connections and bulk, peak", resident_mib(api, "VmHWM"), 128)
        for node in outlay.workers:
            node.start()
        drain(outlay)
        worker = outlay.workers[0].process.pid
        _limit(table, "worker, working off a backlog, peak", resident_mib(worker, "VmHWM"), 512)
    with ground.embedded() as outlay:
        _limit(table, "embedded, idle", resident_mib(outlay.front.process.pid), 64)
    return [table]


def _limit(table: Table, name: str, value: float, limit: float, unit: str = "MiB") -> None:
    table.add(name, value, unit, f"< {limit}", verdict(value < limit))


def _restart(table: Table, outlay) -> None:
    for name, node in (("api", outlay.front), ("worker", outlay.workers[0])):
        node.stop()
        began = time.monotonic()
        node.start()
        _limit(table, f"{name}, start to ready", time.monotonic() - began, 1, "s")
