"""Alerts leave the house: signed, at least once under one id, and to nobody who must not be called.

The receivers are real servers on loopback, which the tests' installations may call (conftest.py).
"""
import pytest
from api_description import Description
from client import Workspace, expect, expect_problem
from receiver import Receiver
from standardwebhooks import Webhook
from test_openapi import DOCUMENT
from waiting import wait_until


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def register(workspace: Workspace, url: str, **members) -> dict:
    body = {"kind": "webhook", "url": url, **members}
    return expect(201, workspace.post("/channels", body))


def arrived(receiver: Receiver, count: int) -> list[dict]:
    wait_until(lambda: len(receiver.requests) >= count, f"{count} requests at the receiver")
    return receiver.requests


def verified(request: dict, secret: str) -> dict:
    """The body of a request whose signature the official library accepts."""
    return Webhook(secret).verify(request["body"], request["headers"])


def deliveries(workspace: Workspace, channel: dict, **parameters) -> list[dict]:
    return workspace.all(f"/channels/{channel['id']}/deliveries", **parameters)


def test_alerts_arrive_signed_and_as_the_api_shows_them(workspace, receiver):
    channel = register(workspace, f"{receiver.url}/hook", events=["alert.*"])
    assert channel["state"] == "active" and channel["secret"].startswith("whsec_")
    workspace.budget("All", 1000, percents=[80])
    made = workspace.record(900, "2026-01-05")
    (raised,) = arrived(receiver, 1)
    message = verified(raised, channel["secret"])
    (alert,) = workspace.all("/alerts")
    Description(DOCUMENT).check_message(message)
    assert (message["type"], message["data"]) == ("alert.raised", alert)
    assert message["timestamp"] == alert["raised_at"]
    assert raised["path"] == "/hook" and raised["headers"]["user-agent"].startswith("Outlay/")
    assert raised["headers"]["content-type"] == "application/json"

    expect(200, workspace.delete(f"/expenses/{made['id']}"))
    resolved = verified(arrived(receiver, 2)[1], channel["secret"])
    (alert,) = workspace.all("/alerts")
    assert (resolved["type"], resolved["data"]) == ("alert.resolved", alert)
    assert len({request["headers"]["webhook-id"] for request in receiver.requests}) == 2


def test_a_channel_gets_what_it_chose_and_nothing_while_it_is_paused(workspace, receiver):
    chosen = register(workspace, f"{receiver.url}/chosen", events=["alert.resolved"])
    paused = register(workspace, f"{receiver.url}/paused")
    changed = workspace.patch(f"/channels/{paused['id']}", {"state": "paused"})
    assert expect(200, changed)["state"] == "paused"
    workspace.budget("All", 1000, percents=[80])
    made = workspace.record(900, "2026-01-05")
    expect(200, workspace.delete(f"/expenses/{made['id']}"))
    arrived(receiver, 1)
    wait_until(lambda: deliveries(workspace, chosen, state="delivered"), "a delivery")
    assert [request["path"] for request in receiver.requests] == ["/chosen"]
    assert deliveries(workspace, paused) == []


def test_a_refused_message_is_sent_again_under_its_id_and_the_log_tells(workspace, receiver):
    channel = register(workspace, receiver.url)
    receiver.answers = [500]
    workspace.budget("All", 1000, percents=[80])
    workspace.record(900, "2026-01-05")
    first, second = arrived(receiver, 2)
    assert first["headers"]["webhook-id"] == second["headers"]["webhook-id"]
    assert first["body"] == second["body"]
    assert verified(first, channel["secret"]) == verified(second, channel["secret"])
    (delivery,) = wait_until(lambda: deliveries(workspace, channel, state="delivered"), "delivered")
    whole = expect(200, workspace.get(f"/deliveries/{delivery['id']}"))
    assert [entry["status"] for entry in whole["log"]] == [500, 204]
    assert [entry["error_class"] for entry in whole["log"]] == ["status", None]
    sent = [entry["request_headers"] for entry in whole["log"]]
    assert [one["webhook-timestamp"] for one in sent] == [
        one["headers"]["webhook-timestamp"] for one in (first, second)]
    assert sent[0]["webhook-id"] == whole["message"] and sent[0]["webhook-signature"] == "v1,***"
    assert whole["log"][0]["next_attempt_at"] > whole["log"][0]["at"]
    assert whole["log"][1]["next_attempt_at"] is None
    assert (whole["last_status"], whole["last_error_class"]) == (204, None)
    assert whole["log"][0]["error"] == "the endpoint answered 500"
    assert whole["body"] == verified(first, channel["secret"])
    assert whole["message"] == first["headers"]["webhook-id"]


