"""What budgets of any period and scope must say about a ledger, worked out without Outlay.

Expenses come and go one after the other, in any order of their days. After each one, every budget that it counts for is
looked at: its own period may raise an alert, later ones that have ended are set above or below in silence. All periods
here have ended.
"""
import calendar
import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Callable

from ledger import Row

Day = datetime.date
Period = tuple[Day, Day]


def days_from(anchor: Day, count: int) -> Callable[[Day], Period]:
    def period(day: Day) -> Period:
        start = anchor + datetime.timedelta((day - anchor).days // count * count)
        return start, start + datetime.timedelta(count - 1)
    return period


def months_from(anchor: Day, count: int) -> Callable[[Day], Period]:
    """The anchor's day of the month, or the last one of a month that is too short."""
    def start_of(number: int) -> Day:
        month = anchor.year * 12 + anchor.month - 1 + number * count
        year, month = divmod(month, 12)
        return Day(year, month + 1, min(anchor.day, calendar.monthrange(year, month + 1)[1]))

    def period(day: Day) -> Period:
        number = ((day.year - anchor.year) * 12 + day.month - anchor.month) // count + 1
        while start_of(number) > day:
            number -= 1
        return start_of(number), start_of(number + 1) - datetime.timedelta(1)
    return period


def single(start: Day, end: Day) -> Callable[[Day], Period | None]:
    return lambda day: (start, end) if start <= day <= end else None


def nothing(_: int) -> int:
    return 0


@dataclass
class Plan:
    """A budget: which rows count, how days are cut, and what a period hands on of what is left, from a day on."""
    name: str
    limit: int
    percents: tuple[int, ...]
    counts: Callable[[Row], bool]
    period: Callable[[Day], Period | None]
    hands_on: Callable[[int], int] = nothing
    since: Day | None = None
    per_member: bool = False
    spent: dict[Period, int] = field(default_factory=lambda: defaultdict(int))
    above: dict[tuple[Period, int], bool] = field(default_factory=lambda: defaultdict(bool))
    crossings: dict[tuple[Period, int], int] = field(default_factory=lambda: defaultdict(int))
    open: dict[tuple[Period, int], int] = field(default_factory=dict)

    def carried(self) -> dict[Period, int]:
        """What each period takes over, period by period from the first one that hands something on."""
        if self.since is None or not self.spent:
            return {}
        last, period, carried = max(self.spent), self.period(self.since), 0
        found = {period: 0}
        while period < last:
            carried = self.hands_on(self.limit + carried - self.spent.get(period, 0))
            period = self.period(period[1] + datetime.timedelta(1))
            found[period] = carried
        return found


@dataclass
class Raised:
    plan: str
    period: Period
    percent: int
    crossing: int
    spent: int
    limit: int
    number: int  # of the expense
    state: str = "raised"

    def line(self) -> tuple:
        return (self.plan, str(self.period[0]), str(self.period[1]), self.percent, self.crossing, self.spent,
                self.limit, self.number, self.state)


def reckon(plans: list[Plan], steps: list[tuple[int, Row, int]]) -> list[tuple]:
    """The alerts, in the order in which they are raised. A step: an expense, its row, and 1, or -1 if it is voided."""
    raised: list[Raised] = []
    for number, row, sign in steps:
        for plan in plans:
            own = plan.period(row.day) if plan.counts(row) else None
            if own is None:
                continue
            plan.spent[own] += sign * row.minor
            later = [period for period in plan.spent if period[0] > own[0]] if plan.since else []
            carried = plan.carried()
            for period in [own, *later]:
                limit = max(0, plan.limit + carried.get(period, 0))
                look(plan, (period, limit), period == own, number, raised)
    return [one.line() for one in raised]


def look(plan: Plan, now: tuple[Period, int], fires: bool, number: int, raised: list[Raised]) -> None:
    (period, limit), spent = now, plan.spent[now[0]]
    for percent in plan.percents:
        place = period, percent
        reached = spent > 0 and spent * 100 >= percent * limit
        if reached == plan.above[place]:
            continue
        plan.above[place] = reached
        if reached and fires:
            plan.crossings[place] += 1
            plan.open[place] = len(raised)
            raised.append(Raised(plan.name, period, percent, plan.crossings[place], spent, limit, number))
        elif not reached and place in plan.open:
            raised[plan.open.pop(place)].state = "resolved"
