"""`outlay verify` proves that the read models are the fold of the journal, or names what is not.

It runs beside the live processes, also while they write, and it changes nothing.
"""
import json
import sqlite3
import threading

import pytest
from client import Workspace, expect, expense
from services import run_sql

FORGERIES = {
    "expenses": ("SET note = 'forged' WHERE amount_minor = 4711", "note forged; the journal says as recorded"),
    "refunds": ("SET amount_minor = 1 WHERE amount_minor = 47", "amount_minor 1; the journal says 47")}


@pytest.fixture(params=["embedded", "scale_out"])
def own(request):
    """An installation that nobody else uses."""
    return request.getfixturevalue(request.param)()


def verified(outlay, status: int) -> dict:
    done = outlay.tool("verify", "--json")
    assert done.returncode == status, done.stderr
    assert "replayed" in done.stderr and "/s" in done.stderr
    return json.loads(done.stdout)


def test_the_read_models_are_proven_while_writing_goes_on(own):
    place = Workspace.make(own.client())
    place.budget("All", 10_000)
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            made = place.record(tags=["a", "b"])["id"]
            place.delete(f"/expenses/{made}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [verified(own, 0) for _ in range(3)]
    finally:
        ended.set()
        writer.join()
    assert all(one["identical"] and one["difference"] is None for one in found)
    assert found[0]["records"] < found[-1]["records"]
    assert len({one["state_digest"] for one in found}) == len({one["records"] for one in found})
    assert [one["workspace"] for one in found[-1]["workspaces"]] == [place.id]
    alone = own.tool("verify", "--journal-only", "--json")
    assert alone.returncode == 0, alone.stderr
    assert json.loads(alone.stdout)["state_digest"] == verified(own, 0)["state_digest"]
    rows = {table["table"]: table["rows"] for table in found[-1]["tables"]}
    assert len(rows) == 19 and rows["read.budgets"] == 1 and rows["read.expenses"] > 0


@pytest.mark.parametrize("table", FORGERIES)
def test_a_row_that_somebody_changed_is_named(own, table):
    place = Workspace.make(own.client())
    made = expect(201, place.post("/expenses", expense(4711, note="as recorded")))
    expect(201, place.post(f"/expenses/{made['id']}/refunds", {
        "amount": {"amount": 47, "currency": "EUR"}, "received_on": "2026-12-03"}))
    forgery, difference = FORGERIES[table]
    if own.is_embedded:
        with sqlite3.connect(own.data / "store.db") as store:
            store.execute(f"UPDATE read_g1_{table} {forgery}")
    else:
        run_sql(own.places.postgres, f"UPDATE read_g1.{table} {forgery}")
    found = verified(own, 1)
    assert not found["identical"] and found["state_digest"] is None
    assert found["difference"]["table"] == f"read.{table}"
    assert found["difference"]["detail"] == difference


def test_what_cannot_be_compared_is_no_difference(own, tmp_path):
    done = own.tool("verify", "--scratch", str(tmp_path / "nowhere"))
    assert done.returncode == 3
    assert "--scratch" in done.stderr and done.stdout == ""


def test_one_projection_is_compared_alone(own):
    place = Workspace.make(own.client())
    place.record(4711, note="as recorded")
    if own.is_embedded:
        with sqlite3.connect(own.data / "store.db") as store:
            store.execute("UPDATE read_g1_expenses SET note = 'forged'")
    else:
        run_sql(own.places.postgres, "UPDATE read_g1.expenses SET note = 'forged'")

    def looked_at(projection: str, status: int) -> dict:
        done = own.tool("verify", "--json", "--projection", projection)
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout)

    found = looked_at("spending", 0)
    assert [table["table"] for table in found["tables"]] == [
        "read.spending", "read.spending_merchants", "read.spending_tags"]
    assert found["identical"] and found["state_digest"] is None
    assert looked_at("expenses", 1)["difference"]["table"] == "read.expenses"
    unknown = own.tool("verify", "--projection", "nothing")
    assert unknown.returncode == 2 and "budget_usage" in unknown.stderr


def test_the_state_at_a_position_is_told(embedded):
    own = embedded()
    place = Workspace.make(own.client())
    place.record(1)
    before = verified(own, 0)
    place.record(2)

    def at(position: str) -> dict:
        done = own.tool("verify", "--json", "--journal-only", "--to", position)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    then = at(f"0:{before['records']}")
    assert then["records"] == before["records"]
    assert then["state_digest"] == before["state_digest"] != verified(own, 0)["state_digest"]
    assert at("0:999999")["state_digest"] == verified(own, 0)["state_digest"]
    assert own.tool("verify", "--to", "0:1").returncode == 2
