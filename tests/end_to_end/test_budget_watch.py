"""Budgets that warn: reached and exceeded, forecasts, silence, single periods, and why an alert is there."""
import datetime
import math

from client import Workspace, expect, expect_problem
from waiting import wait_until

TOMORROW = "2100-01-01T00:00:00Z"  # surely later than the test


def current(workspace: Workspace, budget: dict) -> dict:
    (found,) = expect(200, workspace.get(f"/budgets/{budget['id']}/periods"))["data"]
    return found


def forecasting(workspace: Workspace, limit: int, percent: int = 100, every: str = "year") -> dict:
    return expect(201, workspace.post("/budgets", {
        "name": "Forecast", "limit": {"amount": limit, "currency": "EUR"},
        "period": {"every": every, "anchor": "2015-01-01"},
        "thresholds": [{"percent": percent, "basis": "forecast"}]}))


def test_an_alert_tells_reached_from_exceeded(workspace):
    workspace.budget("All", 1000, percents=[50, 80])
    workspace.record(500, "2026-01-05")
    (reached,) = workspace.all("/alerts")
    assert (reached["level"], reached["threshold"]["percent"]) == ("reached", 50)
    workspace.record(301, "2026-01-05")
    (exceeded,) = workspace.all("/alerts", level="exceeded")
    assert exceeded["threshold"]["percent"] == 80 and exceeded["spent"]["amount"] == 801
    assert workspace.all("/alerts", level="reached") == [reached]
    assert workspace.all("/alerts", basis="forecast") == []
    late = {"raised_at[gt]": exceeded["raised_at"]}
    assert workspace.all("/alerts", **late) == []
    assert len(workspace.all("/alerts", **{"raised_at[lte]": exceeded["raised_at"]})) == 2


def test_a_forecast_warns_before_the_money_is_gone(workspace):
    budget = forecasting(workspace, 1_000_000)
    now = current(workspace, budget)
    start, end = (datetime.date.fromisoformat(now[name]) for name in ("start", "end"))
    days = (end - start).days + 1
    left = now["days_left"]
    elapsed = days - left
    spent = 1_000_000 * elapsed // days + 100
    if left == 0:  # the last day of the year: a forecast is what is spent
        spent = 1_000_000
    made = workspace.record(spent, now["start"])
    (alert,) = workspace.all("/alerts", basis="forecast")
    expected = math.floor(spent * days / elapsed + 0.5)
    assert (alert["spent"]["amount"], alert["projected_end"]["amount"]) == (spent, expected)
    assert alert["as_of"] == str(end - datetime.timedelta(left))
    assert (alert["expense"], alert["cause"], alert["threshold"]["basis"]) == (made["id"], "recorded", "forecast")
    now = current(workspace, budget)
    assert now["projected_end"]["amount"] == expected and now["spent"]["amount"] == spent
    expect(200, workspace.delete(f"/expenses/{made['id']}"))
    assert [one["state"] for one in workspace.all("/alerts")] == ["resolved"]


def test_the_day_moves_on_without_an_expense(workspace):
    """The zone is moved instead of the clock: the local day there is the next one."""
    expect(200, workspace.patch("", {"time_zone": "Pacific/Pago_Pago"}))
    budget, other = forecasting(workspace, 1000), workspace.budget("Actual", 1000)
    expect(200, workspace.patch("", {"time_zone": "Pacific/Kiritimati"}))
    wait_until(lambda: expect(200, workspace.get(f"/budgets/{budget['id']}"))["version"] == 2, "a day that passes")
    assert expect(200, workspace.get(f"/budgets/{other['id']}"))["version"] == 1


def test_a_paused_budget_is_counted_on_in_silence(workspace):
    budget = workspace.budget("All", 100, percents=[100])
    path = f"/budgets/{budget['id']}"
    paused = expect(200, workspace.post(f"{path}/pause"))
    assert paused["paused"] and expect(200, workspace.post(f"{path}/pause"))["version"] == paused["version"]
    now = current(workspace, budget)
    workspace.record(100, "2026-01-01"), workspace.record(150, now["start"])
    assert workspace.all("/alerts") == []
    assert current(workspace, budget)["spent"]["amount"] == 150
    assert not expect(200, workspace.post(f"{path}/resume"))["paused"]
    (alert,) = workspace.all("/alerts")
    assert (alert["period"]["start"], alert["cause"], alert["level"]) == (now["start"], "rule_changed", "exceeded")


