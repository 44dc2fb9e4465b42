"""Money comes back for an expense: within its rules, in the period that is chosen, and once.

It is seen in the expense, its history, reports, budgets and alerts, and it can be taken back.
"""
from client import Workspace, at_once, expect, expect_problem


def eur(amount: int, currency: str = "EUR") -> dict:
    return {"amount": amount, "currency": currency}


def refund(workspace: Workspace, made: dict, amount: int, day: str = "2026-12-03", **more) -> dict:
    """The expense after its refund."""
    headers = {name: more.pop(name) for name in ("key", "if_match") if name in more}
    return expect(201, workspace.post(f"/expenses/{made['id']}/refunds", {
        "amount": eur(amount), "received_on": day, **more}, **headers))


def sums(workspace: Workspace, grouping: str = "month", **parameters) -> dict:
    answer = expect(200, workspace.get("/reports/spending", params={"group_by": grouping, **parameters}))
    return {row[grouping]: (row["amount"]["amount"], row["count"]) for row in answer["data"]}


def spent(workspace: Workspace, budget: dict) -> dict:
    periods = expect(200, workspace.get(f"/budgets/{budget['id']}/periods",
                                        params={"from": "2026-11-01", "to": "2027-01-31"}))["data"]
    return {period["start"][:7]: (period["spent"]["amount"], period["count"]) for period in periods}


def test_an_expense_shows_what_came_back(workspace):
    made = workspace.record(8000, "2026-11-20", tags=["shoes"])
    answer = workspace.post(f"/expenses/{made['id']}/refunds", {
        "amount": eur(3000), "received_on": "2026-12-03", "reason": "too small"})
    after = expect(201, answer)
    assert answer.headers["location"] == workspace.path(f"/expenses/{made['id']}")
    assert answer.headers["etag"] == '"v2"'
    (found,) = after["refunds"]
    expected = {"amount": eur(3000), "received_on": "2026-12-03", "counts_in": "received", "reason": "too small",
                "created_by": made["member"], "created_at": after["updated_at"]}
    assert found == {"id": found["id"], **expected} and found["id"].startswith("rfd_")
    assert after == {**made, "refunded": eur(3000), "refunds": [found], "version": 2,
                     "updated_at": after["updated_at"]}
    whole = refund(workspace, made, 5000, counts_in="original")
    assert whole["refunded"] == eur(8000)
    assert [(one["amount"]["amount"], one["counts_in"], one["reason"]) for one in whole["refunds"]] == [
        (3000, "received", "too small"), (5000, "original", None)]
    read = workspace.get(f"/expenses/{made['id']}")
    assert expect(200, read) == whole and read.headers["etag"] == '"v3"'
    assert workspace.all("/expenses", tag="shoes") == [whole]


def test_what_breaks_a_rule_is_refused_and_leaves_nothing(workspace):
    made = workspace.record(8000)
    path = f"/expenses/{made['id']}/refunds"
    body = {"amount": eur(8001), "received_on": "2026-12-03"}
    problem = expect_problem(422, "refund_exceeds_amount", workspace.post(path, body))
    assert [error["pointer"] for error in problem["errors"]] == ["/amount/amount"]
    problem = expect_problem(422, "validation_failed", workspace.post(path, {**body, "force": True}))
    assert [error["pointer"] for error in problem["errors"]] == ["/reason"]
    expect_problem(422, "currency_mismatch", workspace.post(path, {**body, "amount": eur(1, "USD")}))
    for wrong in ({"amount": eur(0)}, {"received_on": "2026-02-30"}, {"counts_in": "someday"}, {"force": "yes"},
                  {"reason": ""}, {"surprise": 1}, {"counts_in": None}, {"amount": 5}):
        refused = workspace.post(path, {**body, "amount": eur(1), **wrong})
        pointer = expect_problem(422, "validation_failed", refused)["errors"][0]["pointer"]
        assert pointer.startswith("/" + next(iter(wrong)))
    assert expect(200, workspace.get(f"/expenses/{made['id']}")) == made
    forced = refund(workspace, made, 8001, force=True, reason="a voucher on top")
    assert forced["refunded"] == eur(8001) and forced["refunds"][0]["reason"] == "a voucher on top"
    assert sums(workspace) == {"2026-11": (8000, 1), "2026-12": (-8001, 0)}
    expect_problem(404, "not_found", workspace.post(f"/expenses/exp_{'0' * 26}/refunds", body))
    _, viewer = workspace.add_person("viewer")
    expect_problem(403, "forbidden", viewer.post(path, body))


