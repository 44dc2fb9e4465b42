"""`outlay repair` puts the rows of a workspace back to what follows from the journal.

Beside the live processes, while they write, and however often it is killed; nobody is told anything.
"""
import json
import os
import random
import subprocess
import threading
import time

import pytest
from bulk import send_bulk
from client import Workspace, expect, expense
from store_sql import sql
from waiting import wait_until

KILLS = 6
RECORDS = 1_500

OF_THIS_ONE = " WHERE workspace IN (SELECT workspace FROM g1.categories)"
# What somebody does by hand, by the tables in which a row is different afterwards.
FORGERIES = {
    "read.expenses": "UPDATE g1.expenses SET note = 'forged' WHERE amount_minor = 4711",
    "read.expense_tags": "DELETE FROM g1.expense_tags WHERE tag = 'kept'",
    "read.refunds": "UPDATE g1.refunds SET amount_minor = 1 WHERE amount_minor = 47",
    "read.spending": "UPDATE g1.spending SET amount_minor = amount_minor + 1 WHERE spent_on = '2026-11-20'",
    "read.budget_usage": "UPDATE g1.budget_usage SET spent_minor = 0",
    "read.alerts": "DELETE FROM g1.alerts",
    "read.categories": "UPDATE g1.categories SET name = 'Forged'",
    "read.commits": "UPDATE g1.commits SET fingerprint = 'forged'" + OF_THIS_ONE,
    "read.events": "UPDATE g1.events SET type = 'forged'" + OF_THIS_ONE}


@pytest.fixture(params=["embedded", "scale_out"])
def own(request):
    """An installation that nobody else uses."""
    return request.getfixturevalue(request.param)()


def repaired(outlay, place: Workspace, *options: str, status: int = 0) -> dict:
    done = outlay.tool("repair", "--workspace", place.id, "--json", *options)
    assert done.returncode == status, done.stdout + done.stderr
    assert "replayed" in done.stderr and "/s" in done.stderr
    return json.loads(done.stdout)


def verified(outlay, *options: str, status: int = 0) -> dict:
    done = outlay.tool("verify", "--json", *options)
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout)


def lived_in(outlay) -> Workspace:
    """A workspace with a row in each table that is forged."""
    place = Workspace.make(outlay.client())
    place.category("Food")
    made = place.record(4711, note="as recorded", tags=["kept"])
    expect(201, place.post(f"/expenses/{made['id']}/refunds", {
        "amount": {"amount": 47, "currency": "EUR"}, "received_on": "2026-12-03"}))
    place.budget("All", 50_000)
    place.record(50_000)
    wait_until(lambda: len(place.all("/alerts")) == 2, "two alerts")
    return place




def test_rows_that_were_changed_by_hand_are_put_back(own):
    place, other = lived_in(own), Workspace.make(own.client(), name="Other")
    before = verified(own)
    outbox = sql(own, "SELECT id FROM outlay.outbox ORDER BY id")
    shown = place.all("/expenses"), place.all("/alerts")
    for statement in FORGERIES.values():
        sql(own, statement)
    named = verified(own, "--workspace", place.id, status=1)
    assert named["difference"]["table"] == "read.commits"
    assert verified(own, "--workspace", other.id)["identical"]
    looked = repaired(own, place, "--dry-run", status=1)
    assert {one["table"] for one in looked["tables"]} == set(FORGERIES)
    assert looked["replaced"] == 0 and not looked["identical"]
    assert looked["differing"] == len(looked["differences"])
    done = repaired(own, place)
    assert done["differences"] == looked["differences"]
    assert done["identical"] and done["replaced"] == done["differing"] > len(FORGERIES)
    after = verified(own)
    assert after["state_digest"] == before["state_digest"]
    assert (place.all("/expenses"), place.all("/alerts")) == shown
    assert sql(own, "SELECT id FROM outlay.outbox ORDER BY id") == outbox
    assert sql(own, "SELECT action FROM outlay.operator_audit") == "repair"
    again = repaired(own, place)
    assert again["differing"] == again["replaced"] == 0


def test_of_a_workspace_the_rows_alone_are_proven(own):
    place, other = lived_in(own), Workspace.make(own.client(), name="Other")
    other.record()
    whole = {one["workspace"]: one["state_digest"] for one in verified(own)["workspaces"]}
    alone = verified(own, "--workspace", place.id)
    assert alone["workspaces"][0]["state_digest"] == whole[place.id]
    rows = {table["table"]: table["rows"] for table in alone["tables"]}
    assert rows["read.workspaces"] == 1 and rows["read.expenses"] == 2


def test_a_repair_that_is_killed_while_writing_goes_on_can_be_run_again(own):
    seed = int(os.environ.get("OUTLAY_TEST_SEED", random.SystemRandom().randrange(2 ** 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    place = lived_in(own)
    results = send_bulk(place, [expense(10 + number) for number in range(RECORDS)])
    assert {result["status"] for result in results} == {201}
    outbox = sql(own, "SELECT id FROM outlay.outbox ORDER BY id")
    ended, statuses = threading.Event(), []

    def write() -> None:
        while not ended.is_set():
            statuses.append(place.post("/expenses", expense(7, tags=["written"])).status_code)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        began = time.monotonic()
        for statement in FORGERIES.values():
            sql(own, statement)
        assert repaired(own, place)["identical"]
        whole_s = time.monotonic() - began
        for _ in range(KILLS):
            sql(own, "UPDATE g1.spending SET amount_minor = amount_minor + 1")
            sql(own, "UPDATE g1.budget_usage SET spent_minor = spent_minor + 1")
            process = start_repair(own, place)
            try:
                process.wait(timeout=chance.uniform(0, whole_s))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert repaired(own, place)["identical"]
    finally:
        ended.set()
        writer.join()
    assert set(statuses) <= {201, 202}
    assert sql(own, "SELECT id FROM outlay.outbox ORDER BY id") == outbox
    assert verified(own)["identical"]


def start_repair(outlay, place: Workspace) -> subprocess.Popen:
    places, environment = outlay.tool_place()
    return subprocess.Popen([str(outlay.binary), "repair", "--workspace", place.id, *places],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env={**os.environ, **environment})


def test_what_is_asked_for_wrongly_changes_nothing(own, tmp_path):
    place = Workspace.make(own.client())
    assert own.tool("repair").returncode == 2
    assert own.tool("repair", "--workspace", "home").returncode == 2
    assert own.tool("verify", "--workspace", "home").returncode == 2
    nobody = "ws_" + "0" * 26
    assert f"holds nothing of {nobody}" in own.tool("repair", "--workspace", nobody).stderr
    nowhere = own.tool("repair", "--workspace", place.id, "--scratch", str(tmp_path / "nowhere"))
    assert nowhere.returncode == 3 and "--scratch" in nowhere.stderr
