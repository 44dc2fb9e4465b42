"""(a) Acknowledged creates per second on Kafka against a bare program that appends the body.

Workers stand still while it is measured; working off what was appended is a row of its own.
"""
from ground import Ground, drain, lag, make_workspaces
from load import Load, Target, create
from report import Table, ratio, verdict

CONNECTIONS = (1, 16, 64, 256)
REQUIRED = {64: 0.6, 256: 0.6}
WORKSPACES = 64
WARM_UP_S = 2


def measure(ground: Ground) -> list[Table]:
    table = Table("Creates acknowledged by Kafka (respond-async)",
                  ("connections", "Outlay/s", "bare/s", "ratio", "required", "reached", "p50 ms",
                   "p99 ms", "CPU us: Outlay, broker, wrk", "bare, broker, wrk", "store tx/1000"))
    with ground.scale_out(workers=1) as outlay:
        workspaces = make_workspaces(outlay.client(), WORKSPACES)
        outlay.stop_workers()
        own = Target(outlay.url, outlay.owner_key, workspaces, outlay.front.process.pid)
        with ground.bare_append(ground.bare_topic()) as (url, process):
            bare = Target(url, outlay.owner_key, workspaces, process.pid)
            for target in (own, bare):
                create(ground, target, 16, "respond-async", seconds=WARM_UP_S)
            for connections in CONNECTIONS:
                _compare(ground, table, connections, own, bare)
        table.notes.append(_drained(outlay))
    return [table]


def _compare(ground: Ground, table: Table, connections: int, own: Target, bare: Target) -> None:
    limit = create(ground, bare, connections, "respond-async")
    before = transactions(ground)
    seen = create(ground, own, connections, "respond-async")
    asked = (transactions(ground) - before) * 1000 / seen.requests
    assert seen.failed == 0 and limit.failed == 0, (seen, limit)
    share, wanted = ratio(seen.rate, limit.rate), REQUIRED.get(connections)
    table.add(connections, seen.rate, limit.rate, share, wanted or "-",
              verdict(share >= wanted) if wanted else "-", seen.p50_ms, seen.p99_ms, cpu(seen),
              cpu(limit), asked)


def cpu(load: Load) -> str:
    """Microseconds per request."""
    return f"{load.cpu_us:.0f}, {load.broker_us:.0f}, {load.wrk_us:.0f}"


def transactions(ground: Ground) -> int:
    return int(ground.postgres.run_sql(
        "SELECT sum(xact_commit + xact_rollback) FROM pg_stat_database"))


def _drained(outlay) -> str:
    waiting = lag(outlay)
    for worker in outlay.workers:
        worker.start()
    seconds = drain(outlay)
    return (f"then one worker projected the {waiting:,} records in {seconds:.1f} s: "
            f"{waiting / seconds:,.0f}/s")