def test_a_muted_budget_raises_but_says_so(workspace):
    budget = workspace.budget("All", 100, percents=[100])
    path = f"/budgets/{budget['id']}"
    answer = workspace.post(f"{path}/mute", {"until": "2020-01-01T00:00:00Z"})
    (error,) = expect_problem(422, "validation_failed", answer)["errors"]
    assert error["pointer"] == "/until"
    muted = expect(200, workspace.post(f"{path}/mute", {"until": TOMORROW}))
    assert muted["muted"] and muted["muted_until"] == TOMORROW
    workspace.record(100, "2026-01-01")
    assert [alert["muted"] for alert in workspace.all("/alerts")] == [True]
    assert not expect(200, workspace.post(f"{path}/unmute"))["muted"]
    workspace.record(100, "2026-02-01")
    assert [alert["muted"] for alert in workspace.all("/alerts")] == [False, True]


def test_an_alert_is_snoozed(workspace):
    workspace.budget("All", 100, percents=[100])
    made = workspace.record(100, "2026-01-01")
    (alert,) = workspace.all("/alerts")
    path = f"/alerts/{alert['id']}"
    expect_problem(422, "validation_failed", workspace.post(f"{path}/snooze", {"until": "2020-01-01T00:00:00Z"}))
    first = workspace.post(f"{path}/snooze", {"until": TOMORROW}, key="rest")
    snoozed = expect(200, first)
    assert (snoozed["state"], snoozed["snoozed_until"], snoozed["version"]) == ("raised", TOMORROW, 2)
    assert workspace.all("/alerts", snoozed="true") == [snoozed]
    assert workspace.all("/alerts", snoozed="false") == []
    known = expect(200, workspace.post(f"{path}/acknowledge"))
    assert (known["state"], known["snoozed_until"], known["version"]) == ("acknowledged", TOMORROW, 3)
    assert expect(200, workspace.get(path)) == known
    expect(200, workspace.delete(f"/expenses/{made['id']}"))
    again = workspace.post(f"{path}/snooze", {"until": TOMORROW}, key="rest")
    assert expect(200, again) == snoozed and again.headers["ETag"] == first.headers["ETag"]
    expect_problem(409, "state_conflict", workspace.post(f"{path}/snooze", {"until": TOMORROW}))


def test_one_period_is_adjusted_and_explained(workspace):
    budget = workspace.budget("All", 1000, percents=[100])
    path, now = f"/budgets/{budget['id']}", current(workspace, budget)
    workspace.record(900, now["start"])
    body = {"day": now["end"], "amount": {"amount": -100, "currency": "EUR"}, "reason": "saving"}
    adjusted = expect(200, workspace.post(f"{path}/adjust", body))
    assert adjusted["adjustments"] == [{"period": now["start"], "amount": body["amount"], "reason": "saving"}]
    assert expect(200, workspace.post(f"{path}/adjust", body))["version"] == adjusted["version"]
    now = current(workspace, budget)
    names = ("limit", "planned", "adjusted", "moved", "remaining")
    assert [now[name]["amount"] for name in names] == [900, 1000, -100, 0, 0]
    assert now["adjusted_reason"] == "saving" and now["planned_reason"] is None
    (alert,) = workspace.all("/alerts")
    assert (alert["level"], alert["limit"]["amount"], alert["cause"]) == ("reached", 900, "rule_changed")
    too_much = {**body, "amount": {"amount": -1001, "currency": "EUR"}}
    expect_problem(422, "validation_failed", workspace.post(f"{path}/adjust", too_much))
    back = expect(200, workspace.post(f"{path}/adjust", {**body, "amount": {"amount": 0, "currency": "EUR"}}))
    assert back["adjustments"] == [] and workspace.all("/alerts")[0]["state"] == "resolved"


def test_funds_move_between_budgets_or_not_at_all(workspace):
    source, target = workspace.budget("Fun", 1000), workspace.budget("Food", 500, every="week", anchor="2026-01-05")
    yen = workspace.budget("Yen", 500, currency="JPY")
    now = current(workspace, target)
    path = f"/budgets/{source['id']}/move-funds"

    def move(to: dict, amount: int, **more):
        body = {"to": to["id"], "day": now["start"], "amount": {"amount": amount, "currency": "EUR"}}
        return workspace.post(path, {**body, "reason": "guests"}, **more)

    def moves(budget: dict) -> list[tuple]:
        return [(one["budget"], one["amount"]["amount"], one["reason"]) for one in current(workspace, budget)["moves"]]

    assert moves(source) == []
    moved = expect(200, move(target, 300, key="once"))
    assert moved["id"] == source["id"] and moved["funds"][0]["amount"]["amount"] == -300
    assert expect(200, move(target, 300, key="once")) == moved
    got = expect(200, workspace.get(f"/budgets/{target['id']}"))
    assert got["funds"] == [{"period": now["start"], "amount": {"amount": 300, "currency": "EUR"}}]
    assert current(workspace, target)["limit"]["amount"] == 800
    assert (moves(target), moves(source)) == ([(source["id"], 300, "guests")], [(target["id"], -300, "guests")])
    expect_problem(422, "validation_failed", move(target, 701))
    expect_problem(422, "validation_failed", move(source, 1))
    expect_problem(422, "currency_mismatch", move(yen, 1))
    expect(200, workspace.post(f"/budgets/{target['id']}/archive"))
    expect_problem(409, "state_conflict", move(target, 1))
    assert expect(200, workspace.get(f"/budgets/{source['id']}")) == moved


