"""What an endpoint missed reaches it when an admin asks for it: once per key, under its old id."""
import pytest
from client import Workspace, expect, expect_problem
from receiver import Receiver
from standardwebhooks import Webhook
from waiting import wait_until

SINCE = "2020-01-01T00:00:00Z"


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def register(workspace: Workspace, url: str, **members) -> dict:
    return expect(201, workspace.post("/channels", {"kind": "webhook", "url": url, **members}))


def recover(workspace: Workspace, channel: dict, **more) -> dict:
    key = more.pop("key", None)
    answer = workspace.post(f"/channels/{channel['id']}/recover", {"since": SINCE, **more}, key=key)
    return expect(202, answer)


def requests_to(receiver: Receiver, path: str, count: int) -> list[dict]:
    def there() -> list[dict]:
        return [request for request in list(receiver.requests) if request["path"] == path]
    wait_until(lambda: len(there()) >= count, f"{count} requests to {path}")
    return there()


def raise_alert(workspace: Workspace) -> None:
    workspace.budget("All", 1000, percents=[80])
    workspace.record(900, "2026-01-05")


def settled(workspace: Workspace, channel: dict, state: str) -> None:
    path = f"/channels/{channel['id']}/deliveries"
    wait_until(lambda: [one["state"] for one in workspace.all(path)] == [state], state)


def test_what_failed_is_sent_again_without_waiting_for_its_turn(workspace, receiver):
    channel = register(workspace, f"{receiver.url}/hook")
    receiver.answers = [500, 500]
    raise_alert(workspace)
    path = f"/channels/{channel['id']}/deliveries"
    # The second attempt comes after 5 s, the third one would come after 5 min.
    wait_until(lambda: [one["attempts"] for one in workspace.all(path)] == [2], "two attempts")
    first = recover(workspace, channel, key="now")
    assert (first["failed"], first["missing"], first["has_more"]) == (1, 0, False)
    sent = requests_to(receiver, "/hook", 3)
    assert len({request["headers"]["webhook-id"] for request in sent}) == 1
    settled(workspace, channel, "delivered")
    assert recover(workspace, channel, key="now") == first
    assert recover(workspace, channel)["failed"] == 0
    assert len(requests_to(receiver, "/hook", 3)) == 3


def test_what_was_missed_while_paused_is_sent_when_it_is_asked_for(workspace, receiver):
    other = register(workspace, f"{receiver.url}/other")
    channel = register(workspace, f"{receiver.url}/hook")
    path = f"/channels/{channel['id']}"
    expect(200, workspace.patch(path, {"state": "paused"}))
    raise_alert(workspace)
    (elsewhere,) = requests_to(receiver, "/other", 1)
    expect(200, workspace.patch(path, {"state": "active"}))
    assert recover(workspace, channel)["missing"] == 0
    assert workspace.all(f"{path}/deliveries") == []
    assert recover(workspace, channel, missing=True, key="all")["missing"] == 1
    (missed,) = requests_to(receiver, "/hook", 1)
    assert missed["headers"]["webhook-id"] == elsewhere["headers"]["webhook-id"]
    message = Webhook(channel["secret"]).verify(missed["body"], missed["headers"])
    assert message == Webhook(other["secret"]).verify(elsewhere["body"], elsewhere["headers"])
    settled(workspace, channel, "delivered")
    assert recover(workspace, channel, missing=True, key="all")["missing"] == 1
    assert recover(workspace, channel, missing=True)["missing"] == 0
    assert len(requests_to(receiver, "/hook", 1)) == 1


def test_what_an_endpoint_missed_that_was_gone_comes_after_it_is_opened_again(workspace, receiver):
    channel = register(workspace, f"{receiver.url}/hook")
    path = f"/channels/{channel['id']}"
    receiver.answers = [410]
    raise_alert(workspace)
    wait_until(lambda: workspace.all("/channels")[0]["state"] == "disabled", "it is disabled")
    assert expect(200, workspace.patch(path, {"state": "active"}))["state"] == "active"
    recover(workspace, channel, missing=True)
    first, second = requests_to(receiver, "/hook", 2)
    assert first["headers"]["webhook-id"] == second["headers"]["webhook-id"]
    settled(workspace, channel, "delivered")


def test_one_delivery_is_repeated_once_per_key(workspace, receiver):
    channel = register(workspace, f"{receiver.url}/hook")
    delivery = expect(202, workspace.post(f"/channels/{channel['id']}/test"))
    requests_to(receiver, "/hook", 1)
    settled(workspace, channel, "delivered")
    path = f"/deliveries/{delivery['id']}/redeliver"
    first = workspace.post(path, key="again")
    assert expect(202, first)["state"] == "pending"
    requests_to(receiver, "/hook", 2)
    settled(workspace, channel, "delivered")
    repeated = workspace.post(path, key="again")
    assert repeated.headers["Idempotent-Replayed"] == "true"
    assert expect(202, repeated) == first.json()
    assert workspace.all(f"/channels/{channel['id']}/deliveries")[0]["state"] == "delivered"
    expect_problem(422, "idempotency_key_reused",
                   workspace.post(f"/channels/{channel['id']}/test", key="again"))
    assert len(requests_to(receiver, "/hook", 2)) == 2


def test_recovery_is_for_admins(workspace, owner, receiver):
    channel = register(workspace, receiver.url)
    path = f"/channels/{channel['id']}/recover"
    _, member = workspace.add_person("member")
    expect_problem(403, "forbidden", member.post(path, {"since": SINCE}))
    expect_problem(404, "not_found", Workspace.make(owner).post(path, {"since": SINCE}))
    (error,) = expect_problem(422, "validation_failed", workspace.post(path, {}))["errors"]
    assert error["pointer"] == "/since"
