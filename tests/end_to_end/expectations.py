"""What Outlay must say about a ledger, computed from its rows without Outlay.

Budgets here are monthly, on one category with its subcategories, with thresholds in percent.
"""
import calendar
import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass

from ledger import Row, folded

THRESHOLDS = (80, 100)
Cell = tuple[str, tuple[str, str]]  # month, category path


@dataclass(frozen=True)
class Limit:
    """A monthly budget of a category, in minor units."""
    category: str
    minor: int

    def counts(self, row: Row) -> bool:
        return row.path[0] == folded(self.category)


@dataclass(frozen=True)
class Crossing:
    """An alert: which threshold of which budget, and what was spent when it was crossed."""
    category: str
    start: datetime.date
    end: datetime.date
    percent: int
    crossing: int
    spent: int
    limit: int
    expense: int  # number of the expense among the expenses, from 0


def expenses_of(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.is_expense]


def report_of(rows: list[Row]) -> dict[Cell, tuple[int, int]]:
    """Sum and count per month and category; the category's own rows only."""
    sums, counts = Counter(), Counter()
    for row in expenses_of(rows):
        sums[row.month, row.path] += row.minor
        counts[row.month, row.path] += 1
    return {cell: (sums[cell], counts[cell]) for cell in sums}


def limits_for(rows: list[Row], count: int = 4) -> list[Limit]:
    """Budgets that bite: on the largest categories, the median of what a month took, in rupees."""
    months: dict[str, Counter] = defaultdict(Counter)
    spelling = {}
    for row in expenses_of(rows):
        spelling.setdefault(row.path[0], row.category)
        months[row.path[0]][row.month] += row.minor
    largest = sorted(months, key=lambda name: -sum(months[name].values()))[:count]
    return [Limit(spelling[name], max(1, median(months[name].values()) // 100) * 100)
            for name in largest]


def median(numbers) -> int:
    ordered = sorted(numbers)
    return ordered[len(ordered) // 2]


def spent_of(limit: Limit, rows: list[Row]) -> Counter:
    """Spent per month under a budget."""
    spent = Counter()
    for row in expenses_of(rows):
        if limit.counts(row):
            spent[row.month] += row.minor
    return spent


def crossings_of(limits: list[Limit], rows: list[Row]) -> set[Crossing]:
    """The alerts that rows raise when they come in one after the other."""
    found, spent = set(), Counter()
    for number, row in enumerate(expenses_of(rows)):
        for limit in (limit for limit in limits if limit.counts(row)):
            before = spent[limit, row.month]
            after = spent[limit, row.month] = before + row.minor
            for percent in THRESHOLDS:
                # Sums of a ledger only grow, so a threshold is crossed once a month.
                if before * 100 < percent * limit.minor <= after * 100:
                    found.add(Crossing(limit.category, *month_of(row.day), percent, 1, after,
                                       limit.minor, number))
    return found


def month_of(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    length = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=1), day.replace(day=length)
