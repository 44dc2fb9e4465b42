"""`outlay rebuild` makes the read models anew beside the live processes and puts them in their place.

While it runs, and however often it is killed, requests are answered, nothing is lost and nothing
is told twice.
"""
import json
import os
import random
import subprocess
import threading
import time

import pytest
from bulk import send_bulk
from client import Workspace, expense
from processes import ProcessError
from store_sql import sql
from waiting import wait_until

KILLS = 8
RECORDS = 1_500
BACKENDS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
BLOCKED = BACKENDS + " AND wait_event_type = 'Lock' AND query LIKE 'UPDATE outlay.generations%'"
HOLDING = BACKENDS + " AND query LIKE '%pg_sleep(60)' AND pid <> pg_backend_pid()"


@pytest.fixture(params=["embedded", "scale_out"])
def own(request):
    """An installation that nobody else uses."""
    return request.getfixturevalue(request.param)()


class Writer:
    """Records expenses without a pause and keeps what was answered."""

    def __init__(self, place: Workspace):
        self._place = place
        self._ended = threading.Event()
        self.statuses: list[int] = []
        self.ids: list[str] = []
        self._thread = threading.Thread(target=self._write)

    def _write(self) -> None:
        while not self._ended.is_set():
            answer = self._place.post("/expenses", expense(100, tags=["written"]),
                                      key=f"write-{len(self.statuses)}")
            self.statuses.append(answer.status_code)
            if answer.status_code == 201:
                self.ids.append(answer.json()["id"])
            listed = self._place.get("/expenses", params={"limit": 1})
            self.statuses.append(listed.status_code)

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._ended.set()
        self._thread.join()


