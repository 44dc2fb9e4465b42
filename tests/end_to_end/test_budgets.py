"""Budgets and alerts follow every expense: what is spent, when a threshold is crossed, and back.

An alert is raised once per crossing, in the period of its expense; falling back resolves it and the
next crossing raises another. Periods, limits over time, scopes and reports say the same numbers.
"""
from datetime import date, timedelta

import pytest
from client import at_once, expect, expect_problem, expense


def period(workspace, budget: dict, day: str) -> dict:
    answer = workspace.get(f"/budgets/{budget['id']}/periods", params={"from": day, "to": day})
    (found,) = expect(200, answer)["data"]
    return found


def alerts(workspace, **parameters) -> list[tuple]:
    """Threshold, crossing, state and spent of each alert, the oldest first."""
    found = workspace.all("/alerts", **parameters)
    return [(alert["threshold"]["percent"], alert["crossing"], alert["state"],
             alert["spent"]["amount"]) for alert in reversed(found)]


def test_thresholds_are_crossed_fall_back_and_are_crossed_again(workspace):
    budget = workspace.budget("All", 1000)
    workspace.record(799, "2026-01-05")
    assert workspace.all("/alerts") == []
    first = workspace.record(1, "2026-01-31")
    assert alerts(workspace) == [(80, 1, "raised", 800)]
    second = workspace.record(200, "2026-01-01")
    assert alerts(workspace) == [(80, 1, "raised", 800), (100, 1, "raised", 1000)]
    assert period(workspace, budget, "2026-01-15")["state"] == "reached"

    expect(200, workspace.delete(f"/expenses/{second['id']}"))
    assert alerts(workspace) == [(80, 1, "raised", 800), (100, 1, "resolved", 1000)]
    expect(200, workspace.patch(f"/expenses/{first['id']}", {"spent_on": "2026-02-01"}))
    assert alerts(workspace) == [(80, 1, "resolved", 800), (100, 1, "resolved", 1000)]
    expect(200, workspace.patch(f"/expenses/{first['id']}", {
        "spent_on": "2026-01-31", "amount": {"amount": 301, "currency": "EUR"}}))
    found = alerts(workspace)
    assert sorted(found[2:]) == [(80, 2, "raised", 1100), (100, 2, "raised", 1100)]
    newest = workspace.all("/alerts", state="raised")
    assert {(alert["expense"], alert["cause"]) for alert in newest} == {(first["id"], "amended")}
    now = period(workspace, budget, "2026-01-15")
    assert (now["spent"]["amount"], now["remaining"]["amount"], now["state"], now["count"]) == (
        1100, -100, "exceeded", 2)
    assert period(workspace, budget, "2026-02-15")["spent"]["amount"] == 0


def test_an_alert_says_what_it_was_based_on(workspace):
    budget = workspace.budget("All", 1000, percents=[50])
    made = workspace.record(777, "2024-02-29")
    (alert,) = workspace.all("/alerts", budget=budget["id"])
    (recorded,) = workspace.all(f"/expenses/{made['id']}/history")
    assert alert["budget"] == budget["id"] and alert["threshold"] == budget["thresholds"][0]
    assert alert["period"] == {"start": "2024-02-01", "end": "2024-02-29"}
    assert (alert["spent"]["amount"], alert["limit"]["amount"]) == (777, 1000)
    assert (alert["position"], alert["raised_at"]) == (recorded["position"], recorded["at"])
    assert (alert["expense"], alert["cause"]) == (made["id"], "recorded")
    assert expect(200, workspace.get(f"/alerts/{alert['id']}")) == alert