def test_the_log_of_a_workspace_is_found_by_what_failed(workspace, receiver):
    well = register(workspace, f"{receiver.url}/well", headers={"X-Token": "canary"})
    gone = register(workspace, f"{receiver.url}/gone")
    expect(202, workspace.post(f"/channels/{well['id']}/test"))
    wait_until(lambda: deliveries(workspace, well, state="delivered"), "delivered")
    receiver.answers = [410]
    lost = expect(202, workspace.post(f"/channels/{gone['id']}/test"))
    (failed,) = wait_until(lambda: workspace.all("/deliveries", error_class="gone"), "a refusal")
    assert (failed["id"], failed["channel"], failed["last_status"]) == (lost["id"], gone["id"], 410)
    for filters in ({"status": "410"}, {"status": "4xx"}, {"message": lost["message"]},
                    {"channel": gone["id"]}, {"state": "pending", "type": "channel.*"},
                    {"created_at[gte]": failed["created_at"], "created_at[lte]": failed["created_at"]}):
        assert workspace.all("/deliveries", **filters) == [failed], filters
    assert [one["channel"] for one in workspace.all("/deliveries")] == [gone["id"], well["id"]]
    assert workspace.all("/deliveries", type="alert.*") == deliveries(workspace, well, status="5xx") == []
    (entry,) = expect(200, workspace.get(f"/deliveries/{deliveries(workspace, well)[0]['id']}"))["log"]
    assert entry["request_headers"]["X-Token"] == "***" and "canary" not in str(entry)
    expect_problem(400, "malformed_parameter", workspace.get("/deliveries", params={"status": "bad"}))
    _, member = workspace.add_person("member")
    expect_problem(403, "forbidden", member.get("/deliveries"))


def test_the_schedule_of_the_installation_is_followed(embedded, receiver, monkeypatch):
    monkeypatch.setenv("OUTLAY_RETRY_SCHEDULE", "1s,1s")
    workspace = Workspace.make(embedded().client())
    channel = register(workspace, receiver.url)
    receiver.answers = [500] * 3
    expect(202, workspace.post(f"/channels/{channel['id']}/test"))
    (dead,) = wait_until(lambda: deliveries(workspace, channel, state="dead"), "dead")
    assert (dead["attempts"], len(receiver.requests)) == (3, 3)


def test_a_delivery_is_repeated_by_hand_under_the_same_id(workspace, receiver):
    channel = register(workspace, receiver.url)
    delivery = expect(202, workspace.post(f"/channels/{channel['id']}/test"))
    (sent,) = arrived(receiver, 1)
    assert verified(sent, channel["secret"])["type"] == "channel.test"
    wait_until(lambda: deliveries(workspace, channel, state="delivered"), "delivered")
    expect(202, workspace.post(f"/deliveries/{delivery['id']}/redeliver"))
    again = arrived(receiver, 2)[1]
    assert again["headers"]["webhook-id"] == sent["headers"]["webhook-id"] == delivery["message"]
    keyed = [expect(202, workspace.post(f"/channels/{channel['id']}/test", key="try"))["id"]
             for _ in range(2)]
    assert keyed[0] == keyed[1] != delivery["id"]


def test_the_secret_is_shown_by_the_first_answer_and_its_replays_only(workspace, receiver):
    body = {"kind": "webhook", "url": f"{receiver.url}/?token=hidden"}
    first = expect(201, workspace.post("/channels", body, key="one"))
    again = workspace.post("/channels", body, key="one")
    assert expect(201, again) == first and again.headers["Idempotent-Replayed"] == "true"
    read = expect(200, workspace.get(f"/channels/{first['id']}"))
    assert "secret" not in read and read == {key: first[key] for key in first if key != "secret"}
    assert "hidden" not in str(workspace.all("/channels"))
    expect_problem(422, "idempotency_key_reused",
                   workspace.post("/channels", {**body, "url": receiver.url}, key="one"))
    expect(202, workspace.post(f"/channels/{first['id']}/test"))
    (sent,) = arrived(receiver, 1)
    assert sent["path"] == "/?token=hidden" and verified(sent, first["secret"])


def test_a_rotated_secret_signs_beside_the_one_before(workspace, receiver):
    channel = register(workspace, receiver.url)
    rotated = expect(200, workspace.post(f"/channels/{channel['id']}/rotate_secret"))
    assert rotated["secret"] != channel["secret"]
    expect(202, workspace.post(f"/channels/{channel['id']}/test"))
    (sent,) = arrived(receiver, 1)
    assert verified(sent, channel["secret"]) == verified(sent, rotated["secret"])
    assert len(sent["headers"]["webhook-signature"].split(" ")) == 2


