"""The ground that benchmarks stand on: services of their own, installations, and look-outs.

Services are started when the first benchmark asks for them, and end with the run. Every
installation has a topic and a database, or a data folder, of its own.
"""
import contextlib
import json
import os
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nodes
from client import Client, Workspace, expect
from installations import Embedded, Outlay, ScaleOut
from processes import Process, accepts_connections, free_port
from services import KafkaBroker, PostgresServer
from waiting import wait_until

PARTITIONS = 16
MAKERS = 16  # connections that make workspaces
DRAIN_DEADLINE_S = 3600
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
POSTGRES_SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB"}
DURABILITY = (
    "Kafka: one broker, acks=all, idempotent producer, flushed by the operating system (no "
    "flush.messages)",
    "PostgreSQL: fsync=on, synchronous_commit=on but for the projector's batches (docs/adr/0011), "
    "full_page_writes=on, "
    + ", ".join(f"{name}={value}" for name, value in POSTGRES_SETTINGS.items()),
    "SQLite: WAL, synchronous=FULL (one fdatasync per group of appends), NORMAL for the projector's "
    "batches",
)


class Ground:
    """One run. Use as a context manager; `scale` shrinks row counts, `seconds` the load's time."""

    def __init__(self, build: Path, scale: float, seconds: int, seed: int):
        self.build, self.scale, self.seconds, self.seed = build, scale, seconds, seed
        self.binary = build / "outlay"
        self.folder = Path(tempfile.mkdtemp(prefix="outlay-bench-", dir="/var/tmp"))
        self.folder.chmod(0o755)
        self._stack = contextlib.ExitStack()
        self._kafka: KafkaBroker | None = None
        self._postgres: PostgresServer | None = None

    def __enter__(self) -> "Ground":
        return self

    def __exit__(self, *_) -> None:
        self._stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def kafka(self) -> KafkaBroker:
        if self._kafka is None:
            self._kafka = KafkaBroker(self.folder / "kafka").start()
            self._stack.callback(self._kafka.stop)
        return self._kafka

    @property
    def postgres(self) -> PostgresServer:
        if self._postgres is None:
            self._postgres = PostgresServer(self.folder / "postgres",
                                            settings=POSTGRES_SETTINGS).start()
            self._stack.callback(self._postgres.stop)
        return self._postgres

    def new_folder(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))

    @contextlib.contextmanager
    def scale_out(self, workers: int = 0):
        """One api and so many workers, started."""
        outlay = ScaleOut(self.binary, self.kafka.address, self.postgres.url(),
                          self.new_folder("scale-out"))
        outlay.add_workers(workers)
        with running(outlay):
            yield outlay

    @contextlib.contextmanager
    def embedded(self):
        outlay = Embedded(self.binary, self.new_folder("embedded"))
        with running(outlay):
            yield outlay

    @contextlib.contextmanager
    def bare_append(self, topic: str):
        """The bare program over a topic that exists; yields its URL."""
        port = free_port()
        process = Process.launch("bare", [self.build / "tests" / "bench_bare_append",
                                          self.kafka.address, topic, str(PARTITIONS), str(port)],
                                 self.folder / "bare.log")
        try:
            process.wait_ready(lambda: accepts_connections(port), 30)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.stop()

    def bare_topic(self) -> str:
        """A topic with the settings of a journal, and nothing in it but a genesis."""
        topic = f"bare-{time.monotonic_ns()}"
        places = nodes.Places(self.kafka.address, "", self.folder / "unused", topic)
        nodes.run_once(self.binary, ["topics", "apply"], places, self.folder / "topics.log")
        return topic

    def rows(self, full: int) -> int:
        return max(1, int(full * self.scale))


@contextlib.contextmanager
def running(outlay: Outlay):
    outlay.start()
    try:
        yield outlay
    finally:
        outlay.stop()


def make_workspaces(client: Client, count: int) -> list[tuple[str, str]]:
    """Workspaces with one category each; their ids. Something must project meanwhile."""
    def make(number: int) -> tuple[str, str]:
        workspace = Workspace.make(client, f"Workspace {number}")
        category = expect(201, workspace.post("/categories", {"name": "Food", "parent": None},
                                              prefer="wait=30"))["id"]
        return workspace.id, category

    with ThreadPoolExecutor(MAKERS) as pool:
        return list(pool.map(make, range(count)))


def projected(outlay: Outlay) -> dict[int, tuple[int, int]]:
    """By partition: the next offset that will be projected, and the journal's end."""
    done = outlay.tool("status", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    status = json.loads(done.stdout)
    assert status["halted"] == 0, status
    return {each["partition"]: (each["next"], each["end"] or 0) for each in status["partitions"]}


def lag(outlay: Outlay) -> int:
    return sum(end - following for following, end in projected(outlay).values())


def drain(outlay: Outlay, records: int | None = None) -> float:
    """Seconds until everything that was appended is projected. A new store knows no partitions
    yet, so whoever starts one says how many records there are."""
    began = time.monotonic()

    def is_level() -> bool:
        partitions = projected(outlay).values()
        return (all(following >= end for following, end in partitions)
                and sum(following for following, _ in partitions) >= (records or 0))

    wait_until(is_level, "the projection drew level", DRAIN_DEADLINE_S)
    return time.monotonic() - began


def record_count(outlay: Outlay) -> int:
    return sum(end for _, end in projected(outlay).values())


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def resident_mib(pid: int, which: str = "VmRSS") -> float:
    """Resident memory; VmHWM is its highest value so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{which}:"):
            return int(line.split()[1]) / 1024
    return 0.0
