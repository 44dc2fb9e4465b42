"""Slack, PagerDuty and ntfy take what they are sent: within their limits, however long names are, however much comes.

The services are fakes that check what the real ones document; what breaks a limit fails the test.
"""
import json
import re
from collections import Counter
from datetime import datetime

import pytest
from chat_services import Ntfy, PagerDuty, Service, Slack
from client import Workspace, expect, expect_problem
from receiver import Answer
from waiting import wait_until

ROUTING_KEY = "R" * 28 + "last"
# 100 characters each: text that grows when it is escaped, in bytes, or both.
LONG_NAMES = ["&" * 100, "<!channel>" * 10, "😀" * 100, "\\\"" * 50, "ß*_~`|" * 16 + "long"]


def made(service: Service):
    yield service
    service.stop()
    assert service.faults == []


@pytest.fixture
def slack():
    yield from made(Slack())


@pytest.fixture
def pagerduty():
    yield from made(PagerDuty({ROUTING_KEY}))


@pytest.fixture
def ntfy():
    yield from made(Ntfy("tk_secret"))


def register(workspace: Workspace, kind: str, **members) -> dict:
    return expect(201, workspace.post("/channels", {"kind": kind, **members}))


def overspend(workspace: Workspace, *budgets: str, percents=(80,)) -> dict:
    for budget in budgets or ("Food",):
        workspace.budget(budget, 1000, percents=percents)
    return workspace.record(1250, "2026-01-05")


def taken(service: Service, count: int) -> list[dict]:
    wait_until(lambda: len(service.accepted) >= count, f"{count} messages at the service")
    return service.accepted


def all_delivered(workspace: Workspace, channel: dict, count: int) -> None:
    deliveries = f"/channels/{channel['id']}/deliveries"
    wait_until(lambda: len(workspace.all(deliveries, state="delivered")) == count, f"{count} are delivered")


def disabled_reason(workspace: Workspace) -> str | None:
    return workspace.all("/channels")[0]["disabled_reason"]


def test_slack_is_active_once_the_code_of_its_test_message_came_back(workspace, slack):
    channel = register(workspace, "slack", url=slack.hook)
    assert channel["state"] == "unconfirmed" and "secret" not in channel
    assert channel["url"] == f"{slack.url}/***"
    (greeting,) = taken(slack, 1)
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", greeting["blocks"][1]["text"]["text"])[0]
    path = f"/channels/{channel['id']}"
    (delivery,) = workspace.all(f"{path}/deliveries")
    assert code not in json.dumps(expect(200, workspace.get(f"/deliveries/{delivery['id']}")))
    spent = overspend(workspace)  # nobody is told
    wrong = workspace.post(f"{path}/confirm", {"code": "AAAA-AAAA"})
    assert expect_problem(422, "validation_failed", wrong)["errors"][0]["pointer"] == "/code"
    assert expect(200, workspace.post(f"{path}/confirm", {"code": code}))["state"] == "active"
    expect(200, workspace.delete(f"/expenses/{spent['id']}"))
    assert [one["text"] for one in taken(slack, 2)[1:]] == ["Food: back below 80 % of the limit"]


def test_slack_takes_long_names_and_many_alerts_one_message_a_second(workspace, slack):
    channel = register(workspace, "slack", url=slack.hook, verify=False)
    overspend(workspace, *LONG_NAMES, percents=range(10, 101, 10))
    all_delivered(workspace, channel, 10 * len(LONG_NAMES))
    told = taken(slack, len(LONG_NAMES))
    assert len(told) == len(LONG_NAMES), "one message for each budget"
    assert not any("<" in one["text"] for one in told), "nobody is mentioned"
    times = [request["at"] for request in slack.requests]
    assert times[-1] - times[0] > len(times) - 1.5, "one message a second"


def test_slack_that_is_busy_is_left_alone_as_long_as_it_asks(workspace, slack):
    slack.told = [Answer(429, b"rate_limited", {"Retry-After": "3"})]
    channel = register(workspace, "slack", url=slack.hook, verify=False)
    overspend(workspace)
    all_delivered(workspace, channel, 1)
    refused, again = slack.requests
    assert again["body"] == refused["body"] and again["at"] - refused["at"] >= 2.9