def test_an_endpoint_that_is_gone_is_disabled_until_it_is_opened_again(workspace, receiver):
    channel = register(workspace, receiver.url)
    receiver.answers = [410]
    expect(202, workspace.post(f"/channels/{channel['id']}/test"))
    path = f"/channels/{channel['id']}"
    disabled = wait_until(
        lambda: next((one for one in workspace.all("/channels") if one["state"] == "disabled"), None),
        "the channel is disabled")
    assert (disabled["disabled_reason"], disabled["id"]) == ("gone", channel["id"])
    assert "ETag" not in workspace.get(path).headers
    renamed = expect(200, workspace.patch(path, {"description": "Old"}))
    assert renamed["state"] == "disabled"
    assert expect(200, workspace.patch(path, {"state": "active"}))["state"] == "active"
    arrived(receiver, 2)


@pytest.mark.parametrize("url", [
    "http://10.0.0.1/", "http://169.254.169.254/latest", "http://0xa9fea9fe/", "http://[fd00::1]/",
    "https://192.168.1.1/", "ftp://127.0.0.1/", "http://user@127.0.0.1/", "http://127.0.0.1/#a",
    "http://8.8.8.8:25/", "http://[::ffff:10.0.0.1]/", "nonsense", ""])
def test_a_url_that_must_not_be_called_is_refused_when_it_is_given(workspace, receiver, url):
    answer = workspace.post("/channels", {"kind": "webhook", "url": url})
    (error,) = expect_problem(422, "validation_failed", answer)["errors"]
    assert (error["pointer"], error["code"]) == ("/url", "not_callable")
    channel = register(workspace, receiver.url)
    answer = workspace.patch(f"/channels/{channel['id']}", {"url": url})
    assert expect_problem(422, "validation_failed", answer)["errors"][0]["pointer"] == "/url"
    assert [one["url"] for one in workspace.all("/channels")] == [receiver.url]


def test_a_routing_names_budgets_and_members_that_are_there(workspace, receiver):
    budget = workspace.budget("Food", 100_00)
    strange = "bud_01h455vb4pex5vsknk084sn02q"
    body = {"kind": "webhook", "url": receiver.url}
    answer = workspace.post("/channels", {**body, "budgets": [budget["id"], strange]})
    (error,) = expect_problem(422, "validation_failed", answer)["errors"]
    assert (error["pointer"], error["code"]) == ("/budgets/1", "unknown_entry")
    nobody = "mem_01h455vb4pex5vsknk084sn02q"
    answer = workspace.post("/channels", {**body, "members": [nobody]})
    assert expect_problem(422, "member_unknown", answer)["errors"][0]["pointer"] == "/members"
    channel = expect(201, workspace.post("/channels", {**body, "budgets": [budget["id"]]}))
    path = f"/channels/{channel['id']}"
    expect_problem(422, "validation_failed", workspace.patch(path, {"budgets": [strange]}))
    expect_problem(422, "member_unknown", workspace.patch(path, {"members": [nobody]}))
    assert expect(200, workspace.get(path))["budgets"] == [budget["id"]]


def test_channels_are_for_admins_of_their_workspace(workspace, owner, receiver):
    channel = register(workspace, receiver.url)
    _, member = workspace.add_person("member")
    body = {"kind": "webhook", "url": receiver.url}
    path = f"/channels/{channel['id']}"
    expect_problem(403, "forbidden", member.post("/channels", body))
    expect_problem(403, "forbidden", member.patch(path, {"state": "paused"}))
    expect_problem(403, "forbidden", member.post(f"{path}/test"))
    expect_problem(403, "forbidden", member.get(f"{path}/deliveries"))
    expect_problem(403, "forbidden", member.delete(path))
    expect_problem(403, "forbidden", member.get(path))
    expect_problem(403, "forbidden", member.get("/channels"))
    other = Workspace.make(owner)
    for refused in (other.get(path), other.patch(path, {"state": "paused"}), other.delete(path),
                    other.post(f"{path}/test"), other.get(f"{path}/deliveries")):
        expect_problem(404, "not_found", refused)


def test_a_removed_channel_is_gone(workspace, receiver):
    channel = register(workspace, receiver.url)
    path = f"/channels/{channel['id']}"
    assert workspace.delete(path).status_code == 204
    assert workspace.all("/channels") == []
    expect_problem(404, "not_found", workspace.get(path))
    expect_problem(404, "not_found", workspace.post(f"{path}/test"))
    expect_problem(404, "not_found", workspace.patch(path, {"state": "active"}))
    assert workspace.delete(path).status_code == 204


def test_what_was_not_delivered_before_a_kill_is_delivered_after_it(embedded, receiver):
    outlay = embedded()
    workspace = Workspace.make(outlay.client())
    channel = register(workspace, receiver.url)
    receiver.answers = [503]
    workspace.budget("All", 1000, percents=[80])
    workspace.record(900, "2026-01-05")
    arrived(receiver, 1)
    outlay.kill()
    outlay.start()
    first, second = arrived(receiver, 2)[:2]
    assert first["headers"]["webhook-id"] == second["headers"]["webhook-id"]
    assert verified(second, channel["secret"])["type"] == "alert.raised"
