"""A ledger under budgets of five kinds of period and scope raises exactly the alerts that a count of its own says.

The rows come in shuffled, so most of them are late for their period, and some are voided in between. A rebuild, which
reads the journal in other batches, and a verification, which reads it in others again, come to the same.
"""
import json
import random
from datetime import date

import ledger
import pytest
from bulk import send_bulk
from client import Workspace, expect
from expectations import expenses_of
from household import ledger_files, load_guide
from period_reckoning import Plan, days_from, months_from, reckon, single

SEED = 20_261_122
VOIDED_EVERY = 5
ledger_file = ledger_files(SEED)


@pytest.fixture(params=["embedded", "scale_out"])
def own(request):
    return request.getfixturevalue(request.param)()


def largest_categories(rows) -> list[str]:
    sums: dict[str, int] = {}
    for row in rows:
        if row.category:
            sums[row.path[0]] = sums.get(row.path[0], 0) + row.minor
    return sorted(sums, key=lambda name: -sums[name])[:2]


def plans_of(rows) -> tuple[list[Plan], dict[str, dict]]:
    """Plans for the count, and what each one is in Outlay beside name, limit and thresholds."""
    first, last = rows[0].day, rows[-1].day
    days, total = (last - first).days + 1, sum(row.minor for row in rows)
    big, second = largest_categories(rows)
    mode = max({row.mode for row in rows}, key=lambda name: sum(row.minor for row in rows if row.mode == name))
    middle = first + (last - first) / 2

    def share(length: int, counts) -> int:
        return max(100, sum(row.minor for row in rows if counts(row)) * length // days // 100 * 100)

    def everything(_) -> bool:
        return True

    def of(name: str):
        return lambda row: row.path[0] == name

    def by_mode(row) -> bool:
        return row.mode == mode

    cap = total * 7 // days
    plans = [
        Plan("weeks", share(7, everything), (80, 100), everything, days_from(date(2016, 1, 3), 7),
             lambda left: min(max(0, left), cap), first),
        Plan("paydays", share(30, of(big)), (50, 100), of(big), months_from(date(2015, 1, 31), 1),
             lambda left: left, first),
        Plan("quarters", share(91, by_mode), (100,), by_mode, months_from(date(2015, 4, 6), 3),
             lambda left: max(0, left), middle),
        Plan("ten days", share(10, of(second)), (90,), of(second), days_from(date(2016, 2, 29), 10), per_member=True),
        Plan("once", share(100, everything), (25, 100), everything,
             single(middle, middle + (last - middle) / 4)),
    ]
    cap_money = {"amount": cap, "currency": "INR"}
    settings = {
        "weeks": {"period": {"every": "week", "anchor": "2016-01-03"}, "scope": {},
                  "rollover": {"carry": "capped", "cap": cap_money}, "rollover_from": str(first)},
        "paydays": {"period": {"every": "month", "anchor": "2015-01-31"}, "scope": {"categories": [big]},
                    "rollover": {"carry": "unspent_and_overspend"}, "rollover_from": str(first)},
        "quarters": {"period": {"every": "quarter", "anchor": "2015-04-06"}, "scope": {"tags": [mode]},
                     "rollover": {"carry": "unspent"}, "rollover_from": str(middle)},
        "ten days": {"period": {"every": "day", "count": 10, "anchor": "2016-02-29"},
                     "scope": {"categories": [second]}},
        "once": {"period": {"start": str(middle), "end": str(middle + (last - middle) / 4)}, "scope": {}},
    }
    return plans, settings


def make_budgets(workspace: Workspace, plans: list[Plan], settings: dict[str, dict], ids: dict) -> dict[str, str]:
    """Names of budgets by their ids."""
    names = {}
    for plan in plans:
        body = {"name": plan.name, "limit": {"amount": plan.limit, "currency": "INR"}, **settings[plan.name],
                "thresholds": [{"percent": percent, **({"per": "member"} if plan.per_member else {})}
                               for percent in plan.percents]}
        categories = [ids[name, ""] for name in body["scope"].get("categories", ())]
        body["scope"] = {**body["scope"], **({"categories": categories} if categories else {})}
        names[expect(201, workspace.post("/budgets", body))["id"]] = plan.name
    return names


def alerts_of(workspace: Workspace, names: dict[str, str], numbers: dict[str, int]) -> list[tuple]:
    found = workspace.all("/alerts", limit=100)
    assert all((alert["member"] is None) == (alert["threshold"]["per"] == "budget") for alert in found)
    assert {alert["cause"] for alert in found} == {"recorded"}
    return sorted((names[alert["budget"]], alert["period"]["start"], alert["period"]["end"],
                   alert["threshold"]["percent"], alert["crossing"], alert["spent"]["amount"],
                   alert["limit"]["amount"], numbers[alert["expense"]], alert["state"]) for alert in found)


def test_every_kind_of_period_and_scope_raises_what_an_independent_count_says(own, ledger_file):
    rows = expenses_of(ledger.read(ledger_file))
    plans, settings = plans_of(rows)
    print(f"shuffled by seed {SEED}")
    order = random.Random(SEED).sample(range(len(rows)), len(rows))
    half = len(order) // 2
    steps = [(number, rows[order[number]], 1) for number in range(len(order))]
    voided = range(0, half, VOIDED_EVERY)
    steps[half:half] = [(number, rows[order[number]], -1) for number in voided]
    expected = sorted(reckon(plans, steps))
    assert {line[0] for line in expected} == {plan.name for plan in plans}
    assert {line[-1] for line in expected} == {"raised", "resolved"}

    guide = load_guide()
    workspace = Workspace.make(own.client(), "Household", "INR", "Asia/Kolkata")
    parsed = list(guide.expenses(ledger_file))
    ids = guide.make_categories(guide.Api(workspace.client.url, workspace.client.key), workspace.id, parsed)
    names = make_budgets(workspace, plans, settings, ids)
    lines = [guide.json.loads(guide.line_of(parsed[number], ids)) for number in order]
    results = send_bulk(workspace, lines[:half])
    for number in voided:
        expect(200, workspace.delete(f"/expenses/{results[number]['id']}"))
    results += send_bulk(workspace, lines[half:])
    assert {result["status"] for result in results} == {201}
    numbers = {result["id"]: number for number, result in enumerate(results)}
    assert alerts_of(workspace, names, numbers) == expected

    done = own.tool("rebuild", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["switched"], done.stderr
    assert alerts_of(workspace, names, numbers) == expected
    verified = own.tool("verify", "--json")
    assert verified.returncode == 0 and json.loads(verified.stdout)["identical"], verified.stdout
