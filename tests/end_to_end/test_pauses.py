"""`outlay pause` and `outlay resume`: what is paused stands still, nothing is lost, and it goes on.

On both forms, with processes killed in between and under load.
"""
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from bulk import send_bulk
from client import Workspace, expect, expect_problem, expense
from journal_fold import partition_of
from moving import run, state_of
from receiver import Receiver
from store_sql import sql
from test_restored_data import PARTITIONS, in_another_partition, status_of
from waiting import wait_until

REASON = "the import went wrong"


@pytest.fixture(params=["embedded", "scale_out"])
def own(request):
    """An installation that nobody else uses, and may be paused as a whole."""
    return request.getfixturevalue(request.param)()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def pause(outlay, *what: str) -> dict:
    return json.loads(run(outlay, "pause", *what, "--reason", REASON, "--json").stdout)


def resume(outlay, *what: str) -> dict:
    return json.loads(run(outlay, "resume", *what, "--json").stdout)


def ready(node) -> str:
    return httpx.get(f"http://127.0.0.1:{node.admin_port}/readyz?verbose").text


def wait_until_refused(place: Workspace) -> dict:
    """Nodes follow within two seconds."""
    answer = wait_until(lambda: (one := place.post("/expenses", expense())).status_code == 503 and one,
                        "changes are refused", 5)
    return expect_problem(503, "paused", answer)


def wait_until_taken(place: Workspace) -> None:
    wait_until(lambda: place.post("/expenses", expense()).status_code == 201, "changes are taken", 5)


def amounts(place: Workspace) -> list[int]:
    return sorted(item["amount"]["amount"] for item in place.all("/expenses", limit=100))


def test_a_workspace_is_paused_and_applies_once_what_is_sent_again(own):
    client = own.client()
    place, other = Workspace.make(client), Workspace.make(client, "Other")
    before = place.record(1, idempotency="before")
    made = pause(own, "commands", "--workspace", place.id)
    assert made["changed"] and made["reason"] == REASON and "@" in made["by"]
    problem = wait_until_refused(place)
    assert (problem["reason"], problem["since"]) == (REASON, made["since"])
    count = len(amounts(place))
    for _ in range(2):
        expect_problem(503, "paused", place.post("/expenses", expense(77), key="meanwhile"))
    expect_problem(503, "paused", place.patch(f"/expenses/{before['id']}", {"note": "no"}))
    expect_problem(503, "paused", place.delete(f"/expenses/{before['id']}"))
    again = place.post("/expenses", expense(1), key="before")
    assert again.status_code == 201 and again.headers["idempotent-replayed"] == "true"
    lines = send_bulk(place, [expense(88), expense(89)])
    assert [one["problem"]["code"] for one in lines] == ["paused", "paused"]
    assert len(amounts(place)) == count, "reading goes on, and shows no change"
    other.record()
    # Asked for again it stays as it is; a resume of something else changes nothing.
    assert not pause(own, "commands", "--workspace", place.id)["changed"]
    assert not resume(own, "commands")["changed"]
    text = run(own, "status").stdout
    assert f"paused: commands {place.id}, since {made['since']} by {made['by']}: {REASON}" in text
    assert resume(own, "commands", "--workspace", place.id)["changed"]
    wait_until_taken(place)
    first = place.post("/expenses", expense(77), key="meanwhile")
    assert first.status_code == 201 and place.post("/expenses", expense(77), key="meanwhile").json() == first.json()
    assert amounts(place).count(77) == 1
    audit = sql(own, "SELECT action FROM outlay.operator_audit ORDER BY at")
    assert audit.split() == ["pause", "resume"]
    assert json.loads(run(own, "verify", "--json").stdout)["identical"]


def test_a_pause_of_all_outlives_kill_9_of_every_process(own):
    place = Workspace.make(own.client())
    place.record(1)
    pause(own, "commands")
    wait_until_refused(place)
    own.kill()
    own.start()
    # From the first request on, not only when it has looked.
    expect_problem(503, "paused", place.post("/expenses", expense(2)))
    assert expect_problem(503, "paused", own.client().post("/v1/workspaces", {
        "name": "New", "base_currency": "EUR", "time_zone": "UTC"}))["reason"] == REASON
    assert "commands: ok, paused since" in ready(own.front) and REASON in ready(own.front)
    assert set(amounts(place)) <= {1, 1250}, "reading goes on"
    resume(own, "commands")
    wait_until_taken(place)
    assert "paused" not in ready(own.front)


