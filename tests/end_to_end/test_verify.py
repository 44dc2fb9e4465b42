"""`outlay verify` proves that the read models are the fold of the journal, or names what is not.

It runs beside the live processes, also while they write, and it changes nothing.
"""
import json
import sqlite3
import threading

import pytest
from client import Workspace, expense
from services import run_sql

FORGERY = "UPDATE {table} SET note = 'forged' WHERE amount_minor = 4711"


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
    rows = {table["table"]: table["rows"] for table in found[-1]["tables"]}
    assert len(rows) == 15 and rows["read.budgets"] == 1 and rows["read.expenses"] > 0


def test_a_row_that_somebody_changed_is_named(own):
    place = Workspace.make(own.client())
    place.post("/expenses", expense(4711, note="as recorded"))
    if own.is_embedded:
        with sqlite3.connect(own.data / "store.db") as store:
            store.execute(FORGERY.format(table="read_g1_expenses"))
    else:
        run_sql(own.places.postgres, FORGERY.format(table="read_g1.expenses"))
    found = verified(own, 1)
    assert not found["identical"]
    assert found["difference"]["table"] == "read.expenses"
    assert found["difference"]["detail"] == "note forged; the journal says as recorded"


def test_what_cannot_be_compared_is_no_difference(own, tmp_path):
    done = own.tool("verify", "--scratch", str(tmp_path / "nowhere"))
    assert done.returncode == 3
    assert "--scratch" in done.stderr and done.stdout == ""
