"""What the admitted commits of one workspace amount to: expenses, categories, budgets and alerts.

Computed without Outlay from the facts of a JournalFold, in whole numbers of any size. Budgets here
are by the calendar month, on all spending or on tags; other rules of the load change no figure.
"""
import calendar
import datetime
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field

from journal_fold import Commit, Event

TEXTS = ("category", "merchant", "note")


@dataclass(frozen=True)
class Alert:
    """One crossing of a threshold; `expense` and `cause` say whose commit it was."""
    budget: str
    threshold: str
    start: str
    end: str
    crossing: int
    spent: int
    limit: int
    expense: str | None
    cause: str
    position: str


@dataclass
class Budget:
    id: str
    name: str
    currency: str
    tags: list[str]
    thresholds: dict[str, int]     # percents by id
    limits: list[tuple[str, int]]  # from which period on, in minor units
    version: int = 1
    spent: Counter = field(default_factory=Counter)     # by month, "2026-11"
    counts: Counter = field(default_factory=Counter)    # of expenses by month
    above: dict[tuple[str, str], Alert | None] = field(default_factory=dict)  # by threshold and month
    crossings: Counter = field(default_factory=Counter)

    def takes(self, expense: dict) -> bool:
        return (expense["state"] == "recorded" and expense["amount"]["currency"] == self.currency
                and (not self.tags or bool(set(self.tags) & set(expense["tags"]))))

    def limit(self, month: str) -> int:
        return [minor for start, minor in self.limits if start <= month + "-01"][-1]

    def revise(self, start: str, minor: int) -> None:
        """Later entries stay; an entry that says what holds before it is taken back."""
        earlier = [limit for limit in self.limits if limit[0] < start]
        later = [limit for limit in self.limits if limit[0] > start]
        own = [] if earlier and earlier[-1][1] == minor else [(start, minor)]
        self.limits = earlier + own + later


