"""Periods by name, single ranges, and what periods hand on: every number is one that can be worked out by hand."""
import random
from datetime import date, timedelta

import pytest
from client import Workspace, expect, expect_problem

SEED = 20_261_122
NAMES = {"day": 1, "week": 7, "two_weeks": 14, "four_weeks": 28, "month": 1, "quarter": 3, "half_year": 6, "year": 12}


def create(workspace: Workspace, limit: int, period: dict, **more) -> dict:
    return expect(201, workspace.post("/budgets", {
        "name": "B", "limit": {"amount": limit, "currency": "EUR"}, "period": period, **more}))


def periods(workspace: Workspace, budget: dict, start: str | None = None, end: str | None = None) -> list[dict]:
    asked = {name: day for name, day in (("from", start), ("to", end)) if day}
    return expect(200, workspace.get(f"/budgets/{budget['id']}/periods", params=asked))["data"]


def euros(minor: int) -> dict:
    return {"amount": minor, "currency": "EUR"}


def test_the_calendar_is_a_setting_of_the_workspace(workspace):
    before = expect(200, workspace.get(""))
    assert (before["week_start"], before["fiscal_year_start"]) == ("monday", "01-01")
    changed = expect(200, workspace.patch("", {"week_start": "sunday", "fiscal_year_start": "04-06"}))
    assert (changed["week_start"], changed["fiscal_year_start"]) == ("sunday", "04-06")
    assert expect(200, workspace.get("")) == changed
    assert changed["version"] == before["version"] + 1
    again = expect(200, workspace.patch("", {"week_start": "sunday"}))
    assert again["version"] == changed["version"]
    wrong = expect_problem(422, "validation_failed",
                           workspace.patch("", {"week_start": "Sun", "fiscal_year_start": "02-29"}))
    assert {error["pointer"] for error in wrong["errors"]} == {"/week_start", "/fiscal_year_start"}


def test_periods_without_an_anchor_begin_where_the_calendar_says_and_stay_there(workspace):
    expect(200, workspace.patch("", {"week_start": "sunday", "fiscal_year_start": "04-06"}))
    made = {name: create(workspace, 1000, {"every": name}) for name in NAMES}
    made["ten days"] = create(workspace, 1000, {"every": "day", "count": 10})
    anchors = {name: date.fromisoformat(budget["period"]["anchor"]) for name, budget in made.items()}
    for name in ("week", "two_weeks", "four_weeks"):
        assert anchors[name].isoweekday() == 7
    assert anchors["month"].day == 1
    for name in ("quarter", "half_year", "year"):
        assert (anchors[name].month, anchors[name].day) == (4, 6)
    today = anchors["ten days"]
    assert anchors["day"] == today
    for name, budget in made.items():
        (now,) = periods(workspace, budget, str(today), str(today))
        assert now["start"] <= str(today) <= now["end"], name
    (quarter,) = periods(workspace, made["quarter"], "2027-01-06", "2027-01-06")
    assert (quarter["start"], quarter["end"]) == ("2027-01-06", "2027-04-05")

    expect(200, workspace.patch("", {"week_start": "wednesday", "fiscal_year_start": "07-01"}))
    for budget in made.values():
        assert expect(200, workspace.get(f"/budgets/{budget['id']}")) == budget
    later = create(workspace, 1000, {"every": "week"})
    assert date.fromisoformat(later["period"]["anchor"]).isoweekday() == 3


