"""Whatever is killed, paused or restarted under load: afterwards everything is as it was promised.

What was acknowledged is there once, what was refused is not, what nobody knew can be known, every
sum is that of the journal, and all of it comes back by itself. The faults follow from a seed, which
is printed: OUTLAY_TEST_SEED gives one. OUTLAY_CHAOS_SECONDS says how long faults go on; each kind
comes at least once. Runs of more than some minutes need `--long`, which raises the level's deadline.
"""
import json
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from chaos import BEYOND_SESSION, Chaos, Rebuilds, kill, pause, restart, supervise
from footprint import MIB, Footprint
from journal_fold import JournalFold
from mixed_load import MixedLoad
from operation_journal import OperationJournal
from reckoning import Reckoning
from services import run_sql
from store_sql import sql
from waiting import wait_until

SECONDS = float(os.environ.get("OUTLAY_CHAOS_SECONDS", 45))
RECOVERY_S = 60
WARM = 150        # acknowledged commands before the first fault
BACKENDS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
OUTBOX = "SELECT count(*) FROM outlay.outbox"
# What a process may have grown by since it was warm: caches of what was written meanwhile, and
# descriptors of connections whose other end was killed a moment ago.
MORE_MEMORY = 32 * MIB
MORE_DESCRIPTORS = 24
MORE_THREADS = 8


@pytest.fixture
def journal(tmp_path):
    operations = OperationJournal(tmp_path / "operations.jsonl")
    yield operations
    operations.close()


class Course:
    """One run: load, faults, recovery, and the reckoning."""

    def __init__(self, outlay, urls: list[str], journal: OperationJournal, chaos: Chaos):
        self.outlay, self.chaos = outlay, chaos
        self.load = MixedLoad(outlay, urls, journal, chaos.seed)
        self.rebuilds = Rebuilds(outlay)
        self.warm: dict[int, Footprint] = {}  # by admin ports

    def run(self, seconds: float, *lanes) -> None:
        print(f"OUTLAY_CHAOS_SECONDS={SECONDS:g}", flush=True)
        self.load.start()
        try:
            wait_until(lambda: self.load.acknowledged() >= WARM, "the load is warm", RECOVERY_S)
            self.warm = {node.admin_port: Footprint.of(node) for node in self.outlay.nodes}
            count = self.chaos.run(seconds, *lanes, [self.rebuilds.fault()])
            healed = time.monotonic()
            for node in self.outlay.nodes:
                supervise(node)
            self.wait_for_recovery(healed + RECOVERY_S)
        finally:
            self.load.stop()
        wait_until(self.is_projected, "the lag is 0 and nothing is halted", healed + RECOVERY_S - time.monotonic())
        print(f"recovered in {time.monotonic() - healed:.1f} s; {count} faults, {self.rebuilds.ended} rebuilds ended, "
              f"{self.load.acknowledged()} of {len(self.load.journal.operations)} commands acknowledged", flush=True)

    def wait_for_recovery(self, end: float) -> None:
        """Every node is ready, and the load, which goes on, gets what it asks for."""
        for node in self.outlay.nodes:
            node.wait_ready(end - time.monotonic())
        before = self.load.acknowledged()
        wait_until(lambda: self.load.acknowledged() > before + WARM, "commands are acknowledged again",
                   end - time.monotonic())

    def check(self) -> None:
        """Everything that was promised, now that no fault is left and nobody sends any more."""
        self.load.settle()
        wait_until(self.is_projected, "the lag is 0", RECOVERY_S)
        assert self.load.violations() == [] and self.rebuilds.violations == []
        reckoning = Reckoning(JournalFold(self.outlay), self.load.journal.operations, self.load.user)
        print(dict(reckoning.check_operations()), dict(reckoning.fold.verdicts), flush=True)
        reckoning.check_journal()
        places = [place for shop in self.load.shops for place in shop.places]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(reckoning.check_answers, places))
        assert int(sql(self.outlay, OUTBOX)) == reckoning.announcements() > 0
        for place in places:
            place.client.close()
        made = self.outlay.tool("rebuild", "--json")
        assert made.returncode == 0 and json.loads(made.stdout)["switched"], made.stdout + made.stderr
        proven = self.outlay.tool("verify", "--json")
        assert proven.returncode == 0 and json.loads(proven.stdout)["identical"], proven.stdout + proven.stderr
        self.check_footprints()

    def is_projected(self) -> bool:
        done = self.outlay.tool("status", "--json")
        if done.returncode != 0:
            return False
        status = json.loads(done.stdout)
        return (status["lag"], status["halted"]) == (0, 0)

    def check_footprints(self) -> None:
        for node in self.outlay.nodes:
            assert node.alive(), f"{node.name} ended by itself\n{node.process.log_tail()}"
            warm, now = self.warm[node.admin_port], Footprint.of(node)
            print(f"{node.name}: {warm}, then {now}", flush=True)
            assert now.resident <= warm.resident + MORE_MEMORY, f"{node.name}: {warm}, then {now}"
            assert now.descriptors <= warm.descriptors + MORE_DESCRIPTORS, f"{node.name}: {warm}, then {now}"
            assert now.threads <= warm.threads + MORE_THREADS, f"{node.name}: {warm}, then {now}"


def test_nodes_and_services_are_killed_paused_and_restarted(scale_out, own_kafka, own_postgres, chaos, journal):
    outlay = scale_out(2, kafka=own_kafka.address, postgres=own_postgres.url())
    outlay.add_api()
    outlay.start()
    course = Course(outlay, outlay.urls, journal, chaos)
    apis, workers = [node for node in outlay.nodes if node.name == "api"], list(outlay.workers)
    chance = random.Random(chaos.seed)
    chance.shuffle(apis)
    chance.shuffle(workers)
    connections = int(run_sql(outlay.places.postgres, BACKENDS))
    of_nodes = [
        kill("an api", apis[0]), kill("the other api", apis[1]), pause("an api", apis[0]), restart("an api", apis[1]),
        kill("a worker", workers[0]), kill("both workers", *workers), restart("a worker", workers[1]),
        pause("a worker", workers[0], BEYOND_SESSION)]
    of_services = [
        kill("the broker", own_kafka), restart("the broker", own_kafka),
        pause("the broker", own_kafka, BEYOND_SESSION), kill("PostgreSQL", own_postgres),
        restart("PostgreSQL", own_postgres), pause("PostgreSQL", own_postgres)]
    course.run(SECONDS, of_nodes, of_services)
    course.check()
    assert int(run_sql(outlay.places.postgres, BACKENDS)) <= connections + MORE_DESCRIPTORS


def test_a_server_is_killed_paused_and_restarted(embedded, chaos, journal):
    outlay = embedded()
    course = Course(outlay, [outlay.url], journal, chaos)
    server = outlay.front
    course.run(SECONDS / 3, [kill("the server", server), pause("the server", server), restart("the server", server)])
    course.check()
