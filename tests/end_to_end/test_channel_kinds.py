"""Chats in every form and mail get what they understand; what may be an address is told from what may not.

The chats are receivers that take everything (test_chat_services.py has some that check); the mail server is real.
"""
import json
import re
import uuid
from datetime import date, datetime, timedelta

import httpx
import pytest
from bulk import send_bulk
from client import Workspace, expect, expect_problem, expense
from mail_server import Mailbox, text_of
from receiver import Receiver
from waiting import wait_until


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def name() -> str:
    return f"{uuid.uuid4().hex[:12]}@example.org"


def register(workspace: Workspace, kind: str, **members) -> dict:
    return expect(201, workspace.post("/channels", {"kind": kind, **members}))


def bodies(receiver: Receiver, count: int) -> list[dict]:
    wait_until(lambda: len(receiver.requests) >= count, f"{count} requests at the receiver")
    return [json.loads(request["body"]) for request in receiver.requests]


def code_in(text: str) -> str:
    return re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", text)[0]


def public_url(workspace: Workspace, alert: dict) -> str:
    return f"https://outlay.example/v1/workspaces/{workspace.id}/alerts/{alert['id']}"


def overspend(workspace: Workspace, budget: str = "Food") -> dict:
    workspace.budget(budget, 1000, percents=[80])
    return workspace.record(1250, "2026-01-05")


@pytest.mark.parametrize("chat, where", [
    ("slack", "text"), ("discord", "content"), ("mattermost", "text"), ("google_chat", "text")])
def test_every_chat_is_told_in_its_own_form_and_nobody_is_mentioned(workspace, receiver, chat, where):
    channel = register(workspace, "slack", url=f"{receiver.url}/hook", format=chat, verify=False)
    assert (channel["state"], channel["format"]) == ("active", chat)
    overspend(workspace, "Food @here <!here>")
    (body,) = bodies(receiver, 1)
    assert "more than 80 % of the limit is spent" in body[where]
    shown = body["blocks"][1]["text"] if chat == "slack" else {"text": body[where], "verbatim": True}
    assert public_url(workspace, workspace.all("/alerts")[0]) in shown["text"] and shown["verbatim"]
    mention = "<!here" if chat in ("slack", "google_chat") else "@here"
    assert mention not in body[where]


def test_teams_gets_a_card(workspace, receiver):
    register(workspace, "slack", url=f"{receiver.url}/hook", format="teams", verify=False)
    overspend(workspace)
    (body,) = bodies(receiver, 1)
    card = body["attachments"][0]["content"]
    assert card["type"] == "AdaptiveCard" and card["body"][0]["text"].startswith("Food: more than")