def test_a_refund_counts_in_the_period_that_is_chosen(workspace):
    food = workspace.category("Food")
    budget = workspace.budget("Food", 10_000, scope={"categories": [food]})
    made = workspace.record(8000, "2026-11-20", category=food, merchant="Shop", tags=["shoes"])
    refund(workspace, made, 1000)
    refund(workspace, made, 500, counts_in="original")
    expected = {"2026-11": (7500, 1), "2026-12": (-1000, 0)}
    assert sums(workspace) == expected
    assert spent(workspace, budget) == {**expected, "2027-01": (0, 0)}
    november, december = expect(200, workspace.get(f"/budgets/{budget['id']}/periods", params={
        "from": "2026-11-01", "to": "2026-12-31"}))["data"]
    for link, found in ((november["expenses"], [made["id"]]), (december["expenses"], []),
                        (november["refunds"], [made["id"]]), (december["refunds"], [made["id"]])):
        assert [one["id"] for one in expect(200, workspace.client.get(link))["data"]] == found
    for day, count in (("2026-12-02", 0), ("2026-12-03", 1), ("2026-11-20", 1), ("2026-12-05", 0)):
        assert len(workspace.all("/expenses", refund_counts_on=day)) == count
    for grouping, group in (("category", food), ("merchant", "Shop"), ("tag", "shoes")):
        assert sums(workspace, grouping) == {group: (6500, 1)}
        assert sums(workspace, grouping, **{"from": "2026-12-01"}) == {group: (-1000, 0)}
    # A budget that comes later counts the same, and so does one whose scope changes.
    late = workspace.budget("Late", 10_000, scope={"tags": ["shoes"]})
    assert spent(workspace, late) == spent(workspace, budget)
    expect(200, workspace.patch(f"/budgets/{budget['id']}", {"scope": {"merchants": ["Shop"]}}))
    assert spent(workspace, budget) == spent(workspace, late)
    dollars = expect(201, workspace.post("/budgets", {
        "name": "Dollars", "scope": {"tags": ["shoes"]}, "limit": eur(1, "USD"),
        "period": {"every": "month", "anchor": "2015-01-01"}}))
    periods = expect(200, workspace.get(f"/budgets/{dollars['id']}/periods",
                                        params={"from": "2026-11-01", "to": "2026-12-31"}))["data"]
    assert [period["excluded"] for period in periods] == [[eur(7500)], [eur(-1000)]]
    # The expense moves, and takes along what counts on its day.
    expect(200, workspace.patch(f"/expenses/{made['id']}", {"spent_on": "2027-01-05", "tags": ["boots"]}))
    assert sums(workspace) == {"2026-12": (-1000, 0), "2027-01": (7500, 1)}
    assert sums(workspace, "tag") == {"boots": (6500, 1)}
    assert spent(workspace, late) == {"2026-11": (0, 0), "2026-12": (0, 0), "2027-01": (0, 0)}


def test_a_refund_below_a_threshold_resolves_its_alert(workspace):
    workspace.budget("All", 10_000, percents=[80])
    made = workspace.record(8000, "2026-11-20")
    (raised,) = workspace.all("/alerts")
    assert (raised["state"], raised["cause"]) == ("raised", "recorded")
    refund(workspace, made, 1000, "2026-11-28")
    (resolved,) = workspace.all("/alerts")
    assert (resolved["id"], resolved["state"]) == (raised["id"], "resolved")
    known = expect(200, workspace.get(f"/expenses/{made['id']}"))["refunds"][0]["id"]
    expect(200, workspace.delete(f"/expenses/{made['id']}/refunds/{known}"))
    (again,) = [alert for alert in workspace.all("/alerts") if alert["state"] == "raised"]
    assert (again["cause"], again["expense"], again["crossing"]) == ("refund_taken_back", made["id"], 2)


