"""(b) The default create, which waits until what it wrote can be read."""
from ground import Ground, make_workspaces
from load import Load, Target, create
from report import Table, verdict

WORKSPACES = 64
WARM_UP_S = 10  # of a broker that has just been started


def measure(ground: Ground) -> list[Table]:
    table = Table("Creates that wait until they are visible",
                  ("form, connections", "per second", "required", "p50 ms", "required ",
                   "p99 ms", "required  ", "reached", "201 %", "CPU us"))
    for workers in (1, 2):
        with ground.scale_out(workers=workers) as outlay:
            _measure(ground, table, f"Kafka, PostgreSQL, {workers} worker{'s'[:workers - 1]}",
                     outlay, rate=3000, latency=(10, 50))
    with ground.embedded() as outlay:
        _measure(ground, table, "embedded", outlay, rate=8000, latency=(5, None))
    return [table]


def _measure(ground: Ground, table: Table, form: str, outlay, *, rate: int,
             latency: tuple[float, float | None]) -> None:
    workspaces = make_workspaces(outlay.client(), WORKSPACES)
    target = Target(outlay.url, outlay.owner_key, workspaces, outlay.front.process.pid)
    create(ground, target, 64, seconds=WARM_UP_S)
    for connections in (1, 16, 64):
        seen = create(ground, target, connections, counts_statuses=True)
        assert seen.failed == 0, seen
        p50, p99 = latency if connections == 16 else (None, None)
        wanted = rate if connections == 64 else None
        table.add(f"{form}, {connections}", seen.rate, wanted or "-", seen.p50_ms, p50 or "-",
                  seen.p99_ms, p99 or "-", _reached(seen, wanted, p50, p99),
                  100 * seen.created / max(1, seen.created + seen.accepted), seen.cpu_us)


def _reached(seen: Load, rate, p50, p99) -> str:
    if not (rate or p50 or p99):
        return "-"
    return verdict(seen.rate >= (rate or 0) and seen.p50_ms <= (p50 or seen.p50_ms)
                   and seen.p99_ms <= (p99 or seen.p99_ms))