def test_a_mail_arrives_readable_in_a_thread_and_ends_by_one_click(workspace, mailbox, outlay):
    to = name()
    channel = register(workspace, "email", to=to)
    assert channel["to"] == "***@example.org" and to not in json.dumps(channel)
    (greeting,) = mailbox.await_mails(to, 1)
    path = f"/channels/{channel['id']}"
    expect(200, workspace.post(f"{path}/confirm", {"code": code_in(text_of(greeting))}))
    overspend(workspace, "Föod")
    mail = mailbox.await_mails(to, 2)[1]
    assert mail["Subject"] == "Föod: more than 80 % of the limit is spent, in a period that is over"
    assert (mail["From"], mail["To"]) == ("Outlay <outlay@example.org>", to)
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Message-ID"].startswith("<dlv_")
    assert mail["References"].startswith("<bud_") and mail.get_content_type() == "multipart/alternative"
    assert "Spent then: 12.50 EUR" in text_of(mail)
    link = public_url(workspace, workspace.all("/alerts")[0])
    assert text_of(mail).splitlines()[-1] == link
    assert f'<a href="{link}">' in mail.get_body(("html",)).get_content()
    assert "12.50 EUR" in mail.get_body(("html",)).get_content()
    assert mailbox.greeted_by(to) == "notifier.outlay.example"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")
    token = link.removeprefix("https://outlay.example")
    assert httpx.get(outlay.url + token).status_code == 200
    assert workspace.all("/channels")[0]["state"] == "active", "looking changes nothing"
    done = httpx.post(outlay.url + token, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    (ended,) = workspace.all("/channels")
    assert (ended["state"], ended["disabled_reason"]) == ("disabled", "unsubscribed")
    assert httpx.post(outlay.url + token + "x").status_code == 404


def test_a_mail_that_is_refused_for_now_comes_later_and_one_for_good_is_dead(workspace, mailbox):
    later, never = name(), name()
    mailbox.refuse(later, "450 4.2.1 mailbox busy")
    mailbox.refuse(never, "550 5.1.1 no such user")
    first = register(workspace, "email", to=later, verify=False, events=["alert.*"])
    second = register(workspace, "email", to=never, verify=False)
    overspend(workspace)
    mailbox.await_mails(later, 1)
    (delivery,) = wait_until(
        lambda: workspace.all(f"/channels/{first['id']}/deliveries", state="delivered"), "delivered")
    log = expect(200, workspace.get(f"/deliveries/{delivery['id']}"))["log"]
    assert [entry["status"] for entry in log] == [450, 250]
    (dead,) = workspace.all(f"/channels/{second['id']}/deliveries")
    assert dead["state"] == "dead", "a channel is not told of itself"
    assert "no such user" in dead["last_error"] and mailbox.mails(never) == []


def test_many_alerts_of_one_budget_are_one_mail(workspace, mailbox):
    to = name()
    channel = register(workspace, "email", to=to, verify=False)
    workspace.budget("Food", 1000, percents=list(range(1, 101, 10)))
    workspace.record(2000, "2026-01-05")
    (mail,) = mailbox.await_mails(to, 1)
    assert mail["Subject"] == "Food: 10 alerts"
    wait_until(lambda: len(workspace.all(f"/channels/{channel['id']}/deliveries", state="delivered"))
               == 10, "all are delivered")
    assert len(mailbox.mails(to)) == 1


def test_an_import_of_ten_thousand_rows_is_one_mail_per_budget(workspace, mailbox):
    to = name()
    channel = register(workspace, "email", to=to, verify=False)
    names = ("Bread", "Milk", "Tea")
    for budget in names:
        workspace.budget(budget, 1000, percents=[50, 100], every="day")
    days = [date(2026, 1, 1) + timedelta(days=number % 100) for number in range(10_000)]
    results = send_bulk(workspace, [expense(100, day.isoformat()) for day in days])
    assert {result["status"] for result in results} == {201}
    wait_until(lambda: len(workspace.all(f"/channels/{channel['id']}/deliveries", state="delivered"))
               == len(names) * 2 * 100, "all alerts are told")
    assert sorted(mail["Subject"] for mail in mailbox.mails(to)) == [f"{budget}: 200 alerts" for budget in names]


def test_routing_chooses_by_severity_and_budget(workspace, receiver):
    food = workspace.budget("Food", 1000, percents=[80])
    workspace.budget("All", 1000, percents=[80])
    path = f"{receiver.url}/food"
    made = register(workspace, "webhook", url=path, budgets=[food["id"]])
    assert made["budgets"] == [food["id"]] and "severities" not in made
    register(workspace, "webhook", url=f"{receiver.url}/critical", severities=["critical"])
    workspace.record(900, "2026-01-05")
    workspace.record(2000, "2026-02-05")
    wait_until(lambda: len(receiver.requests) >= 4, "four requests")
    told = sorted((one["path"], json.loads(one["body"])["data"]["severity"]) for one in receiver.requests)
    assert told == [("/critical", "critical"), ("/critical", "critical"),
                    ("/food", "critical"), ("/food", "warning")]


def test_people_hear_of_a_channel_that_was_given_up(workspace, receiver):
    broken = register(workspace, "webhook", url=f"{receiver.url}/broken")
    register(workspace, "webhook", url=f"{receiver.url}/program", events=["alert.resolved"])
    people = register(workspace, "slack", url=f"{receiver.url}/people", verify=False,
                      events=["operations.*"])
    assert people["events"] == ["operations.*"]
    receiver.answers = [410]
    overspend(workspace)
    wait_until(lambda: len(receiver.requests) == 2, "the message and the notice")
    assert [one["path"] for one in receiver.requests] == ["/broken", "/people"]
    told = json.loads(receiver.requests[1]["body"])
    assert told["text"] == "Outlay: a channel is disabled"
    assert broken["id"] in told["blocks"][1]["text"]["text"]
    (notice,) = workspace.all("/notices")
    assert (notice["type"], notice["data"]["channel"], notice["data"]["reason"]) == (
        "operations.channel_disabled", broken["id"], "gone")
    _, member = workspace.add_person("member")
    expect_problem(403, "forbidden", member.get("/notices"))


@pytest.mark.parametrize("body, pointer", [
    ({"kind": "slack"}, "/url"), ({"kind": "email"}, "/to"), ({"kind": "pagerduty"}, "/routing_key"),
    ({"kind": "email", "to": "a b@example.org"}, "/to"), ({"kind": "email", "to": "a@b@"}, "/to"),
    ({"kind": "email", "to": "x@example.org\r\nRCPT TO:<y@example.org>"}, "/to"),
    ({"kind": "pagerduty", "routing_key": "short"}, "/routing_key"), ({"kind": "fax"}, "/kind"),
    ({"kind": "slack", "url": "http://10.0.0.1/x"}, "/url"),
    ({"kind": "webhook", "url": "http://127.0.0.1/", "format": "teams"}, "/format"),
    ({"kind": "webhook", "url": "http://127.0.0.1/", "token": "t"}, "/token"),
    ({"kind": "email", "to": "a@example.org", "url": "http://127.0.0.1/"}, "/to"),
    ({"kind": "slack", "url": "http://127.0.0.1/", "routing_key": "R" * 32}, "/routing_key"),
    ({"kind": "ntfy", "url": "http://127.0.0.1"}, "/url"), ({"kind": "ntfy", "url": "http://127.0.0.1/"}, "/url"),
    ({"kind": "ntfy", "url": "http://127.0.0.1/money?auth=x"}, "/url"),
    ({"kind": "ntfy", "url": "http://127.0.0.1/money", "token": "t\r\nX-Evil: 1"}, "/token"),
    ({"kind": "email", "to": "a@example.org> NOTIFY=SUCCESS"}, "/to"),
    ({"kind": "email", "to": "ä@example.org"}, "/to"),
    ({"kind": "webhook", "url": "http://127.0.0.1/", "severities": ["loud"]}, "/severities"),
    ({"kind": "webhook", "url": "http://127.0.0.1/", "budgets": ["bud_1"]}, "/budgets")])
def test_an_address_that_cannot_be_is_named(workspace, body, pointer):
    errors = expect_problem(422, "validation_failed", workspace.post("/channels", body))["errors"]
    assert pointer in [error["pointer"] for error in errors]
    assert workspace.all("/channels") == []


def test_a_changed_ntfy_address_needs_a_topic_as_a_new_one_does(workspace, receiver):
    made = register(workspace, "ntfy", url=f"{receiver.url}/money", verify=False)
    for url in (receiver.url, f"{receiver.url}/", f"{receiver.url}/money?auth=x"):
        refused = expect_problem(422, "validation_failed", workspace.patch(f"/channels/{made['id']}", {"url": url}))
        assert [error["pointer"] for error in refused["errors"]] == ["/url"]
    expect(200, workspace.patch(f"/channels/{made['id']}", {"url": f"{receiver.url}/bills"}))


def test_only_an_owner_vouches_for_an_address(workspace, receiver):
    _, admin = workspace.add_person("admin")
    body = {"kind": "slack", "url": f"{receiver.url}/hook", "verify": False}
    expect_problem(403, "forbidden", admin.post("/channels", body))
    made = expect(201, admin.post("/channels", {**body, "verify": True}))
    trusted = expect(200, workspace.patch(f"/channels/{made['id']}", {"verify": False}))
    assert trusted["state"] == "active"
    moved = expect(200, workspace.patch(f"/channels/{made['id']}", {"url": f"{receiver.url}/other"}))
    assert moved["state"] == "unconfirmed"


def test_no_mail_channel_where_no_mail_is_sent(embedded, monkeypatch):
    monkeypatch.delenv("OUTLAY_SMTP_URL")
    workspace = Workspace.make(embedded().client())
    answer = workspace.post("/channels", {"kind": "email", "to": "a@example.org"})
    (error,) = expect_problem(422, "validation_failed", answer)["errors"]
    assert (error["pointer"], error["code"]) == ("/kind", "not_configured")