def test_a_budget_for_a_single_range_counts_nothing_else(workspace):
    workspace.record(400, "2026-07-01"), workspace.record(5000, "2026-06-30")
    trip = {"start": "2026-07-01", "end": "2026-07-14"}
    budget = create(workspace, 1000, trip, thresholds=[{"percent": 100}])
    assert budget["period"] == trip
    assert expect(200, workspace.get(f"/budgets/{budget['id']}")) == budget
    late = workspace.record(5000, "2026-07-15")
    assert workspace.all("/alerts", budget=budget["id"]) == []
    expect(200, workspace.patch(f"/expenses/{late['id']}", {"spent_on": "2026-07-14"}))
    (alert,) = workspace.all("/alerts", budget=budget["id"])
    assert (alert["period"], alert["spent"]["amount"]) == (trip, 5400)
    (only,) = periods(workspace, budget)
    assert (only["start"], only["end"], only["spent"]["amount"], only["count"]) == ("2026-07-01", "2026-07-14", 5400, 2)
    assert (only["carried"]["amount"], only["carried_from"]) == (0, None)
    assert periods(workspace, budget, "2026-01-01", "2026-12-31") == [only]
    behind = workspace.all("/expenses", budget=budget["id"])
    assert sorted(one["amount"]["amount"] for one in behind) == [400, 5000]
    assert {one["spent_on"] for one in behind} == {"2026-07-01", "2026-07-14"}
    assert periods(workspace, budget, "2026-07-15", "2026-12-31") == []
    assert periods(workspace, budget, "2026-01-01", "2026-06-30") == []
    adjust = {"day": "2026-07-15", "amount": euros(10)}
    expect_problem(422, "validation_failed", workspace.post(f"/budgets/{budget['id']}/adjust", adjust))
    expect(200, workspace.post(f"/budgets/{budget['id']}/adjust", {**adjust, "day": "2026-07-14"}))
    expect_problem(422, "validation_failed", workspace.patch(f"/budgets/{budget['id']}", {"limit": euros(6000)}))
    expect(200, workspace.patch(f"/budgets/{budget['id']}", {"limit": euros(6000), "reason": "it was for two"}))
    assert workspace.all("/alerts", budget=budget["id"])[0]["state"] == "resolved"


def test_planned_limits_stay_and_the_past_is_rewritten_with_a_reason_only(workspace):
    budget = create(workspace, 1000, {"every": "month", "anchor": "2015-01-01"}, thresholds=[{"percent": 100}])
    path = f"/budgets/{budget['id']}"

    def revise(limit: int, **more) -> list[tuple]:
        changed = expect(200, workspace.patch(path, {"limit": euros(limit), **more}))
        assert expect(200, workspace.get(path)) == changed
        return [(one["from"], one["limit"]["amount"], one["reason"]) for one in changed["limits"]]

    (now,) = periods(workspace, budget)
    late = {"limit": euros(100), "limit_from": "2026-02-10"}
    (error,) = expect_problem(422, "validation_failed", workspace.patch(path, late))["errors"]
    assert (error["pointer"], error["code"]) == ("/reason", "required")
    revise(2000, limit_from="2199-01-31")
    workspace.record(500, "2026-02-10"), workspace.record(500, "2199-01-05")
    limits = revise(100, limit_from="2026-02-10", reason="the flat was shared")
    assert limits == [(None, 1000, None), ("2026-02-01", 100, "the flat was shared"), ("2199-01-01", 2000, None)]
    (february,) = periods(workspace, budget, "2026-02-01", "2026-02-01")
    assert (february["planned"]["amount"], february["planned_reason"]) == (100, "the flat was shared")
    assert (february["state"], workspace.all("/alerts")) == ("exceeded", []), "the past is set in silence"
    limits = revise(300)
    assert limits[2:] == [(now["start"], 300, None), ("2199-01-01", 2000, None)]
    assert expect(200, workspace.get(path))["limit"] == euros(300), "what is in force, not what is planned"
    assert workspace.all("/budgets")[0]["limit"] == euros(300)
    limits = revise(300, limit_from="2199-01-01", reason="not needed")
    assert [limit[0] for limit in limits] == [None, "2026-02-01", now["start"]], "the plan is taken back"
    revise(400)
    (then,) = periods(workspace, budget, "2199-01-01", "2199-01-01")
    assert then["planned"]["amount"] == 400
    unneeded = workspace.patch(path, {"name": "Food", "reason": "no limit"})
    assert expect_problem(422, "validation_failed", unneeded)["errors"][0]["pointer"] == "/reason"


