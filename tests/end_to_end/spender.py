"""Somebody who spends without a pause, over budgets that warn, and counts which warnings are due.

The count is made from what was sent, in its order, without Outlay: a threshold is crossed whenever
the sum of a period reaches it from below, and is over when an expense that was voided takes the sum
below it again.
"""
import datetime
import random
import threading
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import httpx
from client import Workspace, expect, expense

FIRST_DAY = datetime.date(2026, 9, 1)
DAYS = 60
AMOUNTS = (20, 400)
CHANCE_OF_VOID = 0.25
MONDAY = datetime.date(2026, 1, 5)
PAUSE_S = 0.1  # before something is sent again


@dataclass(frozen=True)
class Plan:
    """A budget on all spending, in minor units."""
    name: str
    limit: int
    percents: tuple[int, ...]
    every: str = "month"

    def start_of(self, day: datetime.date) -> datetime.date:
        if self.every == "month":
            return day.replace(day=1)
        return day - datetime.timedelta((day - MONDAY).days % 7)


PLANS = (Plan("Month", 1500, (50, 80, 100)), Plan("Week", 500, (100,), "week"), Plan("Much", 9000, (10, 60, 100)))


@dataclass(frozen=True)
class Crossing:
    """One warning: the crossing with this number, from 1, of a threshold in a period."""
    budget: str
    percent: int
    start: str
    crossing: int
    spent: int
    expense: str


class Count:
    """The warnings that are due after expenses and voids in their order."""

    def __init__(self):
        self.states: dict[Crossing, str] = {}
        self._spent: Counter = Counter()
        self._above: dict[tuple, Crossing] = {}
        self._crossings: Counter = Counter()

    def add(self, day: datetime.date, amount: int, expense_id: str) -> None:
        """An expense; the amount of one that was voided is negative."""
        for plan in PLANS:
            start = str(plan.start_of(day))
            self._spent[plan, start] += amount
            for percent in plan.percents:
                self._judge(plan, percent, start, expense_id)

    def _judge(self, plan: Plan, percent: int, start: str, expense_id: str) -> None:
        place, spent = (plan, percent, start), self._spent[plan, start]
        is_above = spent * 100 >= percent * plan.limit
        if is_above and place not in self._above:
            self._crossings[place] += 1
            made = Crossing(plan.name, percent, start, self._crossings[place], spent, expense_id)
            self._above[place] = made
            self.states[made] = "raised"
        elif not is_above and place in self._above:
            self.states[self._above.pop(place)] = "resolved"

    def messages(self) -> Counter:
        """How many of each type must have been sent."""
        resolved = sum(state == "resolved" for state in self.states.values())
        return Counter({"alert.raised": len(self.states), "alert.resolved": resolved})


class Spender(threading.Thread):
    """Spends in a workspace of its own until it is told to end; sends all again until it is done."""

    def __init__(self, workspace: Workspace, chance: random.Random):
        super().__init__(daemon=True)
        self.count = Count()
        self.steps = 0
        self.ended = threading.Event()
        self.problem: Exception | None = None
        self.budgets = {workspace.budget(plan.name, plan.limit, percents=plan.percents, every=plan.every,
                                         anchor=str(MONDAY.replace(day=1) if plan.every == "month" else MONDAY))["id"]:
                        plan.name for plan in PLANS}
        self.workspace, self._chance = workspace, chance
        self._living: list[tuple[str, datetime.date, int]] = []

    def run(self) -> None:
        try:
            while not self.ended.is_set():
                self._step()
                self.steps += 1
        except Exception as problem:  # told by `finish`
            self.problem = problem

    def finish(self) -> None:
        self.ended.set()
        self.join(120)
        assert not self.is_alive() and self.problem is None, self.problem

    def _step(self) -> None:
        if self._living and self._chance.random() < CHANCE_OF_VOID:
            identity, day, amount = self._living.pop(self._chance.randrange(len(self._living)))
            self._carry("DELETE", f"/expenses/{identity}", None, 200)
            self.count.add(day, -amount, identity)
            return
        day = FIRST_DAY + datetime.timedelta(self._chance.randrange(DAYS))
        amount = self._chance.randint(*AMOUNTS)
        made = self._carry("POST", "/expenses", expense(amount, str(day)), 201)
        self.count.add(day, amount, made["id"])
        self._living.append((made["id"], day, amount))

    def _carry(self, method: str, path: str, body: dict | None, done: int) -> dict:
        """Sends under one key until it is known that it was done."""
        key = str(UUID(int=self._chance.getrandbits(128)))
        while True:
            try:
                answer = self.workspace.client.request(method, self.workspace.path(path), body, key=key)
                if answer.status_code not in (202, 500, 503):
                    return expect(done, answer)
            except httpx.TransportError:
                pass
            threading.Event().wait(PAUSE_S)

    def listed(self) -> list[tuple[Crossing, str]]:
        """The alerts that Outlay shows."""
        return [(Crossing(self.budgets[one["budget"]], one["threshold"]["percent"], one["period"]["start"],
                          one["crossing"], one["spent"]["amount"], one["expense"]), one["state"])
                for one in self.workspace.all("/alerts", limit=100)]
