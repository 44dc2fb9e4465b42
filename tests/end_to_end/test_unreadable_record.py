"""A record that cannot be read any more halts its partition, and is left behind as the halt says.

On real servers, of a folder and of a broker. What was projected goes on, and nobody is told anything twice.
"""
import json
from pathlib import Path

import pytest
from client import expect, expect_problem, expense
from moving import JournalFile, fill, run, state_of
from receiver import Receiver
from test_drills import feed_again
from test_pauses import amounts, projecting, ready
from test_restored_data import status_of
from waiting import wait_until

NOTICED_S = 60


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


class Past:
    """An installation that people rely on: what they see, and what was told to whom."""

    def __init__(self, outlay, receiver: Receiver):
        self.outlay, self.receiver = outlay, receiver
        self.place, self.sent = fill(outlay.client(), "Home")
        expect(201, self.place.post("/channels", {"kind": "webhook", "url": receiver.url, "events": ["alert.*"]}))
        self.place.budget("Told", 100)
        self.place.record(500)
        wait_until(lambda: len(receiver.requests) == 2, "the alerts are sent")
        state_of(outlay)

    def halt(self) -> dict:
        def look() -> dict | None:
            stopped = [one for one in status_of(self.outlay).get("partitions", []) if one["halt"]]
            return stopped[0] if stopped else None
        return wait_until(look, "the halt", NOTICED_S)


def appended_but_not_projected(past: Past) -> str:
    """The position of a request that was answered with 202, and the key "lost"."""
    run(past.outlay, "pause", "projector", "--reason", "drill")
    wait_until(lambda: all("paused since" in ready(node) for node in projecting(past.outlay)), "they know")
    expect(202, past.place.post("/expenses", expense(1), key="waits", prefer="respond-async"))
    expect(202, past.place.post("/expenses", expense(9), key="lost", prefer="respond-async"))
    # The last of the workspace's records.
    lines = past.outlay.tool("journal", "cat", "--workspace", past.place.id, "--json").stdout.splitlines()
    return json.loads(lines[-1])["position"]


def flip_in_folder(past: Past, position: str) -> None:
    journal, offset = JournalFile(past.outlay.data / "journal.db"), int(position.split(":")[1])
    value = bytearray(journal.records()[offset][2])
    value[100] ^= 0x01
    journal.execute("UPDATE records SET value = ? WHERE record_offset = ?", bytes(value), offset)


def flip_in_broker(past: Past, broker, position: str) -> None:
    """A bit of the last record of a partition's first segment, which nothing follows."""
    name = f"{past.outlay.places.topic}-{position.split(':')[0]}"
    segment = broker.directory / "data" / name / f"{0:020}.log"
    content = bytearray(segment.read_bytes())
    content[-30] ^= 0x01
    segment.write_bytes(content)


def check_unreadable(past: Past, position: str) -> None:
    """The partition stands still there, a skip does not help, and reading goes on."""
    stopped = past.halt()
    assert (stopped["halt"], f"{stopped['partition']}:{stopped['next']}") == ("unreadable", position)
    assert "export --from-store" in stopped["remedy"] and stopped["halting_record"] is None
    if past.outlay.is_embedded:
        past.outlay.stop()
    refused = run(past.outlay, "journal", "skip", position, "--hash", "0" * 64, "--reason", "no", status=1)
    assert "is not cleared by a skip" in refused.stderr
    past.outlay.start()
    wait_until(lambda: past.place.post("/expenses", expense(2)).status_code == 503, "writing is refused")
    expect_problem(503, "partition_halted", past.place.post("/expenses", expense(2)))
    expect(200, past.place.get("/expenses"))


def test_an_unreadable_record_of_a_folder_is_left_behind(embedded, receiver, tmp_path):
    past = Past(embedded(), receiver)
    position = appended_but_not_projected(past)
    past.outlay.stop()
    flip_in_folder(past, position)
    check_left_behind(past, position, tmp_path / "saved.gz")


def test_an_unreadable_record_of_a_broker_is_left_behind(scale_out, own_kafka, receiver, tmp_path):
    past = Past(scale_out(1, kafka=own_kafka.address), receiver)
    position = appended_but_not_projected(past)
    past.outlay.stop()
    own_kafka.stop()
    flip_in_broker(past, own_kafka, position)
    own_kafka.start()
    check_left_behind(past, position, tmp_path / "saved.gz")


def check_left_behind(past: Past, position: str, saved: Path) -> None:
    """The halt is told, its steps are done, and what was projected goes on without the record."""
    outlay, place = past.outlay, past.place
    run(outlay, "resume", "projector")
    outlay.start()
    check_unreadable(past, position)
    # What was appended before the record was projected meanwhile; the record was not.
    known = amounts(place)
    assert 1 in known and 9 not in known
    outlay.stop()
    feed_again(outlay, saved)
    outlay.start()
    assert state_of(outlay)["identical"] and amounts(place) == known
    # Who was told "pending" sends the request again: it applies, once.
    made = expect(201, place.post("/expenses", expense(9), key="lost"))
    again = place.post("/expenses", expense(9), key="lost")
    assert again.json()["id"] == made["id"] and again.headers["idempotent-replayed"] == "true"
    for one in past.sent:
        assert one.again(place).headers["idempotent-replayed"] == "true"
    assert state_of(outlay)["identical"]
    assert len(past.receiver.requests) == 2, "nothing is told again"