def test_the_history_of_a_budget_says_who_did_what_and_why(workspace):
    budget = create(workspace, 1000, {"every": "month", "anchor": "2015-01-01"})
    path = f"/budgets/{budget['id']}"
    expect(200, workspace.patch(path, {"limit": euros(800), "limit_from": "2026-02-10", "reason": "too much"}))
    expect(200, workspace.post(f"{path}/adjust", {"day": "2026-03-01", "amount": euros(50), "reason": "guests"}))
    expect(200, workspace.post(f"{path}/pause"))
    member, seen = workspace.add_person("viewer")
    events = seen.all(f"{path}/history")
    assert [(event["type"], event["version"], event["subject"]) for event in events] == [
        (f"budget.{name}", version, budget["id"])
        for version, name in enumerate(("created", "limit_revised", "period_adjusted", "paused"), 1)]
    assert [event["data"].get("reason") for event in events] == [None, "too much", "guests", None]
    assert {event["actor"]["member"] for event in events} != {member["id"]}
    unknown = budget["id"][:-6] + "000000"
    expect_problem(404, "not_found", workspace.get(f"/budgets/{unknown}/history"))
    stranger = Workspace.make(workspace.client)
    expect_problem(404, "not_found", stranger.get(f"{path}/history"))


@pytest.mark.parametrize("period,pointer", [
    ({"start": "2026-07-02", "end": "2026-07-01"}, "/period/end"),
    ({"start": "2026-07-02", "end": "2046-07-01"}, "/period/end"),
    ({"start": "2026-07-02"}, "/period/end"),
    ({"every": "fortnight"}, "/period/every"),
    ({"every": "day", "count": 0}, "/period/count"),
    ({"every": "week", "start": "2026-07-02", "end": "2026-07-03"}, "/period/every")])
def test_a_period_that_makes_no_sense_is_refused(workspace, period, pointer):
    answer = workspace.post("/budgets", {"name": "B", "limit": euros(1), "period": period})
    assert pointer in {error["pointer"] for error in expect_problem(422, "validation_failed", answer)["errors"]}


def handed_on(rule: dict, left: int) -> int:
    return {"none": 0, "unspent": max(0, left), "unspent_and_overspend": left,
            "capped": min(rule.get("cap", {}).get("amount", 0), max(0, left))}[rule["carry"]]


@pytest.mark.parametrize("rule", [{"carry": "none"}, {"carry": "unspent"}, {"carry": "unspent_and_overspend"},
                                  {"carry": "capped", "cap": euros(150)}], ids=lambda rule: rule["carry"])
def test_every_period_explains_what_it_took_over(workspace, rule):
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    budget = create(workspace, 100, {"every": "month", "anchor": "2015-01-01"}, rollover=rule,
                    rollover_from="2024-03-10")
    assert budget["rollovers"] == ([] if rule["carry"] == "none" else [{"from": "2024-03-01", "rollover": rule}])
    path = f"/budgets/{budget['id']}"
    expect(200, workspace.post(f"{path}/adjust", {"day": "2024-05-05", "amount": euros(-60)}))
    expect(200, workspace.patch(path, {"limit": euros(130), "limit_from": "2024-09-01", "reason": "rent"}))
    spent: dict[str, int] = {}
    for _ in range(12):
        day = date(2024, 1, 1) + timedelta(chance.randrange(420))
        amount = chance.randrange(1, 160)
        workspace.record(amount, str(day))
        spent[str(day)[:7]] = spent.get(str(day)[:7], 0) + amount

    whole = periods(workspace, budget, "2024-01-01", "2025-06-30")
    carried, left, before = 0, 0, None
    for item in whole:
        month = item["start"][:7]
        planned = 100 if month < "2024-09" else 130
        adjusted = -60 if month == "2024-05" else 0
        had = planned + adjusted + carried
        numbers = {name: item[name]["amount"] for name in ("planned", "adjusted", "moved", "carried", "limit", "spent")}
        assert numbers == {"planned": planned, "adjusted": adjusted, "moved": 0, "carried": carried,
                           "limit": max(0, had), "spent": spent.get(month, 0)}, month
        hands_on = rule["carry"] != "none" and before is not None and before["start"] >= "2024-03-01"
        capped = {"cap": rule["cap"], "capped": left > rule["cap"]["amount"]} if "cap" in rule else {}
        assert item["carried_from"] == ({"start": before["start"], "end": before["end"], "carry": rule["carry"],
                                         "limit": before["limit"], "spent": before["spent"], "left": euros(left),
                                         **capped} if hands_on else None)
        left = had - spent.get(month, 0)
        carried = handed_on(rule, left) if month >= "2024-03" else 0
        before = item
    for item in whole:  # asked for alone, a period says the same
        assert periods(workspace, budget, item["start"], item["start"]) == [item]


