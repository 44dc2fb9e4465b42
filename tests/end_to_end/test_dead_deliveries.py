"""`outlay deliveries dead` and `requeue`: what was given up is listed, and sent again under its old ids."""
import json

import pytest
from client import Workspace, expect
from moving import run
from receiver import Receiver
from store_sql import sql
from waiting import wait_until

NOBODY = "dlv_01h455vb4pex5vsknk084sn02q"


@pytest.fixture(params=["embedded", "scale_out"])
def own(request):
    """An installation that nobody else uses."""
    return request.getfixturevalue(request.param)()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


class Listening:
    """A workspace whose two alerts were refused and given up."""

    def __init__(self, outlay, receiver: Receiver, name: str):
        self.path = f"/{name}"
        self.place = Workspace.make(outlay.client(), name)
        self.channel = expect(201, self.place.post("/channels", {
            "kind": "webhook", "url": receiver.url + self.path, "events": ["alert.*"]}))["id"]
        receiver.answers += [500] * 1000
        self.place.budget("All", 1000)
        self.place.record(900, "2026-01-05")
        self.place.record(200, "2026-01-06")
        wait_until(lambda: len(self.deliveries()) == 2 and all(one["attempts"] for one in self.deliveries()),
                   "both were tried")

    def deliveries(self) -> list[dict]:
        return self.place.all(f"/channels/{self.channel}/deliveries")


def give_up(outlay, receiver: Receiver) -> None:
    """As after three days of failing; from then on the receiver takes everything."""
    run(outlay, "pause", "deliveries", "--reason", "test")
    wait_until(lambda: sql(outlay, "SELECT count(*) FROM outlay.channel_lanes"
                                   " WHERE claimed_until IS NOT NULL") == "0", "nobody sends")
    receiver.answers.clear()
    sql(outlay, "UPDATE outlay.deliveries SET state = 'dead', next_attempt_at = NULL WHERE state = 'pending'")
    sql(outlay, "UPDATE outlay.channel_lanes SET due_at = NULL")
    run(outlay, "resume", "deliveries")


def dead(outlay, *arguments: str) -> list[dict]:
    return [json.loads(line)
            for line in run(outlay, "deliveries", "dead", "--json", *arguments).stdout.splitlines()]


def requeue(outlay, *arguments: str, status: int = 0) -> dict:
    return json.loads(run(outlay, "deliveries", "requeue", "--json", *arguments, status=status).stdout)


def arrived(receiver: Receiver, listening: Listening) -> dict[str, int]:
    """How often each message came."""
    found: dict[str, int] = {}
    for request in list(receiver.requests):
        if request["path"] == listening.path:
            name = request["headers"]["webhook-id"]
            found[name] = found.get(name, 0) + 1
    return found


def test_what_was_given_up_is_listed_and_sent_again(own, receiver):
    one, two = Listening(own, receiver, "one"), Listening(own, receiver, "two")
    give_up(own, receiver)
    assert json.loads(run(own, "status", "--json").stdout)["outbox"]["dead"] == 4
    assert len(dead(own)) == 4 and len(dead(own, "--limit", "3")) == 3
    mine = dead(own, "--channel", one.channel)
    assert {(entry["workspace"], entry["channel"]) for entry in mine} == {(one.place.id, one.channel)}
    assert {entry["id"] for entry in mine} == {entry["id"] for entry in one.deliveries()}
    assert mine == dead(own, "--workspace", one.place.id)
    assert mine[0]["last_error"] == "the endpoint answered 500" and mine[0]["attempts"] >= 1
    assert mine[0]["id"] in run(own, "deliveries", "dead").stdout

    before = arrived(receiver, one)
    assert requeue(own, mine[0]["id"]) == {"requeued": 1, "found": 1}
    wait_until(lambda: [entry["state"] for entry in one.deliveries()].count("delivered") == 1, "one arrives")
    assert requeue(own, "--channel", one.channel, "--dry-run") == {"requeued": 0, "found": 1}
    assert requeue(own, "--channel", one.channel) == {"requeued": 1, "found": 1}
    wait_until(lambda: all(entry["state"] == "delivered" for entry in one.deliveries()), "the other one, too")
    after = arrived(receiver, one)
    assert set(after) == set(before) and all(after[name] == before[name] + 1 for name in before)
    assert {entry["state"] for entry in two.deliveries()} == {"dead"}, "others were not asked for"

    assert requeue(own, "--since", "2099-01-01T00:00:00Z")["found"] == 0
    assert requeue(own, "--since", "2020-01-01T00:00:00Z")["requeued"] == 2
    wait_until(lambda: all(entry["state"] == "delivered" for entry in two.deliveries()), "all arrive")
    assert dead(own) == []
    audit = sql(own, "SELECT action FROM outlay.operator_audit ORDER BY at").split("\n")
    assert audit.count("deliveries requeue") == 4


def test_what_is_not_there_is_told(own):
    assert requeue(own, NOBODY, status=1) == {"requeued": 0, "found": 0}
    for wrong in ([], ["dlv_1"], ["--channel", "one"], ["--since", "yesterday"],
                  [NOBODY, "--since", "2020-01-01T00:00:00Z"]):
        run(own, "deliveries", "requeue", *wrong, status=2)
    run(own, "deliveries", "dead", "--workspace", "mine", status=2)
    assert dead(own) == []