class Figures:
    """Fold of one workspace's commits in their order."""

    def __init__(self, commits: list[Commit]):
        self.expenses: dict[str, dict] = {}
        self.versions: dict[tuple[str, int], dict] = {}  # states of expenses and budgets' names
        self.categories: dict[str, dict] = {}
        self.budgets: dict[str, Budget] = {}
        self.alerts: dict[Alert, str] = {}               # with their states
        self.announcements = 0                           # raised and resolved with notice
        for commit in commits:
            for event in commit.events:
                kind, _, what = event.type.partition(".")
                handler = getattr(self, f"_{kind}_{what}", None)
                assert handler is not None, f"{commit.position}: the load makes no {event.type}"
                handler(commit, event)

    def sums(self) -> dict[tuple[str, str | None, str], tuple[int, int]]:
        """Sum and count by month, category and currency."""
        sums, counts = Counter(), Counter()
        for expense in self.expenses.values():
            if expense["state"] == "recorded":
                for month, minor, count in postings(expense):
                    cell = (month, expense["category"], expense["amount"]["currency"])
                    sums[cell] += minor
                    counts[cell] += count
        return {cell: (sums[cell], counts[cell]) for cell in counts if counts[cell] or sums[cell]}

    def _workspace_created(self, commit: Commit, event: Event) -> None:
        pass

    def _category_created(self, commit: Commit, event: Event) -> None:
        self.categories[event.data["category"]] = {
            "name": event.data["name"], "parent": event.data.get("parent"), "archived": False}

    def _category_renamed(self, commit: Commit, event: Event) -> None:
        self.categories[event.data["category"]]["name"] = event.data["name"]

    def _expense_recorded(self, commit: Commit, event: Event) -> None:
        data = event.data
        made = {"id": event.aggregate, "state": "recorded", "amount": data["amount"],
                "spent_on": data["spent_on"], "member": data["member"], "created_by": commit.member,
                "tags": data.get("tags", []), "refunds": [],
                "refunded": {"amount": 0, "currency": data["amount"]["currency"]},
                **{name: data.get(name) for name in TEXTS}}
        self._change(commit, event, None, made)

    def _expense_amended(self, commit: Commit, event: Event) -> None:
        before = self.expenses[event.aggregate]
        after = deepcopy(before)
        for name, change in event.data.items():
            assert before[name] == change["before"], f"{commit.position}: {name} was {before[name]}"
            after[name] = change["after"]
        after["refunded"]["currency"] = after["amount"]["currency"]
        self._change(commit, event, before, after)

    def _expense_voided(self, commit: Commit, event: Event) -> None:
        self._set_state(commit, event, "voided")

    def _expense_restored(self, commit: Commit, event: Event) -> None:
        self._set_state(commit, event, "recorded")

    def _expense_refunded(self, commit: Commit, event: Event) -> None:
        data = event.data
        made = {"id": data["refund"], "amount": data["amount"], "received_on": data["received_on"],
                "counts_in": data["counts_in"], "reason": data.get("reason"), "created_by": commit.member,
                "created_at": commit.decided_at}
        self._set_refunds(commit, event, self.expenses[event.aggregate]["refunds"] + [made])

    def _expense_refund_taken_back(self, commit: Commit, event: Event) -> None:
        refunds = self.expenses[event.aggregate]["refunds"]
        left = [refund for refund in refunds if refund["id"] != event.data["refund"]]
        assert len(left) == len(refunds) - 1, f"{commit.position}: there was no such refund"
        self._set_refunds(commit, event, left)

    def _set_refunds(self, commit: Commit, event: Event, refunds: list[dict]) -> None:
        before = self.expenses[event.aggregate]
        assert before["state"] == "recorded", f"{commit.position}: it was voided"
        amount = before["amount"]
        refunded = {**amount, "amount": sum(refund["amount"]["amount"] for refund in refunds)}
        assert refunded["amount"] <= amount["amount"], f"{commit.position}: more came back than was paid"
        self._change(commit, event, before, {**before, "refunds": refunds, "refunded": refunded})

    def _set_state(self, commit: Commit, event: Event, state: str) -> None:
        before = self.expenses[event.aggregate]
        assert before["state"] != state, f"{commit.position}: it was {state}"
        self._change(commit, event, before, {**before, "state": state})

    def _change(self, commit: Commit, event: Event, before: dict | None, after: dict) -> None:
        assert event.version == (before["version"] if before else 0) + 1
        after["version"] = event.version
        self.expenses[event.aggregate] = self.versions[event.aggregate, event.version] = after
        for budget in self.budgets.values():
            months = set()
            for sign, expense in ((-1, before), (1, after)):
                for month, minor, count in postings(expense) if expense and budget.takes(expense) else ():
                    budget.spent[month] += sign * minor
                    budget.counts[month] += sign * count
                    months.add(month)
            for month in months:
                self._evaluate(budget, month, commit, event.aggregate, event.type.partition(".")[2], True)

    def _budget_created(self, commit: Commit, event: Event) -> None:
        data = event.data
        assert (data["period"]["unit"], data["period"]["count"], data["period"]["anchor"][8:]) == ("month", 1, "01")
        assert set(data["scope"]) <= {"tags"}
        budget = Budget(event.aggregate, data["name"], data["limit"]["currency"], data["scope"].get("tags", []),
                        {one["id"]: one["percent"] for one in data.get("thresholds", [])},
                        [("", data["limit"]["amount"])])
        self.budgets[budget.id] = budget
        self.versions[budget.id, 1] = {"name": budget.name}
        for expense in self.expenses.values():
            for month, minor, count in postings(expense) if budget.takes(expense) else ():
                budget.spent[month] += minor
                budget.counts[month] += count
        self._reconsider(budget, commit, data["today"])

    def _budget_renamed(self, commit: Commit, event: Event) -> None:
        self._next_version(event).name = event.data["name"]
        self.versions[event.aggregate, event.version] = {"name": event.data["name"]}

    def _budget_limit_revised(self, commit: Commit, event: Event) -> None:
        budget = self._next_version(event)
        budget.revise(event.data["from"][:7] + "-01", event.data["new_minor"])
        self.versions[event.aggregate, event.version] = {"name": budget.name}
        self._reconsider(budget, commit, event.data["today"])

    def _next_version(self, event: Event) -> Budget:
        budget = self.budgets[event.aggregate]
        assert event.version == budget.version + 1
        budget.version = event.version
        return budget

    def _reconsider(self, budget: Budget, commit: Commit, today: str) -> None:
        """After a change of the rules: it fires in the period of its day only, and leaves later ones below."""
        for month in list(budget.spent):
            self._evaluate(budget, month, commit, None, "rule_changed", month == today[:7], month > today[:7])

    def _evaluate(self, budget: Budget, month: str, commit: Commit, expense: str | None, cause: str,
                  fires: bool, is_ahead: bool = False) -> None:
        spent, limit = budget.spent[month], budget.limit(month)
        for threshold, percent in budget.thresholds.items():
            place = (threshold, month)
            is_reached = spent > 0 and spent * 100 >= percent * limit
            if is_reached == (place in budget.above) or (is_reached and is_ahead):
                continue
            if is_reached:
                budget.above[place] = self._raise(budget, place, commit, expense, cause) if fires else None
            elif raised := budget.above.pop(place):
                self.alerts[raised] = "resolved"
                self.announcements += fires

    def _raise(self, budget: Budget, place: tuple[str, str], commit: Commit, expense: str | None,
               cause: str) -> Alert:
        threshold, month = place
        budget.crossings[place] += 1
        alert = Alert(budget.id, threshold, *days_of(month), budget.crossings[place], budget.spent[month],
                      budget.limit(month), expense, cause, commit.position)
        self.alerts[alert] = "raised"
        self.announcements += 1
        return alert


def postings(expense: dict) -> list[tuple[str, int, int]]:
    """What an expense and its refunds add to months: minor units, and expenses."""
    own = expense["spent_on"]
    return [(own[:7], expense["amount"]["amount"], 1)] + [
        ((own if refund["counts_in"] == "original" else refund["received_on"])[:7], -refund["amount"]["amount"], 0)
        for refund in expense["refunds"]]


def days_of(month: str) -> tuple[str, str]:
    """The first and the last day."""
    first = datetime.date.fromisoformat(month + "-01")
    return str(first), str(first.replace(day=calendar.monthrange(first.year, first.month)[1]))