def test_the_expenses_behind_a_number_are_listed(workspace):
    food, travel = workspace.category("Food"), workspace.category("Travel")
    snacks = workspace.category("Snacks", food)
    budget = workspace.budget("Food", 1000, scope={"categories": [food], "tags": ["team", "home"]})
    counted = [workspace.record(10, "2026-01-05", category=snacks, tags=["team"]),
               workspace.record(20, "2026-01-31", category=food, tags=["home", "x"])]
    workspace.record(40, "2026-01-05", category=travel, tags=["team"])
    workspace.record(80, "2026-01-05", category=food)
    workspace.record(160, "2026-02-01", category=food, tags=["team"])
    workspace.record(320, "2026-01-05", currency="USD", category=food, tags=["team"])
    voided = workspace.record(640, "2026-01-05", category=food, tags=["team"])
    expect(200, workspace.delete(f"/expenses/{voided['id']}"))
    (item,) = expect(200, workspace.get(f"/budgets/{budget['id']}/periods", params={
        "from": "2026-01-01", "to": "2026-01-31"}))["data"]
    listed = expect(200, workspace.client.get(item["expenses"]))["data"]
    assert {one["id"] for one in listed} == {one["id"] for one in counted}
    assert sum(one["amount"]["amount"] for one in listed) == item["spent"]["amount"] == 30
    assert item["excluded"] == [{"amount": 320, "currency": "USD"}]
    nobody = "bud_" + "0" * 26
    assert workspace.all("/expenses", budget=nobody) == []


def test_a_threshold_may_watch_each_member(workspace):
    member, seen = workspace.add_person("member")
    budget = expect(201, workspace.post("/budgets", {
        "name": "Team", "limit": {"amount": 1000, "currency": "EUR"},
        "period": {"every": "month", "anchor": "2015-01-01"},
        "thresholds": [{"percent": 100}, {"amount": {"amount": 500, "currency": "EUR"}, "per": "member"}]}))
    everybody, each = budget["thresholds"]
    assert (everybody["per"], each["per"]) == ("budget", "member")
    workspace.record(499, "2026-01-05"), seen.record(300, "2026-01-05")
    assert workspace.all("/alerts") == []
    made = seen.record(200, "2026-01-06")
    (alert,) = workspace.all("/alerts")
    assert (alert["threshold"], alert["member"]) == (each, member["id"])
    assert (alert["spent"]["amount"], alert["level"], alert["expense"]) == (500, "reached", made["id"])
    owner = workspace.record(1, "2026-01-07")["member"]
    found = {(one["threshold"]["id"], one["member"], one["spent"]["amount"]) for one in workspace.all("/alerts")}
    assert found == {(each["id"], member["id"], 500), (each["id"], owner, 500), (everybody["id"], None, 1000)}

    expect(200, workspace.patch(f"/expenses/{made['id']}", {"member": owner}))
    found = {(one["member"], one["state"]) for one in workspace.all("/alerts") if one["member"]}
    assert found == {(member["id"], "resolved"), (owner, "raised")}
    told = expect(200, workspace.post("/budgets/preview", {
        "name": "Team", "limit": {"amount": 1000, "currency": "EUR"}, "period": {"every": "month"},
        "thresholds": [{"percent": 50, "per": "member"}], "since": "2026-01-01"}))["warnings"]
    assert [(one["member"], one["day"], one["spent"]["amount"]) for one in told] == [(owner, "2026-01-06", 699)]
    expect(200, workspace.patch(f"/budgets/{budget['id']}", {"thresholds": [{"percent": 100}]}))
    assert {one["state"] for one in workspace.all("/alerts") if one["member"]} == {"resolved"}
    answer = workspace.patch(f"/budgets/{budget['id']}", {"thresholds": [{"percent": 100, "per": "family"}]})
    assert expect_problem(422, "validation_failed", answer)["errors"][0]["pointer"] == "/thresholds/0/per"
