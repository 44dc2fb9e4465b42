"""Restore drills: what was lost is brought back by the tools, to equal digests, and nobody is told twice."""
import json
import shutil

import pytest
from client import Workspace, expect, expense
from moving import fill, run, state_of
from services import delete_topic
from store_sql import sql

MESSAGES = "SELECT id, kind FROM outlay.outbox ORDER BY id"


class Drill:
    """An installation with a past, and what must be the same after the drill."""

    def __init__(self, outlay):
        self.outlay = outlay
        self.places, self.sent = [], []
        for name in ("One", "Two"):
            place, sent = fill(outlay.client(), name)
            self.places.append(place)
            self.sent += [(place, one) for one in sent]
        self.before = state_of(outlay)
        self.told = sql(outlay, MESSAGES)
        assert self.told, "an alert was raised"

    def check(self) -> None:
        after = state_of(self.outlay)
        assert after["state_digest"] == self.before["state_digest"]
        assert sql(self.outlay, MESSAGES) == self.told
        for place, sent in self.sent[::7]:
            again = sent.again(place)
            assert (again.status_code, again.json()) == (201, sent.answer.json())
            assert again.headers["idempotent-replayed"] == "true"
        for place in self.places:
            place.record(100_00, "2026-12-24")
        done = run(self.outlay, "verify", "--json")
        assert json.loads(done.stdout)["identical"]


def feed_again(outlay, saved) -> None:
    """The journal, made anew from what the store kept."""
    done = json.loads(run(outlay, "journal", "export", "--from-store", "-o", str(saved), "--json").stdout)
    assert done["records"] > 0 and not done["sealed"]
    if outlay.is_embedded:
        for file in outlay.data.glob("journal.db*"):
            file.unlink()
    else:
        delete_topic(outlay.places.kafka, outlay.places.topic)
        run(outlay, "topics", "apply")
    run(outlay, "journal", "import", str(saved))
    assert "would follow" in run(outlay, "journal", "adopt", "--dry-run").stdout
    assert "instead of" in run(outlay, "journal", "adopt").stdout
    assert "already" in run(outlay, "journal", "adopt").stdout


@pytest.mark.parametrize("kind", ["embedded", "scale_out"])
def test_a_lost_journal_is_fed_again_from_the_store(kind, request, tmp_path):
    outlay = request.getfixturevalue(kind)()
    drill = Drill(outlay)
    outlay.stop()
    feed_again(outlay, tmp_path / "saved.gz")
    outlay.start()
    drill.check()


def test_a_journal_file_older_than_the_store_is_fed_again(embedded, tmp_path):
    outlay = embedded()
    place = Workspace.make(outlay.client())
    place.record(1)
    outlay.stop()
    shutil.copy(outlay.data / "journal.db", tmp_path / "older.db")
    outlay.start()
    drill = Drill(outlay)
    outlay.stop()
    for file in outlay.data.glob("journal.db*"):
        file.unlink()
    shutil.copy(tmp_path / "older.db", outlay.data / "journal.db")
    feed_again(outlay, tmp_path / "saved.gz")
    outlay.start()
    drill.check()
    assert expect(200, place.get("/expenses"))["data"]
    expect(201, place.post("/expenses", expense(2)))