def test_a_refund_is_taken_back_and_stays_in_the_history(workspace):
    made = workspace.record(8000)
    path = f"/expenses/{made['id']}"
    first = refund(workspace, made, 3000)["refunds"][0]["id"]
    second = refund(workspace, made, 3000)["refunds"][1]["id"]
    assert first != second
    after = expect(200, workspace.delete(f"{path}/refunds/{first}", params={"reason": "returned"}))
    assert after["refunded"] == eur(3000) and [one["id"] for one in after["refunds"]] == [second]
    assert expect(200, workspace.delete(f"{path}/refunds/{first}")) == after
    for unknown in ("rfd_" + "0" * 26, "rfd_x", made["id"]):
        expect_problem(404, "not_found", workspace.delete(f"{path}/refunds/{unknown}"))
    assert sums(workspace) == {"2026-11": (8000, 1), "2026-12": (-3000, 0)}
    events = workspace.all(f"{path}/history")
    assert [(event["type"], event["data"].get("refund")) for event in events] == [
        ("expense.recorded", None), ("expense.refunded", first), ("expense.refunded", second),
        ("expense.refund_taken_back", first)]
    assert events[1]["data"]["counts_in"] == "received" and events[3]["data"]["reason"] == "returned"
    assert {event["actor"]["member"] for event in events} == {made["member"]}


def test_the_expense_and_its_refunds_hold_each_other(workspace):
    made = workspace.record(8000)
    path = f"/expenses/{made['id']}"
    refund(workspace, made, 3000)
    expect_problem(422, "refund_exceeds_amount", workspace.patch(path, {"amount": eur(2999)}))
    expect_problem(422, "currency_mismatch", workspace.patch(path, {"amount": eur(9000, "USD")}))
    amended = expect(200, workspace.patch(path, {"amount": eur(3000)}))
    assert amended["refunded"] == eur(3000)
    voided = expect(200, workspace.delete(path))
    assert voided["refunded"] == eur(3000) and sums(workspace) == {}
    body = {"amount": eur(1), "received_on": "2026-12-03"}
    expect_problem(409, "state_conflict", workspace.post(f"{path}/refunds", body))
    known = voided["refunds"][0]["id"]
    expect_problem(409, "state_conflict", workspace.delete(f"{path}/refunds/{known}"))
    expect(200, workspace.post(f"{path}/restore"))
    assert sums(workspace) == {"2026-11": (3000, 1), "2026-12": (-3000, 0)}


def test_a_closed_period_keeps_its_sum_of_refunds(workspace):
    made = workspace.record(8000, "2026-11-20")
    path = f"/expenses/{made['id']}"
    refund(workspace, made, 1000, "2026-11-25")
    expect(200, workspace.post("/close_period", {"through": "2026-11-30"}))
    body = {"amount": eur(1), "received_on": "2026-12-03"}
    refused = [workspace.post(f"{path}/refunds", {**body, "received_on": "2026-11-30"}),
               workspace.post(f"{path}/refunds", {**body, "counts_in": "original"})]
    refused.append(workspace.delete(f"{path}/refunds/" + expect(200, workspace.get(path))["refunds"][0]["id"]))
    for answer in refused:
        expect_problem(422, "period_closed", answer)
    assert refund(workspace, made, 1)["refunded"] == eur(1001)
    assert sums(workspace) == {"2026-11": (7000, 1), "2026-12": (-1, 0)}