def test_alerts_are_found_by_severity_threshold_member_and_period(workspace):
    member, seen = workspace.add_person("member")
    budget = expect(201, workspace.post("/budgets", {
        "name": "All", "limit": {"amount": 1000, "currency": "EUR"},
        "period": {"every": "month", "anchor": "2026-01-01"},
        "thresholds": [{"percent": 80}, {"amount": {"amount": 500, "currency": "EUR"}, "per": "member"}]}))
    workspace.record(900, "2026-01-05")
    seen.record(600, "2026-02-05")
    workspace.record(700, "2026-02-06")
    told = workspace.all("/alerts")
    assert {alert["severity"] for alert in told} == {"warning", "critical"} and len(told) == 5

    def found(chosen, **filters) -> None:
        expected = [alert for alert in told if chosen(alert)]
        assert 0 < len(expected) < len(told) and workspace.all("/alerts", **filters) == expected, filters

    for severity in ("warning", "critical"):
        found(lambda alert, wanted=severity: alert["severity"] == wanted, severity=severity)
    assert workspace.all("/alerts", severity="info") == []
    for threshold in (one["id"] for one in budget["thresholds"]):
        found(lambda alert, wanted=threshold: alert["threshold"]["id"] == wanted, threshold=threshold)
    found(lambda alert: alert["member"] == member["id"], member=member["id"])
    everybody = ",".join({alert["member"] for alert in told if alert["member"]})
    found(lambda alert: alert["member"] is not None, member=everybody)
    january, february = "2026-01-01", "2026-02-01"
    found(lambda alert: alert["period"]["start"] == january, period_start=january)
    for sign, chosen in (("gte", february), ("gt", january)):
        found(lambda alert: alert["period"]["start"] == february, **{f"period_start[{sign}]": chosen})
    for sign, chosen in (("lte", january), ("lt", february)):
        found(lambda alert: alert["period"]["start"] == january, **{f"period_start[{sign}]": chosen})
    expect_problem(400, "malformed_parameter", workspace.get("/alerts", params={"severity": "loud"}))


def test_an_alert_is_acknowledged_once_and_by_name(workspace):
    workspace.budget("All", 100, percents=[100])
    made = workspace.record(100)
    (alert,) = workspace.all("/alerts")
    member, seen = workspace.add_person("member")
    known = expect(200, seen.post(f"/alerts/{alert['id']}/acknowledge"))
    assert (known["state"], known["acknowledged_by"]) == ("acknowledged", member["id"])
    assert workspace.all("/alerts", state="acknowledged") == [known]
    again = expect(200, workspace.post(f"/alerts/{alert['id']}/acknowledge"))
    assert again["acknowledged_by"] == member["id"]
    expect(200, workspace.delete(f"/expenses/{made['id']}"))
    (resolved,) = workspace.all("/alerts")
    assert resolved["state"] == "resolved"
    assert resolved["acknowledged_at"] == known["acknowledged_at"]
    workspace.record(100)
    assert [found["state"] for found in workspace.all("/alerts")] == ["raised", "resolved"]


def test_an_acknowledgement_sent_again_is_answered_as_it_was(workspace):
    workspace.budget("All", 100, percents=[100])
    made = workspace.record(100)
    (alert,) = workspace.all("/alerts")
    first = workspace.post(f"/alerts/{alert['id']}/acknowledge", key="seen")
    expect(200, workspace.delete(f"/expenses/{made['id']}"))
    again = workspace.post(f"/alerts/{alert['id']}/acknowledge", key="seen")
    assert expect(200, again) == expect(200, first)
    assert again.headers["ETag"] == first.headers["ETag"] == '"v2"'
    assert expect(200, workspace.get(f"/alerts/{alert['id']}"))["version"] == 3
    expect_problem(409, "state_conflict", workspace.post(f"/alerts/{alert['id']}/acknowledge"))


def test_parallel_expenses_cross_a_threshold_once(workspace, other_front):
    budget, fronts = workspace.budget("All", 1000), [workspace, workspace.seen_by(other_front)]
    at_once(20, lambda number: fronts[number % 2].post("/expenses", expense(100, "2026-01-05")))
    # Two fronts stamp the times: their order in the list is not that of the journal.
    assert sorted(alerts(workspace)) == [(80, 1, "raised", 800), (100, 1, "raised", 1000)]
    assert period(workspace, budget, "2026-01-05")["spent"]["amount"] == 2000


def test_thresholds_are_in_the_budgets_currency(workspace):
    foreign = [{"percent": 80}, {"amount": {"amount": 500, "currency": "JPY"}}]
    body = {"name": "All", "limit": {"amount": 1000, "currency": "EUR"},
            "period": {"every": "month", "anchor": "2026-01-01"}}
    budget = expect(201, workspace.post("/budgets", body))
    for answer in (workspace.post("/budgets", {**body, "thresholds": foreign}),
                   workspace.patch(f"/budgets/{budget['id']}", {"thresholds": foreign})):
        (error,) = expect_problem(422, "currency_mismatch", answer)["errors"]
        assert error["pointer"] == "/thresholds/1/amount/currency"


