"""Each warning that is due is recorded once, and arrives at least once under one id, whatever is killed.

Workers and PostgreSQL are killed (kill -9) at random moments while expenses cross thresholds, and a
notifier between sending and noting it. What is due is counted from what was sent (spender.py).
"""
import datetime
import random
import uuid
from collections import Counter, defaultdict

import pytest
from chaos import kill, supervise
from client import Workspace, expect
from mail_server import text_of
from receiver import Receiver
from spender import Count, Spender
from standardwebhooks import Webhook
from store_sql import sql
from waiting import wait_until

SECONDS = 15  # of kills; each kind comes at least once
SPENDERS = 3
CROSSINGS_MIN = 30
ARRIVAL_S = 100  # a lane that was held while PostgreSQL was away is free again after a minute
HOLDERS = "SELECT claimed_by FROM outlay.channel_lanes WHERE claimed_until IS NOT NULL"


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


class Household:
    """One spender, and a channel whose receiver keeps what arrives."""

    def __init__(self, outlay, receiver: Receiver, number: int, chance: random.Random):
        workspace = Workspace.make(outlay.client(), f"Household {number}")
        self.path = f"/{workspace.id}"
        self.channel = expect(201, workspace.post("/channels", {
            "kind": "webhook", "url": receiver.url + self.path, "events": ["alert.*"]}))
        self.spender = Spender(workspace, chance)

    def check_records(self) -> None:
        """Outlay's alerts are those that are due, each once."""
        due, listed = self.spender.count.states, self.spender.listed()
        assert Counter(listed) == Counter(due.items())
        messages = self.spender.workspace.all("/messages", limit=100)
        assert Counter(one["type"] for one in messages) == self.spender.count.messages()

    def check_arrivals(self, receiver: Receiver) -> int:
        """Nothing is missing, nothing is invented, and repetitions bear the id of the first; their number."""
        workspace = self.spender.workspace
        path = f"/channels/{self.channel['id']}/deliveries"
        wait_until(lambda: not workspace.all(path, state="pending", limit=100), "nothing waits", ARRIVAL_S)
        recorded = {one["id"]: (one["type"], one["data"]["id"]) for one in workspace.all("/messages", limit=100)}
        requests = [one for one in receiver.requests if one["path"] == self.path]
        bodies = defaultdict(set)
        for request in requests:
            message = Webhook(self.channel["secret"]).verify(request["body"], request["headers"])
            identity = request["headers"]["webhook-id"]
            assert recorded.get(identity) == (message["type"], message["data"]["id"])
            bodies[identity].add(request["body"])
        assert set(bodies) == set(recorded)
        assert all(len(sent) == 1 for sent in bodies.values()), "a repetition is the same bytes"
        states = Counter(one["state"] for one in workspace.all(path, limit=100))
        assert states == {"delivered": len(recorded)}
        return len(requests) - len(bodies)


def run(outlay, receiver: Receiver, chaos, *lanes) -> None:
    """Spends while faults come, heals, and checks everything."""
    households = [Household(outlay, receiver, number, random.Random(f"{chaos.seed}:{number}"))
                  for number in range(SPENDERS)]
    for household in households:
        household.spender.start()
    try:
        faults = chaos.run(SECONDS, *lanes)
        for node in outlay.nodes:
            supervise(node)
            node.wait_ready()
        wait_until(lambda: due(households) >= CROSSINGS_MIN, "enough thresholds are crossed", ARRIVAL_S)
    finally:
        for household in households:
            household.spender.ended.set()
    repetitions = 0
    for household in households:
        household.spender.finish()
        household.check_records()
        repetitions += household.check_arrivals(receiver)
    steps = sum(household.spender.steps for household in households)
    print(f"{faults} faults, {steps} steps, {due(households)} warnings, {len(receiver.requests)} requests, "
          f"of which {repetitions} repetitions", flush=True)


def due(households: list[Household]) -> int:
    return sum(len(household.spender.count.states) for household in households)