def test_a_refund_is_recorded_once_however_often_it_is_sent(workspace):
    made = workspace.record(8000)
    body = {"amount": eur(1000), "received_on": "2026-12-03"}
    path = f"/expenses/{made['id']}/refunds"
    answers = at_once(4, lambda _: workspace.post(path, body, key="once"))
    bodies = [expect(201, answer) for answer in answers]
    assert all(one == bodies[0] for one in bodies) and len(bodies[0]["refunds"]) == 1
    expect_problem(422, "idempotency_key_reused",
                   workspace.post(path, {**body, "received_on": "2026-12-04"}, key="once"))
    expect_problem(412, "precondition_failed", workspace.post(path, body, if_match='"v1"'))
    assert refund(workspace, made, 1000, if_match='"v2"')["version"] == 3
    replayed = workspace.post(path, body, key="once")
    assert expect(201, replayed) == bodies[0] and replayed.headers["idempotent-replayed"] == "true"
    # Racing refunds never come to more than was paid.
    answers = at_once(8, lambda _: workspace.post(path, {**body, "amount": eur(2000)}))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [422] * 5
    assert expect(200, workspace.get(f"/expenses/{made['id']}"))["refunded"] == eur(8000)


def new_budget(workspace: Workspace, limit: int, period: dict, **more) -> dict:
    return expect(201, workspace.post("/budgets", {"name": "B", "limit": eur(limit), "period": period, **more}))


def test_a_budget_of_a_single_range_counts_what_came_back_in_it(workspace):
    inside, before = workspace.record(3000, "2026-07-05"), workspace.record(5000, "2026-06-20")
    budget = new_budget(workspace, 10_000, {"start": "2026-07-01", "end": "2026-07-14"})
    refund(workspace, before, 1000, "2026-07-10"), refund(workspace, inside, 500, "2026-08-01")
    (only,) = expect(200, workspace.get(f"/budgets/{budget['id']}/periods"))["data"]
    assert (only["spent"]["amount"], only["count"]) == (2000, 1)
    for link, found in (("expenses", inside), ("refunds", before)):
        assert [one["id"] for one in expect(200, workspace.client.get(only[link]))["data"]] == [found["id"]]
    behind = workspace.all("/expenses", budget=budget["id"])
    assert {one["id"] for one in behind} == {inside["id"], before["id"]}


def test_a_refund_lowers_what_its_member_spent(workspace):
    budget = new_budget(workspace, 1000, {"every": "month", "anchor": "2026-01-01"},
                        thresholds=[{"percent": 50, "per": "member"}])
    _, other = workspace.add_person("member")
    mine, theirs = workspace.record(600, "2026-11-02"), other.record(600, "2026-11-03")
    refund(other, theirs, 200, "2026-11-04")
    states = {alert["expense"]: alert["state"] for alert in workspace.all("/alerts", budget=budget["id"])}
    assert states == {mine["id"]: "raised", theirs["id"]: "resolved"}


def test_a_refund_changes_what_a_period_hands_on(workspace):
    budget = new_budget(workspace, 1000, {"every": "month", "anchor": "2026-01-01"},
                        rollover={"carry": "unspent"}, rollover_from="2026-10-01")
    made = workspace.record(1000, "2026-10-05")

    def carried() -> int:
        (november,) = expect(200, workspace.get(f"/budgets/{budget['id']}/periods", params={
            "from": "2026-11-01", "to": "2026-11-30"}))["data"]
        return november["carried"]["amount"]

    assert carried() == 0
    back = refund(workspace, made, 300, "2026-12-03", counts_in="original")["refunds"][0]["id"]
    assert carried() == 300
    expect(200, workspace.delete(f"/expenses/{made['id']}/refunds/{back}"))
    assert carried() == 0


def test_a_preview_sees_money_come_back(workspace):
    made = workspace.record(900, "2026-02-20", tags=["team"])
    refund(workspace, made, 200, "2026-02-22")
    workspace.record(150, "2026-02-25", tags=["team"])
    for scope in ({}, {"tags": ["team"]}):
        answer = expect(200, workspace.post("/budgets/preview", {
            "name": "B", "limit": eur(1000), "scope": scope, "period": {"every": "month", "anchor": "2015-01-01"},
            "thresholds": [{"percent": 80}, {"percent": 100}], "since": "2026-02-01"}))
        assert [(one["day"], one["threshold"]["percent"], one["spent"]["amount"]) for one in answer["warnings"]] == [
            ("2026-02-20", 80, 900), ("2026-02-25", 80, 850)]
