"""A household's ledger in Outlay: how it comes in, and what Outlay says about it afterwards."""
import datetime
import importlib.util
import os
from dataclasses import dataclass, replace
from pathlib import Path

import ledger
import pytest
from client import Client, Workspace, expect
from expectations import (Crossing, Limit, crossings_of, expenses_of, limits_for, report_of,
                          spent_of)
from ledger import Row, folded

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "import_household.py"

# The real file takes part where it lies; its path comes from the environment.
REAL_FILE = os.environ.get("OUTLAY_HOUSEHOLD_CSV")


def ledger_files(seed: int):
    """A fixture: a generated ledger and, where there is one, the real file."""
    @pytest.fixture(params=["generated", "real"] if REAL_FILE else ["generated"])
    def ledger_file(request, tmp_path):
        if request.param == "real":
            return REAL_FILE
        print(f"ledger of seed {seed}")
        return ledger.write(ledger.generate(seed), tmp_path / "ledger.csv", seed)
    return ledger_file


def load_guide():
    """The script of the guide as a module."""
    spec = importlib.util.spec_from_file_location("import_household", GUIDE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Household:
    """A workspace prepared for a ledger by the guide: categories and budgets made, lines ready."""
    workspace: Workspace
    lines: list[dict]
    limits: list[Limit]
    rows: list[Row]

    @classmethod
    def prepare(cls, client: Client, file: Path, rows: list[Row]) -> "Household":
        guide = load_guide()
        api = guide.Api(client.url, client.key)
        parsed = list(guide.expenses(file))
        workspace = Workspace.make(client, "Household", "INR", "Asia/Kolkata")
        ids = guide.make_categories(api, workspace.id, parsed)
        limits = limits_for(rows)
        guide.make_budgets(api, workspace.id, ids, [budget_argument(limit) for limit in limits])
        lines = [guide.json.loads(guide.line_of(row, ids)) for row in parsed]
        return cls(workspace, lines, limits, rows)

    def check(self, ids: list[str]) -> None:
        """All that Outlay says equals what the rows say; `ids` are what the lines became."""
        check_figures(self.workspace, self.rows, self.limits, ids)

    def seen_by(self, client: Client) -> "Household":
        return replace(self, workspace=self.workspace.seen_by(client))


def budget_argument(limit: Limit) -> str:
    rupees, paise = divmod(limit.minor, 100)
    return f"{limit.category}:{rupees}.{paise:02}"


def check_figures(workspace: Workspace, rows: list[Row], limits: list[Limit],
                  ids: list[str] | None = None) -> None:
    """`ids` of the expenses in the order of the rows.

    Without them the times of recording say it, which one front's clock alone gives in order.
    """
    listed = workspace.all("/expenses", sort="created_at", limit=100)
    assert len(listed) == len(expenses_of(rows))
    assert (sum(expense["amount"]["amount"] for expense in listed)
            == sum(row.minor for row in expenses_of(rows)))
    assert report(workspace) == report_of(rows)
    check_periods(workspace, rows, limits)
    ids = ids or [expense["id"] for expense in listed]
    assert set(ids) == {expense["id"] for expense in listed}
    numbers = {identity: number for number, identity in enumerate(ids)}
    assert crossings(workspace, numbers) == crossings_of(limits, rows)


def paths_of(workspace: Workspace) -> dict[str | None, tuple[str, str]]:
    """Each category's id with the folded names of itself and what it lies below."""
    categories = {item["id"]: item for item in workspace.all("/categories", archived="any")}

    def path(item: dict) -> tuple[str, str]:
        if item["parent"] is None:
            return folded(item["name"]), ""
        return folded(categories[item["parent"]]["name"]), folded(item["name"])

    return {None: ("", ""), **{identity: path(item) for identity, item in categories.items()}}


def report(workspace: Workspace) -> dict:
    """The report by month and category, in the form of expectations.report_of."""
    paths = paths_of(workspace)
    answer = expect(200, workspace.get("/reports/spending", params={"group_by": "month,category"}))
    cells = {(item["month"], paths[item["category"]]): (item["amount"]["amount"], item["count"])
             for item in answer["data"]}
    assert len(cells) == len(answer["data"]) and not answer["has_more"]
    return cells


def budgets_by_name(workspace: Workspace) -> dict[str, dict]:
    return {budget["name"]: budget for budget in workspace.all("/budgets")}


def check_periods(workspace: Workspace, rows: list[Row], limits: list[Limit]) -> None:
    budgets = budgets_by_name(workspace)
    first, last = rows[0].day, rows[-1].day
    for limit in limits:
        answer = expect(200, workspace.get(f"/budgets/{budgets[limit.category]['id']}/periods",
                                           params={"from": str(first), "to": str(last)}))
        spent = spent_of(limit, rows)
        for period in answer["data"]:
            minor = spent[period["start"][:7]]
            assert period["spent"]["amount"] == minor
            assert period["remaining"]["amount"] == limit.minor - minor
            assert period["state"] == state_of(minor, limit.minor)
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        assert len(answer["data"]) == months


def state_of(spent: int, limit: int) -> str:
    if spent < limit:
        return "within"
    return "reached" if spent == limit else "exceeded"


def crossings(workspace: Workspace, numbers: dict[str, int]) -> set[Crossing]:
    """All alerts, in the form of expectations.crossings_of; `numbers` are those of expenses."""
    names = {budget["id"]: name for name, budget in budgets_by_name(workspace).items()}
    alerts = workspace.all("/alerts")
    assert all(alert["state"] == "raised" and alert["cause"] == "recorded" for alert in alerts)
    found = {Crossing(names[alert["budget"]], *(datetime.date.fromisoformat(alert["period"][side])
                                                for side in ("start", "end")),
                      alert["threshold"]["percent"], alert["crossing"], alert["spent"]["amount"],
                      alert["limit"]["amount"], numbers[alert["expense"]]) for alert in alerts}
    assert len(found) == len(alerts), "an alert was raised twice"
    return found