def test_a_budget_counts_exactly_its_scope(workspace):
    food, travel = workspace.category("Food"), workspace.category("Travel")
    snacks = workspace.category("Snacks", food)
    member, seen = workspace.add_person("member")
    scopes = {
        "all": {}, "food": {"categories": [food]}, "two": {"categories": [snacks, travel]},
        "member": {"members": [member["id"]]}, "merchant": {"merchants": ["Bar"]},
        "tag": {"tags": ["team"]}, "narrow": {"categories": [food], "tags": ["team"]},
    }
    budgets = {name: workspace.budget(name, 10**6, scope=scope) for name, scope in scopes.items()}
    workspace.record(1, "2026-01-01")
    workspace.record(10, "2026-01-02", category=food, tags=["team"])
    workspace.record(100, "2026-01-03", category=snacks, merchant="Bar")
    workspace.record(1000, "2026-01-04", category=travel, tags=["team", "x"])
    seen.record(10_000, "2026-01-05", merchant="Bar")
    workspace.record(7, "2026-01-06", currency="USD", category=food)
    expected = {"all": 11111, "food": 110, "two": 1100, "member": 10_000, "merchant": 10_100,
                "tag": 1010, "narrow": 10}
    found = {name: period(workspace, budget, "2026-01-01") for name, budget in budgets.items()}
    assert {name: item["spent"]["amount"] for name, item in found.items()} == expected
    assert {name: item["excluded"] for name, item in found.items()} == {
        name: [{"amount": 7, "currency": "USD"}] if name in ("all", "food") else []
        for name in budgets}

    expect(200, workspace.patch(f"/categories/{snacks}", {"parent": travel}))
    assert period(workspace, budgets["food"], "2026-01-01")["spent"]["amount"] == 10
    expect(200, workspace.patch(f"/budgets/{budgets['two']['id']}", {"scope": {"tags": ["x"]}}))
    assert period(workspace, budgets["two"], "2026-01-01")["spent"]["amount"] == 1000


def test_a_late_budget_counts_the_past_and_warns_of_the_present_only(workspace):
    early = workspace.budget("Early", 1)
    (today,) = expect(200, workspace.get(f"/budgets/{early['id']}/periods"))["data"]
    workspace.record(500, "2020-03-01")
    workspace.record(500, today["start"])
    late = workspace.budget("Late", 500)
    raised = workspace.all("/alerts", budget=late["id"])
    assert {(alert["period"]["start"], alert["cause"], alert["expense"]) for alert in raised} == {
        (today["start"], "rule_changed", None)}
    assert len(raised) == 2
    assert period(workspace, late, "2020-03-15")["state"] == "reached"


def test_a_limit_changes_from_a_day_on(workspace):
    budget = workspace.budget("All", 1000)
    changed = expect(200, workspace.patch(f"/budgets/{budget['id']}", {
        "limit": {"amount": 2000, "currency": "EUR"}, "limit_from": "2026-03-15", "reason": "guests"}))
    assert [limit["limit"]["amount"] for limit in changed["limits"]] == [1000, 2000]
    workspace.record(1500, "2026-02-28"), workspace.record(1500, "2026-03-01")
    assert period(workspace, budget, "2026-02-28")["state"] == "exceeded"
    march = period(workspace, budget, "2026-03-31")
    assert (march["limit"]["amount"], march["state"]) == (2000, "within")
    dollars = {"limit": {"amount": 1, "currency": "USD"}}
    expect_problem(422, "currency_mismatch",
                   workspace.patch(f"/budgets/{budget['id']}", dollars))


def test_thresholds_that_stay_keep_their_alerts(workspace):
    budget = workspace.budget("All", 1000)
    workspace.record(850, "2026-01-01")
    changed = expect(200, workspace.patch(f"/budgets/{budget['id']}", {
        "thresholds": [{"percent": 80}, {"amount": {"amount": 900, "currency": "EUR"}}]}))
    assert changed["thresholds"][0] == budget["thresholds"][0]
    workspace.record(50, "2026-01-02")
    found = {(alert["threshold"]["id"], alert["state"]) for alert in workspace.all("/alerts")}
    assert found == {(threshold["id"], "raised") for threshold in changed["thresholds"]}


def test_an_archived_budget_is_silent(workspace):
    budget = workspace.budget("All", 100)
    expect(200, workspace.post(f"/budgets/{budget['id']}/archive"))
    workspace.record(100, "2026-01-01")
    assert workspace.all("/alerts") == [] and workspace.all("/budgets") == []
    assert [item["id"] for item in workspace.all("/budgets", archived="true")] == [budget["id"]]
    expect(200, workspace.post(f"/budgets/{budget['id']}/restore"))
    assert period(workspace, budget, "2026-01-01")["spent"]["amount"] == 100


@pytest.mark.parametrize("every,anchor,days", [
    ("week", "2026-01-05", 7), ("two_weeks", "2026-01-05", 14), ("month", "2015-01-31", None),
    ("quarter", "2015-01-01", None), ("year", "2015-04-01", None), ("day", "2026-01-01", 1)])
