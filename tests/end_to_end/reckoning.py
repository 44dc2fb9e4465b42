"""The comparison after a run: what clients were told, what the journal says, what Outlay answers.

Each of the three is taken from another place: the operation journal, the fold of the dumped records
and the API.
"""
from collections import Counter

from client import Workspace, expect
from folded_figures import Alert, Figures, days_of
from journal_fold import JournalFold, command_of_key, is_keyed
from operation_journal import OK, Operation

SHORT_BODY = {"id"}  # what a line of a bulk request is answered with


class Reckoning:
    """Compares; every method fails with what does not fit."""

    def __init__(self, fold: JournalFold, operations: list[Operation], user: str):
        self.fold, self.operations, self._user = fold, operations, user
        homes = {operation.workspace for operation in operations}
        self.figures = {home: Figures(fold.commits_of(home)) for home in homes}

    def check_operations(self) -> Counter:
        """Returns how many ended in which way."""
        ends = Counter()
        for operation in self.operations:
            command = (operation.workspace, command_of_key(operation.workspace, self._user, operation.key))
            if operation.intrudes:
                ends[self._check_intruder(operation)] += 1
            else:
                ends[self._check(operation, command)] += 1
        return ends

    def _check(self, operation: Operation, command: tuple[str, str]) -> str:
        fate, acknowledged = self.fold.fates.get(command), operation.acknowledged()
        # A 202 that settled says the same as the journal.
        expected = {"admitted": {"applied"}, "closed": {"closed"}}.get(fate, set())
        assert operation.ends <= expected, (fate, operation)
        assert not (acknowledged and operation.is_closed()), operation
        if acknowledged:
            assert fate == "admitted", (fate, operation)
            self._check_promise(operation, command)
            return "acknowledged"
        if operation.is_closed():
            assert fate == "closed", (fate, operation)
            return "closed"
        assert operation.answers[-1].is_certain(), f"not settled: {operation}"
        assert fate != "admitted", (fate, operation)
        if operation.is_refused():
            assert fate is None, (fate, operation)
            return "refused"
        return "refused in the end"

    def _check_promise(self, operation: Operation, command: tuple[str, str]) -> None:
        """All answers are one answer, and it shows what the command did."""
        bodies = [answer.body for answer in operation.answers if answer.status in OK]
        whole = [body for body in bodies if set(body) > SHORT_BODY]
        assert all(body == whole[0] for body in whole), operation
        assert len({body["id"] for body in bodies}) == 1, operation
        figures, commit = self.figures[operation.workspace], self.fold.by_command[command]
        for body in whole[:1]:
            kind = body["object"]
            state = (figures.categories if kind == "category" else figures.versions).get(
                body["id"] if kind == "category" else (body["id"], body["version"]))
            assert state is not None and {name: body[name] for name in state} == {**state}, (body, state)
        for event in commit.events:
            if event.aggregate != "categories":
                assert event.aggregate == bodies[0]["id"], operation
                assert all(event.version == body["version"] for body in whole), (event, operation)

    def _check_intruder(self, operation: Operation) -> str:
        """Nothing but a refusal, or not knowing yet."""
        for answer in operation.answers:
            # A conflict is told when the deadline came before it was known which command the key has.
            assert (answer.status in (None, 202, 500, 503)
                    or answer.code in ("idempotency_key_reused", "conflict")), operation
        assert operation.ends <= {"closed"}, operation
        last = operation.answers[-1]
        assert last.code == "idempotency_key_reused" or operation.is_refused(), operation
        return "intruders"

    def check_journal(self) -> None:
        """Nothing is in the journal that nobody asked for, and nothing is there twice."""
        asked = {(one.workspace, command_of_key(one.workspace, self._user, one.key)) for one in self.operations}
        notes = Counter()
        for commit in self.fold.commits:
            if commit.workspace not in self.figures:
                continue
            if is_keyed(commit.command):
                assert (commit.workspace, commit.command) in asked, commit
            else:
                assert [event.type for event in commit.events] == ["workspace.created"], commit
            notes.update(event.data["note"] for event in commit.events if event.type == "expense.recorded")
        assert set(notes.values()) <= {1} and "intruder" not in notes, notes.most_common(3)
        keys = {one.key for one in self.operations}
        assert set(notes) <= keys

    def check_answers(self, place: Workspace) -> None:
        """Every list and every sum that this node gives is that of the fold."""
        figures = self.figures[place.id]
        listed = {item["id"]: item for item in place.all("/expenses", state="any", limit=100)}
        for identity, expense in figures.expenses.items():
            found = listed.pop(identity)
            assert {name: found[name] for name in expense} == expense
        assert listed == {}
        categories = {item["id"]: {name: item[name] for name in ("name", "parent", "archived")}
                      for item in place.all("/categories", archived="any")}
        assert categories == figures.categories
        answer = expect(200, place.get("/reports/spending", params={"group_by": "month,category"}))
        report = {(row["month"], row["category"], row["amount"]["currency"]): (row["amount"]["amount"], row["count"])
                  for row in answer["data"]}
        assert report == figures.sums()
        self._check_budgets(place, figures)
        self._check_alerts(place, figures)

    def _check_budgets(self, place: Workspace, figures: Figures) -> None:
        listed = {item["id"]: item for item in place.all("/budgets")}
        assert set(listed) == set(figures.budgets)
        for identity, budget in figures.budgets.items():
            assert (listed[identity]["name"], listed[identity]["version"]) == (budget.name, budget.version)
            for month in budget.spent:
                first, last = days_of(month)
                answer = place.get(f"/budgets/{identity}/periods", params={"from": first, "to": last})
                (found,) = expect(200, answer)["data"]
                assert (found["spent"]["amount"], found["limit"]["amount"], found["count"]) == (
                    budget.spent[month], budget.limit(month), budget.counts[month]), (identity, month)

    def _check_alerts(self, place: Workspace, figures: Figures) -> None:
        listed = [(Alert(one["budget"], one["threshold"]["id"], one["period"]["start"], one["period"]["end"],
                         one["crossing"], one["spent"]["amount"], one["limit"]["amount"], one["expense"],
                         one["cause"], one["position"]), one["state"]) for one in place.all("/alerts", limit=100)]
        assert len(listed) == len(set(listed)), "an alert was raised twice"
        assert dict(listed) == figures.alerts

    def announcements(self) -> int:
        """How many notices the outbox must hold."""
        return sum(figures.announcements for figures in self.figures.values())