def test_a_late_expense_warns_of_what_it_takes_from_the_current_period(workspace):
    budget = create(workspace, 1000, {"every": "month"}, thresholds=[{"percent": 100}])
    path = f"/budgets/{budget['id']}"
    (now,) = periods(workspace, budget)
    last_month = str(date.fromisoformat(now["start"]) - timedelta(1))
    changed = expect(200, workspace.patch(path, {"rollover": {"carry": "unspent"}, "rollover_from": last_month}))
    assert changed["rollover"] == {"carry": "unspent"} and changed["version"] == budget["version"] + 1
    workspace.record(1500, now["start"])
    assert workspace.all("/alerts") == []
    late = workspace.record(600, last_month)
    (alert,) = workspace.all("/alerts")
    assert (alert["cause"], alert["expense"], alert["limit"]["amount"]) == ("carried", late["id"], 1400)
    assert alert["period"]["start"] == now["start"]
    (now,) = periods(workspace, budget)
    assert (now["carried"]["amount"], now["limit"]["amount"], now["state"]) == (400, 1400, "exceeded")
    expect(200, workspace.patch(path, {"rollover": {"carry": "none"}, "rollover_from": last_month}))
    (now,) = periods(workspace, budget)
    assert (now["carried"]["amount"], now["limit"]["amount"]) == (0, 1000)
    expect(200, workspace.delete(f"/expenses/{late['id']}"))
    assert [one["state"] for one in workspace.all("/alerts")] == ["raised"], "1500 of 1000"


@pytest.mark.parametrize("rollover,pointer", [
    ({"carry": "all"}, "/rollover/carry"), ({"carry": "capped"}, "/rollover/cap"),
    ({"carry": "unspent", "cap": {"amount": 5, "currency": "EUR"}}, "/rollover/cap")])
def test_a_rollover_that_makes_no_sense_is_refused(workspace, rollover, pointer):
    body = {"name": "B", "limit": euros(1), "period": {"every": "week"}, "rollover": rollover}
    (error,) = expect_problem(422, "validation_failed", workspace.post("/budgets", body))["errors"]
    assert error["pointer"] == pointer
    single = {**body, "rollover": {"carry": "unspent"}, "period": {"start": "2026-01-01", "end": "2026-01-02"}}
    expect_problem(422, "validation_failed", workspace.post("/budgets", single))


def preview(workspace: Workspace, **members) -> dict:
    body = {"name": "B", "limit": euros(1000), "period": {"every": "month", "anchor": "2015-01-01"},
            "thresholds": [{"percent": 80}, {"percent": 100}], **members}
    return expect(200, workspace.post("/budgets/preview", body))


def warned(answer: dict) -> list[tuple]:
    return [(one["day"], one["threshold"]["percent"], one["spent"]["amount"], one["limit"]["amount"], one["level"])
            for one in answer["warnings"]]