def test_a_paused_projector_projects_nothing_and_catches_up(own):
    place = Workspace.make(own.client())
    place.record(1)
    pause(own, "projector")
    wait_until(lambda: all("paused since" in ready(node) for node in projecting(own)), "they know", 5)
    waiting = [expect(202, place.post("/expenses", expense(10 + number), prefer="respond-async"))
               for number in range(5)]
    assert expect(202, place.post("/expenses", expense(20)))["state"] == "pending"
    assert amounts(place) == [1]
    behind = json.loads(run(own, "lag", "--json").stdout)
    assert behind["lag"] == 6 and behind["lag_millis"] >= 0 and behind["halted"] == 0
    for node in projecting(own):
        node.kill()
    own.start()
    assert json.loads(run(own, "lag", "--json").stdout)["lag"] == 6
    assert all(node.alive() for node in own.nodes) and amounts(place) == [1]
    resume(own, "projector")
    wait_until(lambda: amounts(place) == [1, 10, 11, 12, 13, 14, 20], "it catches up")
    for one in waiting:
        assert expect(200, place.get(f"/operations/{one['id']}"))["state"] == "applied"
    assert json.loads(run(own, "verify", "--json").stdout)["identical"]


def projecting(outlay) -> list:
    return outlay.nodes if outlay.is_embedded else outlay.workers


def test_one_partition_of_a_projector_is_paused(scale_out):
    outlay = scale_out()
    place = Workspace.make(outlay.client())
    partition = str(partition_of(place.id, PARTITIONS))
    elsewhere = in_another_partition(outlay, place)
    pause(outlay, "projector", "--partition", partition)
    wait_until(lambda: place.post("/expenses", expense(2)).status_code == 202, "it stands still", 8)
    elsewhere.record()
    resume(outlay, "projector", "--partition", partition)
    wait_until_taken(place)


def test_paused_deliveries_are_kept_and_arrive_once(own, receiver):
    place = Workspace.make(own.client())
    expect(201, place.post("/channels", {"kind": "webhook", "url": receiver.url, "events": ["alert.*"]}))
    place.budget("All", 100)
    pause(own, "deliveries")
    place.record(500)
    wait_until(lambda: place.all("/alerts"), "the alert")
    wait_until(lambda: status_of(own)["outbox"]["due"] == 2, "both messages wait")
    assert status_of(own)["pauses"][0]["scope"] == "deliveries"
    for node in projecting(own):
        node.kill()
    own.start()
    assert receiver.requests == [], "nothing is sent"
    resume(own, "deliveries")
    wait_until(lambda: len(receiver.requests) == 2, "both arrive")
    wait_until(lambda: status_of(own)["outbox"]["pending"] == 0, "all is sent")
    assert len({one["headers"]["webhook-id"] for one in receiver.requests}) == len(receiver.requests) == 2


def test_under_load_every_request_applies_exactly_once(own):
    """Customers who send again under the same key whatever they are told, while pauses come and go."""
    place = Workspace.make(own.client())
    ended = threading.Event()
    sent: list[str] = []
    refused: list[str] = []

    def customer(number: int) -> None:
        count = 0
        while not ended.is_set():
            key, count = f"{number}-{count}", count + 1
            while (answer := place.post("/expenses", expense(1 + number), key=key)).status_code != 201:
                assert answer.status_code in (202, 503), answer.text
                if answer.status_code == 503:
                    refused.append(key)
                    ended.wait(0.02)
            sent.append(answer.json()["id"])

    def grows(found: list, by: int) -> None:
        count = len(found)
        wait_until(lambda: len(found) > count + by, f"{by} more")

    with ThreadPoolExecutor(6) as pool:
        customers = [pool.submit(customer, number) for number in range(6)]
        for what in (["commands"], ["projector"], ["commands", "--workspace", place.id]):
            grows(sent, 50)
            pause(own, *what)
            if what[0] == "commands":
                grows(refused, 20)
            else:
                wait_until(lambda: status_of(own)["lag"] >= 6, "everybody waits")
            resume(own, *what)
        grows(sent, 50)
        ended.set()
        for one in customers:
            one.result()
    state_of(own)
    found = [item["id"] for item in place.all("/expenses", limit=100)]
    assert len(sent) == len(set(sent)) and sorted(found) == sorted(sent)


def test_what_does_not_exist_is_not_paused(own):
    nobody = "ws_01h455vb4pex5vsknk084sn02q"
    for status, wrong in ((1, ["commands", "--workspace", nobody]), (1, ["projector", "--partition", "99"]),
                          (2, ["projector", "--workspace", nobody]), (2, ["commands", "--partition", "0"]),
                          (2, ["commands", "--workspace", "mine"]), (2, ["everything"])):
        run(own, "pause", *wrong, "--reason", REASON, status=status)
    run(own, "pause", "commands", status=2)
    run(own, "pause", "commands", "--reason", "two\nlines", status=2)
    assert "nothing was changed" in run(own, "pause", "commands", "--reason", REASON, "--dry-run").stdout
    assert status_of(own)["pauses"] == []