def test_periods_cover_every_day_once(workspace, every, anchor, days):
    budget = workspace.budget("All", 1000, every=every, anchor=anchor)
    found = expect(200, workspace.get(f"/budgets/{budget['id']}/periods", params={
        "from": "2023-11-20", "to": "2024-03-10"}))["data"]
    assert found[0]["start"] <= "2023-11-20" and found[-1]["end"] >= "2024-03-10"
    for one, other in zip(found, found[1:]):
        assert date.fromisoformat(one["end"]) + timedelta(1) == date.fromisoformat(other["start"])
    for item in found if days else []:
        length = date.fromisoformat(item["end"]) - date.fromisoformat(item["start"])
        assert length == timedelta(days - 1)
    assert budget["period"] == {"every": every, "count": 1, "anchor": anchor}


@pytest.mark.parametrize("every", ["month", "week", "year"])
def test_the_first_and_the_last_period_end_with_the_calendar(workspace, every):
    budget = workspace.budget("All", 100, every=every, anchor="2019-08-31")
    for day in ("1900-01-02", "9999-12-31"):
        workspace.record(180, day)
    path = f"/budgets/{budget['id']}"
    first, last = (period(workspace, budget, day) for day in ("1900-01-02", "9999-12-31"))
    assert (first["start"], last["end"]) == ("1900-01-01", "9999-12-31")
    assert first["spent"]["amount"] == last["spent"]["amount"] == 180
    revised = expect(200, workspace.patch(path, {
        "limit": {"amount": 200, "currency": "EUR"}, "limit_from": "1900-01-01", "reason": "inflation"}))
    assert revised["limits"][-1]["limit"]["amount"] == 200
    assert period(workspace, budget, "1900-01-02")["remaining"]["amount"] == 20


def test_reports_sum_what_the_expenses_say_by_every_grouping(workspace):
    food = workspace.category("Food")
    snacks = workspace.category("Snacks", food)
    member, seen = workspace.add_person("member")
    places = [workspace, workspace, seen]
    for number in range(30):
        place = places[number % 3]
        made = place.record(number + 1, str(date(2025, 12, 20) + timedelta(number)),
                            currency="JPY" if number % 10 == 9 else "EUR",
                            category=[None, food, snacks][number % 3], tags=["a", "b"][:number % 3],
                            **({"merchant": "Bar"} if number % 2 else {}))
        if number % 7 == 0:
            expect(200, workspace.delete(f"/expenses/{made['id']}"))
    listed = workspace.all("/expenses", limit=100)
    keys = {
        "day": lambda it: [it["spent_on"]], "month": lambda it: [it["spent_on"][:7]],
        "week": lambda it: ["{}-W{:02}".format(*date.fromisoformat(it["spent_on"]).isocalendar())],
        "category": lambda it: [it["category"]], "member": lambda it: [it["member"]],
        "merchant": lambda it: [it["merchant"]], "tag": lambda it: it["tags"] or [None],
    }
    for grouping in ([], ["day"], ["week"], ["month"], ["category"], ["member"], ["merchant"],
                     ["tag"], ["month", "category", "member"], ["week", "merchant"],
                     ["month", "tag"]):
        for bounds in ({}, {"from": "2025-12-25", "to": "2026-01-05"}, {"to": "2025-12-31"}):
            check_report(workspace, listed, grouping, bounds, keys)


def check_report(workspace, listed, grouping, bounds, keys) -> None:
    expected = {}
    for item in listed:
        if not bounds.get("from", "") <= item["spent_on"] <= bounds.get("to", "9"):
            continue
        groups = [()]
        for name in grouping:
            groups = [(*group, value) for group in groups for value in keys[name](item)]
        for group in groups:
            cell = expected.setdefault((*group, item["amount"]["currency"]), [0, 0])
            cell[0] += item["amount"]["amount"]
            cell[1] += 1
    parameters = {**bounds, **({"group_by": ",".join(grouping)} if grouping else {})}
    rows = expect(200, workspace.get("/reports/spending", params=parameters))["data"]
    found = {(*(row[name] for name in grouping), row["amount"]["currency"]):
             [row["amount"]["amount"], row["count"]] for row in rows}
    assert found == expected and len(found) == len(rows), (grouping, bounds)


@pytest.mark.parametrize("query", ["group_by=day,month", "group_by=tag,category", "group_by=color",
                                   "group_by=tag,merchant", "from=2026-01-02&to=2026-01-01"])
def test_a_report_that_makes_no_sense_is_refused(workspace, query):
    expect_problem(400, "malformed_parameter", workspace.get(f"/reports/spending?{query}"))