def test_a_preview_tells_when_a_budget_would_have_warned_and_changes_nothing(workspace):
    food, travel = workspace.category("Food"), workspace.category("Travel")
    workspace.record(900, "2026-02-20", category=food), workspace.record(100, "2026-02-25", category=food)
    workspace.record(5000, "2026-03-01", category=travel)
    workspace.record(850, "2026-04-30", category=food, merchant="Bar", tags=["team"])
    workspace.record(9999, "2026-04-30", currency="USD", category=food)
    voided = workspace.record(5000, "2026-04-29", category=food)
    expect(200, workspace.delete(f"/expenses/{voided['id']}"))
    before = expect(200, workspace.get(""))

    scope = {"categories": [food]}
    answer = preview(workspace, scope=scope, since="2026-02-10")
    assert (answer["since"], answer["period"]["anchor"]) == ("2026-02-01", "2015-01-01")
    assert warned(answer) == [("2026-02-20", 80, 900, 1000, "exceeded"), ("2026-02-25", 100, 1000, 1000, "reached"),
                              ("2026-04-30", 80, 850, 1000, "exceeded")]
    assert warned(preview(workspace, scope={**scope, "tags": ["team"], "merchants": ["Bar"]}, since="2026-02-10")) == [
        ("2026-04-30", 80, 850, 1000, "exceeded")]
    carrying = preview(workspace, scope=scope, since="2026-02-10", rollover={"carry": "unspent"})
    assert warned(carrying) == [("2026-02-20", 80, 900, 1000, "exceeded"), ("2026-02-25", 100, 1000, 1000, "reached")]
    assert preview(workspace, scope=scope, since="2026-02-10", rollover={"carry": "unspent"},
                   rollover_from="2025-01-01") == carrying, "nothing is handed on from before the preview"
    trip = preview(workspace, period={"start": "2026-04-30", "end": "2026-05-02"})
    assert [one["period"] for one in trip["warnings"]] == [{"start": "2026-04-30", "end": "2026-05-02"}]

    assert workspace.all("/budgets", archived="true") == [] and workspace.all("/alerts") == []
    assert expect(200, workspace.get("")) == before
    _, viewer = workspace.add_person("viewer")
    assert warned(preview(viewer, scope=scope, since="2026-02-10")) == warned(answer)


def test_a_preview_says_what_the_budget_says_that_saw_it_happen(workspace):
    """Expenses of one day come in the order of days: then each alert is a warning of its day."""
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    body = {"name": "B", "limit": euros(300), "period": {"every": "two_weeks", "anchor": "2026-01-05"},
            "rollover": {"carry": "capped", "cap": euros(100)}, "rollover_from": "2026-01-05",
            "thresholds": [{"percent": 50}, {"percent": 100}, {"amount": euros(250)}]}
    budget = expect(201, workspace.post("/budgets", body))
    day = date(2026, 1, 5)
    while day < date(2026, 4, 5):
        workspace.record(chance.randrange(10, 120), str(day))
        day += timedelta(chance.randrange(1, 6))
    raised = {(alert["period"]["start"], alert["threshold"].get("percent"), alert["spent"]["amount"],
               alert["limit"]["amount"], alert["level"]) for alert in workspace.all("/alerts", budget=budget["id"])}
    answer = expect(200, workspace.post("/budgets/preview", {**body, "since": "2026-01-05"}))
    found = {(one["period"]["start"], one["threshold"].get("percent"), one["spent"]["amount"],
              one["limit"]["amount"], one["level"]) for one in answer["warnings"]}
    assert found == raised and len(found) == len(answer["warnings"]) > 5


def test_a_preview_has_bounds(workspace):
    body = {"name": "B", "limit": euros(1000), "period": {"every": "day"}, "thresholds": []}
    today = date.fromisoformat(preview(workspace)["until"])
    def ask(since: date):
        return workspace.post("/budgets/preview", {**body, "since": str(since)})
    expect(200, ask(today - timedelta(999)))
    expect_problem(422, "limit_reached", ask(today - timedelta(1000)))
    body["period"] = {"every": "month"}
    expect(200, ask(today - timedelta(3660)))
    expect_problem(422, "limit_reached", ask(today - timedelta(3661)))
    (error,) = expect_problem(422, "validation_failed", ask(today + timedelta(1)))["errors"]
    assert error["pointer"] == "/since"
    body["name"] = ""
    expect_problem(422, "validation_failed", ask(today))