def test_slack_whose_hook_was_revoked_disables_its_channel(workspace, slack):
    slack.is_revoked = True
    register(workspace, "slack", url=slack.hook, verify=False)
    overspend(workspace)
    wait_until(lambda: disabled_reason(workspace) == "refused", "the channel is disabled")
    assert len(slack.requests) == 1 and slack.accepted == []


def test_pagerduty_is_triggered_and_resolved_under_one_key(workspace, pagerduty):
    pagerduty.told = [Answer(429)]
    channel = register(workspace, "pagerduty", url=pagerduty.enqueue, routing_key=ROUTING_KEY, verify=False)
    assert channel["routing_key"] == "***last" and "url" not in channel
    spent = overspend(workspace)
    (busy,) = wait_until(lambda: workspace.all(f"/channels/{channel['id']}/deliveries", status="429"), "a refusal")
    (entry,) = expect(200, workspace.get(f"/deliveries/{busy['id']}"))["log"]
    pause = datetime.fromisoformat(entry["next_attempt_at"]) - datetime.fromisoformat(entry["at"])
    assert 100 < pause.total_seconds() < 140, "it is left alone for minutes"
    expect(202, workspace.post(f"/deliveries/{busy['id']}/redeliver"))
    (trigger,) = taken(pagerduty, 1)
    (alert,) = workspace.all("/alerts")
    assert [link["href"].rsplit("/", 1)[1] for link in trigger["links"]] == [alert["id"]]
    assert {request["body"] for request in pagerduty.requests} == {pagerduty.requests[0]["body"]}, (
        "an event is repeated as it was")
    assert (trigger["event_action"], trigger["payload"]["severity"]) == ("trigger", "critical")
    assert list(pagerduty.open) == [trigger["dedup_key"]]
    expect(200, workspace.delete(f"/expenses/{spent['id']}"))
    resolve = taken(pagerduty, 2)[1]
    assert (resolve["event_action"], resolve["dedup_key"]) == ("resolve", trigger["dedup_key"])
    assert pagerduty.open == {}


def test_pagerduty_takes_long_names_and_every_alert(workspace, pagerduty):
    channel = register(workspace, "pagerduty", url=pagerduty.enqueue, routing_key=ROUTING_KEY, verify=False)
    spent = overspend(workspace, *LONG_NAMES, percents=range(10, 101, 10))
    alerts = 10 * len(LONG_NAMES)
    all_delivered(workspace, channel, alerts)
    assert len(pagerduty.open) == alerts, "an incident for each alert"
    expect(200, workspace.delete(f"/expenses/{spent['id']}"))
    all_delivered(workspace, channel, 2 * alerts)
    assert pagerduty.open == {}
    assert Counter(event["event_action"] for event in pagerduty.accepted) == {"trigger": alerts, "resolve": alerts}


def test_pagerduty_that_does_not_know_the_key_disables_its_channel(workspace, pagerduty):
    register(workspace, "pagerduty", url=pagerduty.enqueue, routing_key="Z" * 32, verify=False)
    overspend(workspace)
    wait_until(lambda: disabled_reason(workspace) == "refused", "the channel is disabled")
    assert len(pagerduty.requests) == 1 and pagerduty.accepted == []


def test_ntfy_gets_topic_and_token(workspace, ntfy):
    register(workspace, "ntfy", url=f"{ntfy.url}/money", token="tk_secret", verify=False)
    overspend(workspace)
    (body,) = taken(ntfy, 1)
    assert (body["topic"], body["priority"]) == ("money", 5)
    assert "tk_secret" not in json.dumps(workspace.all("/channels"))


def test_ntfy_takes_long_names_and_many_alerts(workspace, ntfy):
    ntfy.told = [Answer(429, b'{"code":42901,"http":429,"error":"limit reached: too many requests"}')]
    channel = register(workspace, "ntfy", url=f"{ntfy.url}/money", token="tk_secret", verify=False)
    overspend(workspace, *LONG_NAMES, percents=range(10, 101, 10))
    all_delivered(workspace, channel, 10 * len(LONG_NAMES))
    assert {body["topic"] for body in ntfy.accepted} == {"money"}


def test_ntfy_that_refuses_the_token_disables_its_channel(workspace, ntfy):
    register(workspace, "ntfy", url=f"{ntfy.url}/money", token="tk_other", verify=False)
    overspend(workspace)
    wait_until(lambda: disabled_reason(workspace) == "refused", "the channel is disabled")
