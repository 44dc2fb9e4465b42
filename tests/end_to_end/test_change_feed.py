"""What changes expenses and budgets reaches the webhooks that chose it, as the description says.

Receivers are real servers on loopback. A halted partition is told too, and that it goes on.
"""
import pytest
from api_description import Description
from client import Workspace, expect, expect_problem, expense
from event_reader import EventReader
from receiver import Receiver
from standardwebhooks import Webhook
from test_openapi import DOCUMENT
from test_restored_data import copy_of, put_back
from waiting import wait_until

CHANGES = {name for name in DOCUMENT["webhooks"] if name.startswith(("expense.", "budget."))}
MONTHLY = {"every": "month", "anchor": "2015-01-01"}


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def register(workspace: Workspace, receiver: Receiver, *events: str) -> dict:
    body = {"kind": "webhook", "url": receiver.url, "events": list(events)}
    return expect(201, workspace.post("/channels", body))


def arrived(receiver: Receiver, count: int, secret: str) -> list[dict]:
    """The messages in the order of the log, their signatures verified."""
    wait_until(lambda: len(receiver.requests) >= count, f"{count} requests at the receiver")
    assert all(len(request["body"]) < 20_000 for request in receiver.requests)
    messages = [Webhook(secret).verify(request["body"], request["headers"])
                for request in receiver.requests]
    return sorted(messages, key=lambda message: int(message["data"]["position"].split(":")[1]))


def euros(minor: int) -> dict:
    return {"amount": minor, "currency": "EUR"}


def change_an_expense(workspace: Workspace) -> str:
    made = workspace.record(1250, "2026-11-20", note="for two", tags=["team"], merchant="Cafe")["id"]
    path = f"/expenses/{made}"
    expect(200, workspace.patch(path, {"amount": euros(1300), "note": None}))
    expect(200, workspace.delete(f"{path}?reason=twice"))
    expect(200, workspace.post(f"{path}/restore"))
    refunded = expect(201, workspace.post(f"{path}/refunds", {
        "amount": euros(50), "received_on": "2026-12-03", "reason": "broken"}))
    expect(200, workspace.delete(f"{path}/refunds/{refunded['refunds'][0]['id']}?reason=returned"))
    return made


def change_a_budget(workspace: Workspace) -> None:
    new = {"scope": {}, "limit": euros(100), "period": MONTHLY}
    other = expect(201, workspace.post("/budgets", {"name": "Other", **new}))["id"]
    made = expect(201, workspace.post("/budgets", {"name": "All", **new}))["id"]
    path = f"/budgets/{made}"
    for change in ({"name": "Everything"}, {"limit": euros(200)}, {"scope": {"tags": ["team"]}},
                   {"thresholds": [{"percent": 80}]}, {"thresholds": []},
                   {"rollover": {"carry": "capped", "cap": euros(10)}}):
        expect(200, workspace.patch(path, change))
    expect(200, workspace.patch(path, {"limit": euros(150), "limit_from": "2026-01-01", "reason": "shared"}))
    more = {"amount": euros(50), "day": "2026-10-01", "reason": "guests"}
    for action, body in (("adjust", more), ("move-funds", {**more, "to": other}), ("pause", None),
                         ("resume", None), ("mute", {"until": "2099-01-01T00:00:00Z"}),
                         ("unmute", None), ("archive", None), ("restore", None)):
        expect(200, workspace.post(f"{path}/{action}", body))


def test_every_type_of_the_feed_arrives_and_is_as_described(workspace, receiver):
    channel = register(workspace, receiver, "expense.*", "budget.*")
    made = change_an_expense(workspace)
    change_a_budget(workspace)
    wait_until(lambda: {one["type"] for one in arrived(receiver, 0, channel["secret"])} == CHANGES,
               "every type")
    messages = arrived(receiver, 0, channel["secret"])
    description = Description(DOCUMENT)
    for message in messages:
        description.check_message(message)
        assert message["timestamp"] == message["data"]["at"]
    history = workspace.all(f"/expenses/{made}/history")
    assert [one["data"] for one in messages if one["data"]["subject"] == made] == history
    assert [event["version"] for event in history] == list(range(1, len(history) + 1))
    assert len({request["headers"]["webhook-id"] for request in receiver.requests}) == len(messages)