def test_the_count_tells_crossings_and_their_ends_in_their_order():
    count, day = Count(), datetime.date(2026, 9, 30)  # a Wednesday of the week from the 28th on
    count.add(day, 749, "first")
    count.add(day, 1, "second")
    count.add(day, -749, "first")
    count.add(day + datetime.timedelta(1), 749, "third")  # another month
    found = {(made.budget, made.percent, made.start, made.crossing, made.spent, made.expense, state)
             for made, state in count.states.items()}
    assert found == {("Week", 100, "2026-09-28", 1, 749, "first", "resolved"),
                     ("Week", 100, "2026-09-28", 2, 750, "third", "raised"),
                     ("Month", 50, "2026-09-01", 1, 750, "second", "resolved")}
    assert count.messages() == {"alert.raised": 3, "alert.resolved": 2}


def test_workers_are_killed_while_thresholds_are_crossed(scale_out, receiver, chaos):
    outlay = scale_out(2)
    first, second = outlay.workers
    run(outlay, receiver, chaos, [kill("a worker", first), kill("the other worker", second),
                                  kill("both workers", first, second)])


def test_postgres_is_killed_while_thresholds_are_crossed(scale_out, own_postgres, receiver, chaos):
    outlay = scale_out(2, postgres=own_postgres.url())
    run(outlay, receiver, chaos, [kill("PostgreSQL", own_postgres)], [kill("a worker", outlay.workers[0])])


def test_a_server_is_killed_while_thresholds_are_crossed(embedded, receiver, chaos):
    outlay = embedded()
    run(outlay, receiver, chaos, [kill("the server", outlay.front)])


@pytest.fixture(params=["embedded", "scale_out"])
def own_outlay(request):
    """An installation of this test, so that its lanes are those of this test."""
    return request.getfixturevalue(request.param)()


def holder(outlay):
    """The process that sends at this moment."""
    if outlay.is_embedded:
        return outlay.front
    (name,) = wait_until(lambda: sql(outlay, HOLDERS).split(), "somebody holds the lane")
    (found,) = [worker for worker in outlay.workers if worker.name == name]
    return found


def test_a_notifier_is_killed_between_sending_and_noting_it(own_outlay, receiver):
    outlay = own_outlay
    workspace = Workspace.make(outlay.client())
    channel = expect(201, workspace.post("/channels", {"kind": "webhook", "url": receiver.url}))
    workspace.budget("All", 1000, percents=[80])
    receiver.gate.clear()
    workspace.record(900, "2026-01-05")
    for kills in range(1, 4):
        wait_until(lambda: len(receiver.requests) == kills, f"request {kills}")
        holder(outlay).kill()
        outlay.start()
        workspace = workspace.seen_by(outlay.client())
    wait_until(lambda: len(receiver.requests) == 4, "the request after the last kill")
    receiver.gate.set()
    path = f"/channels/{channel['id']}/deliveries"
    (delivery,) = wait_until(lambda: workspace.all(path, state="delivered"), "it is delivered")
    (alert,) = workspace.all("/alerts")
    (message,) = workspace.all("/messages")
    assert message["data"]["id"] == alert["id"]
    assert {request["headers"]["webhook-id"] for request in receiver.requests} == {message["id"]}
    assert len({request["body"] for request in receiver.requests}) == 1
    for request in receiver.requests:
        assert Webhook(channel["secret"]).verify(request["body"], request["headers"])["data"] == alert
    log = expect(200, workspace.get(f"/deliveries/{delivery['id']}"))["log"]
    assert [entry["status"] for entry in log] == [204], "nobody noted what became of the others"
    assert len(receiver.requests) == 4


def test_a_mail_that_was_sent_and_not_noted_comes_again_under_its_id(own_outlay, mailbox):
    outlay, to = own_outlay, f"{uuid.uuid4().hex[:12]}@example.org"
    workspace = Workspace.make(outlay.client())
    channel = expect(201, workspace.post("/channels", {"kind": "email", "to": to, "verify": False}))
    workspace.budget("All", 1000, percents=[80])
    with mailbox.holding(to):
        workspace.record(900, "2026-01-05")
        mailbox.await_mails(to, 1)
        holder(outlay).kill()
    outlay.start()
    workspace = workspace.seen_by(outlay.client())
    first, second = mailbox.await_mails(to, 2)
    assert first["Message-ID"] == second["Message-ID"]
    assert text_of(first) == text_of(second) and "9.00 EUR" in text_of(first)
    path = f"/channels/{channel['id']}/deliveries"
    wait_until(lambda: workspace.all(path, state="delivered"), "it is delivered")
    assert len(mailbox.mails(to)) == 2