def rebuilt(outlay, *options: str, status: int = 0) -> dict:
    done = outlay.tool("rebuild", "--json", *options)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def identical(outlay) -> dict:
    done = outlay.tool("verify", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def alerts_of(place: Workspace) -> list[dict]:
    return sorted(place.all("/alerts"), key=lambda alert: alert["id"])


def start_rebuild(outlay, *options: str) -> subprocess.Popen:
    places, environment = outlay.tool_place()
    return subprocess.Popen([str(outlay.binary), "rebuild", *options, *places],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env={**os.environ, **environment})


def filled(outlay) -> Workspace:
    """A workspace with alerts and enough records for a rebuild to take a moment."""
    place = Workspace.make(outlay.client())
    place.budget("All", 50_000)
    results = send_bulk(place, [expense(10 + number) for number in range(RECORDS)])
    assert {result["status"] for result in results} == {201}
    assert len(place.all("/alerts")) == 2
    return place


def test_the_read_models_are_replaced_while_writing_goes_on(own):
    place = filled(own)
    alerts, outbox = alerts_of(place), sql(own, "SELECT id FROM outlay.outbox ORDER BY id")
    assert outbox.count("\n") == 1
    with Writer(place) as writer:
        for generation in (2, 3):
            wait_until(lambda seen=len(writer.ids): len(writer.ids) > seen + 20, "more expenses")
            done = rebuilt(own)
            assert done == {"generation": generation, "replaced": generation - 1,
                            "switched": True, "difference": None}
        wait_until(lambda seen=len(writer.ids): len(writer.ids) > seen + 20, "more expenses")
    assert set(writer.statuses) <= {200, 201, 202}
    assert {item["id"] for item in place.all("/expenses", tag="written")} >= set(writer.ids)
    assert alerts_of(place) == alerts
    assert sql(own, "SELECT id FROM outlay.outbox ORDER BY id") == outbox
    proven = identical(own)
    assert proven["generation"] == 3
    status = json.loads(own.tool("status", "--json").stdout)
    assert [(one["generation"], one["state"]) for one in status["generations"]] == [
        (2, "previous"), (3, "active")]
    assert status["generations"][1]["projected"] == proven["records"]


def test_a_rebuild_that_is_killed_again_and_again_ends_all_the_same(own):
    seed = int(os.environ.get("OUTLAY_TEST_SEED", random.SystemRandom().randrange(2 ** 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    place = filled(own)
    alerts, outbox = alerts_of(place), sql(own, "SELECT id FROM outlay.outbox ORDER BY id")
    began = time.monotonic()
    rebuilt(own)
    whole_s = time.monotonic() - began
    with Writer(place) as writer:
        for _ in range(KILLS):
            process = start_rebuild(own)
            try:
                process.wait(timeout=chance.uniform(0, whole_s))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        # What was frozen by a killed one is thawed, so that writing goes on.
        wait_until(lambda seen=len(writer.ids): len(writer.ids) > seen + 5, "more expenses")
        assert rebuilt(own)["switched"]
    assert set(writer.statuses) <= {200, 201, 202}
    assert len(writer.ids) == len(set(writer.ids))
    assert {item["id"] for item in place.all("/expenses", tag="written")} >= set(writer.ids)
    assert alerts_of(place) == alerts
    assert sql(own, "SELECT id FROM outlay.outbox ORDER BY id") == outbox
    identical(own)


def test_a_switch_that_is_killed_halfway_is_thawed_and_taken_up_again(scale_out):
    own = scale_out(workers=1)
    place = filled(own)
    # Nobody but the last step of the switch changes this row; the live rows are frozen then.
    holder = threading.Thread(target=hold_row_of_live_generation, args=(own,))
    holder.start()
    try:
        wait_until(lambda: sql(own, HOLDING) == "1", "a held row")
        process = start_rebuild(own)
        wait_until(lambda: sql(own, BLOCKED) == "1", "a switch that waits for it")
        process.kill()
        process.wait()
        assert sql(own, "SELECT DISTINCT mode FROM g1.checkpoints") == "frozen"
    finally:
        sql(own, HOLDING.replace("count(*)", "pg_terminate_backend(pid)"))
        holder.join()
    answer = place.post("/expenses", expense(), prefer="wait=30")
    assert answer.status_code == 201, answer.text
    assert sql(own, "SELECT DISTINCT mode FROM g1.checkpoints") == "active"
    assert rebuilt(own)["generation"] == 2
    identical(own)


def hold_row_of_live_generation(outlay) -> None:
    """Until its backend is ended."""
    with pytest.raises(ProcessError):
        sql(outlay, "BEGIN; SELECT 1 FROM outlay.generations WHERE generation = 1 FOR UPDATE;"
                    " SELECT pg_sleep(60)")


def test_what_differs_is_named_and_switched_to_only_when_told(own):
    place = Workspace.make(own.client())
    place.post("/expenses", expense(4711, note="as recorded"))
    sql(own, "UPDATE g1.expenses SET note = 'forged' WHERE amount_minor = 4711")
    held = rebuilt(own, status=1)
    assert not held["switched"] and held["difference"]["table"] == "read.expenses"
    assert held["difference"]["detail"] == "note forged; the journal says as recorded"
    listed = place.all("/expenses")[0]["note"]
    assert rebuilt(own, "--accept-difference")["switched"]
    assert (listed, place.all("/expenses")[0]["note"]) == ("forged", "as recorded")
    identical(own)


def test_the_generation_before_can_be_returned_to(own):
    place = Workspace.make(own.client())
    nothing = own.tool("rebuild", "--rollback")
    assert nothing.returncode == 3 and "no generation before 1" in nothing.stderr
    first = place.record()["id"]
    rebuilt(own)
    second = place.record()["id"]
    assert rebuilt(own, "--rollback") == {"generation": 1, "replaced": 2, "switched": True,
                                          "difference": None}
    third = place.record()["id"]
    assert {item["id"] for item in place.all("/expenses")} == {first, second, third}
    identical(own)


def test_a_generation_can_be_made_for_a_look(own):
    place = Workspace.make(own.client())
    place.record(1)
    made = rebuilt(own, "--aside")
    assert made == {"generation": 2, "replaced": 1, "switched": False, "difference": None}
    assert sql(own, "SELECT amount_minor FROM g2.expenses") == "1"
    place.record(2)
    sql(own, "UPDATE g1.expenses SET note = 'forged'")
    again = rebuilt(own, "--aside", status=1)
    assert again["generation"] == 2 and again["difference"]["table"] == "read.expenses"
    assert rebuilt(own, status=1)["generation"] == 3
    assert rebuilt(own, "--accept-difference")["generation"] == 3
    states = {one["generation"]: one["state"]
              for one in json.loads(own.tool("status", "--json").stdout)["generations"]}
    assert states == {1: "previous", 2: "aside", 3: "active"}
    assert own.tool("rebuild", "--aside", "--drop").returncode == 0
    assert len(json.loads(own.tool("status", "--json").stdout)["generations"]) == 2
    identical(own)


def test_a_generation_for_a_look_goes_no_further_than_told(embedded):
    own = embedded()
    place = Workspace.make(own.client())
    first, second = place.record(1), place.record(2)
    end = sql(own, "SELECT max(log_offset) FROM g1.expenses")
    assert first["id"] != second["id"]
    done = own.tool("rebuild", "--aside", "--to", f"0:{end}")
    assert done.returncode == 0, done.stderr
    assert "generation 2 is kept aside, in tables read_g2_..." in done.stdout
    assert sql(own, "SELECT amount_minor FROM g2.expenses") == "1"
    assert own.tool("rebuild", "--to", "0:1").returncode == 2
    assert own.tool("rebuild", "--aside", "--to", "here").returncode == 2
    identical(own)