def test_the_feed_begins_with_the_choice_and_is_for_who_chose_it(workspace, owner, receiver):
    elsewhere = Workspace.make(owner)
    expect(201, elsewhere.post("/channels", {"kind": "webhook", "url": f"{receiver.url}/alerts"}))
    channel = expect(201, workspace.post("/channels", {"kind": "webhook", "url": receiver.url}))
    workspace.record(1, "2026-11-01")
    expect(200, workspace.patch(f"/channels/{channel['id']}", {"events": ["expense.recorded"]}))
    told = workspace.record(2, "2026-11-01")["id"]
    expect(200, workspace.delete(f"/expenses/{told}"))
    elsewhere.record(3, "2026-11-01")
    last = workspace.record(4, "2026-11-01")["id"]
    messages = arrived(receiver, 2, channel["secret"])
    assert [one["data"]["subject"] for one in messages] == [told, last]
    refused = workspace.post("/channels", {"kind": "slack", "url": f"{receiver.url}/chat",
                                           "events": ["alert.*", "expense.*"]})
    (error,) = expect_problem(422, "validation_failed", refused)["errors"]
    assert (error["pointer"], error["code"]) == ("/events/1", "not_applicable")


def test_lists_and_streams_tell_changes_to_who_asks_for_them(workspace, receiver):
    register(workspace, receiver, "expense.*")
    workspace.budget("All", 1000, percents=[80])
    place = workspace.path("/stream")
    with EventReader(workspace.client.url, workspace.client.key, place) as usual, \
            EventReader(workspace.client.url, workspace.client.key,
                        f"{place}?types=expense.*") as changes:
        usual.wait_for_place(), changes.wait_for_place()
        made = workspace.record(900, "2026-01-05")["id"]
        (alert,), (change,) = usual.wait_for(1), changes.wait_for(1)
    assert (alert["event"], change["event"]) == ("alert.raised", "expense.recorded")
    assert change["data"]["data"]["subject"] == made
    assert [one["type"] for one in workspace.all("/messages")] == ["alert.raised"]
    (listed,) = workspace.all("/messages", type="expense.*")
    assert change["data"]["data"] == listed["data"]


def test_what_a_paused_channel_missed_of_the_feed_is_sent_when_it_is_asked_for(workspace, receiver):
    channel = register(workspace, receiver, "expense.*")
    path = f"/channels/{channel['id']}"
    expect(200, workspace.patch(path, {"state": "paused"}))
    made = workspace.record(1, "2026-11-01")
    wait_until(lambda: workspace.all("/messages", type="expense.*"), "the message")
    expect(200, workspace.patch(path, {"state": "active"}))
    wait_until(lambda: expect(202, workspace.post(f"{path}/recover", {
        "since": made["created_at"], "missing": True}))["missing"] == 1, "it is laid out")
    (message,) = arrived(receiver, 1, channel["secret"])
    assert message["data"]["subject"] == made["id"]


def test_a_halted_partition_is_told_to_a_webhook_and_so_is_that_it_goes_on(embedded, receiver):
    outlay = embedded()
    workspace = Workspace.make(outlay.client())
    channel = register(workspace, receiver, "operations.*")
    workspace.record(1)
    outlay.stop()
    older = copy_of(outlay, "journal.db")
    outlay.start()
    workspace.record(2)
    outlay.stop()
    newer = copy_of(outlay, "journal.db")
    put_back(outlay, "journal.db", older)
    outlay.start()
    wait_until(lambda: len(receiver.requests) == 1, "the halt is told")
    # A node looks at the checkpoints once a second; until then it promises nothing.
    wait_until(lambda: workspace.post("/expenses", expense()).status_code == 503, "it takes nothing")
    outlay.stop()
    put_back(outlay, "journal.db", newer)
    outlay.start()
    wait_until(lambda: len(receiver.requests) == 2, "it is told that it goes on")
    halted, resumed = [Webhook(channel["secret"]).verify(request["body"], request["headers"])
                       for request in receiver.requests]
    for message, name in ((halted, "halted"), (resumed, "resumed")):
        assert message["type"] == f"operations.partition_{name}"
        Description(DOCUMENT).check_message(message)
        assert message["data"]["cause"] == "lost_tail"
    assert halted["data"]["position"] == resumed["data"]["position"]
    assert "restore it" in halted["data"]["next_step"]
    notices = workspace.all("/notices")
    assert [(one["type"], one["data"]) for one in notices] == [
        (message["type"], message["data"]) for message in (resumed, halted)]
    wait_until(lambda: workspace.post("/expenses", expense()).status_code == 201, "it takes changes")
