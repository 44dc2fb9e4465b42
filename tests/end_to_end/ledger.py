"""A household's ledger: generated samples of the shape of a real one, and a reader of such files.

The shape has traps: three date forms (days 1 to 12 look like ISO dates but are YYYY-DD-MM), CRLF,
quoted commas, subcategories in free spelling, amounts with no to two decimals, rows that are equal
and yet two purchases, and rows that are no expenses. The file is newest first.
"""
import csv
import datetime
import random
import re
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("Date", "Mode", "Category", "Subcategory", "Note", "Amount", "Income/Expense",
           "Currency")
FIRST_DAY = datetime.date(2016, 1, 1)
DAYS = 731  # 2016, a leap year, and 2017
MODES = ("Cash", "Saving Bank account 1", "Credit Card")
# Category, its subcategories in every spelling that occurs, the usual amount in minor units.
SPENDING = (
    ("Food", ("snacks", "Snacks", "Milk", "milk ", "Dinner out", ""), 12_000),
    ("Transportation", ("Train", "train", "TRAIN", "auto  rickshaw", "Auto rickshaw"), 4_500),
    ("Household", ("Appliances", "Kitchen", ""), 60_000),
    ("subscription", ("Mobile Service Provider", "Crème caramel", "CRÈME CARAMEL"), 25_000),
    ("Other", ("",), 9_900),
)
NOTES = ("", "", "tea", "Soap, shampoo, razor", '2 "special" dosas, 1 idli', "Žižek's café ☕",
         "=1+1")
NO_EXPENSE = (("Salary", "Income"), ("Interest", "Income"), ("Money transfer", "Transfer-Out"))


@dataclass(frozen=True)
class Row:
    """One line of a ledger; `minor` is the amount in minor units."""
    day: datetime.date
    category: str
    subcategory: str
    note: str
    minor: int
    kind: str
    mode: str = "Cash"

    @property
    def is_expense(self) -> bool:
        return self.kind == "Expense"

    @property
    def path(self) -> tuple[str, str]:
        """Category and subcategory in the one spelling by which they are compared."""
        return folded(self.category), folded(self.subcategory)

    @property
    def month(self) -> str:
        return f"{self.day:%Y-%m}"


def folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def generate(seed: int, count: int = 400) -> list[Row]:
    """Rows in the order in which the money moved; every tenth or so is no expense."""
    chance = random.Random(seed)
    days = sorted(FIRST_DAY + datetime.timedelta(chance.randrange(DAYS)) for _ in range(count))
    rows = []
    for day in days:
        if rows and chance.random() < 0.04:
            rows.append(rows[-1])  # bought twice on one day
        elif chance.random() < 0.1:
            category, kind = chance.choice(NO_EXPENSE)
            rows.append(Row(day, category, "", "", chance.randrange(100, 9_000_000), kind))
        else:
            category, subcategories, usual = chance.choice(SPENDING)
            minor = max(1, int(usual * chance.lognormvariate(0, 0.8)))
            rows.append(Row(day, category, chance.choice(subcategories), chance.choice(NOTES),
                            minor // 100 * 100 if chance.random() < 0.7 else minor, "Expense",
                            chance.choice(MODES)))
    return rows


def write(rows: list[Row], path: Path, seed: int) -> Path:
    """Writes rows as their owner's spreadsheet would, newest first."""
    chance = random.Random(seed)
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\r\n")
        table.writerow(COLUMNS)
        for row in reversed(rows):
            table.writerow((date_text(row.day, chance), row.mode, row.category, row.subcategory,
                            row.note, amount_text(row.minor, chance), row.kind, "INR"))
    return path


def date_text(day: datetime.date, chance: random.Random) -> str:
    if day.day <= 12:
        return f"{day:%Y-%d-%m}"
    if chance.random() < 0.1:
        return f"{day:%d/%m/%Y}"
    return f"{day:%d/%m/%Y} {chance.randrange(24):02}:{chance.randrange(60):02}:07"


def amount_text(minor: int, chance: random.Random) -> str:
    rupees, paise = divmod(minor, 100)
    whole = f"{rupees:,}" if chance.random() < 0.2 else str(rupees)
    if paise == 0:
        return whole
    return f"{whole}.{paise // 10}" if paise % 10 == 0 else f"{whole}.{paise:02}"


DAY_FIRST = re.compile(r"(?P<day>\d\d)/(?P<month>\d\d)/(?P<year>\d{4})( \d\d:\d\d:\d\d)?")
YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<day>\d\d)-(?P<month>\d\d)")
AMOUNT = re.compile(r"(?P<whole>\d[\d,]*)(\.(?P<part>\d{1,2}))?")


def read(path: Path) -> list[Row]:
    """The rows of a file in the order in which the money moved."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = [row_of(cells) for cells in csv.DictReader(file)]
    rows.reverse()
    assert rows == sorted(rows, key=lambda row: row.day), f"{path} is not in the order of its dates"
    return rows


def row_of(cells: dict[str, str]) -> Row:
    date = DAY_FIRST.fullmatch(cells["Date"]) or YEAR_FIRST.fullmatch(cells["Date"])
    amount = AMOUNT.fullmatch(cells["Amount"])
    assert date and amount and cells["Currency"] == "INR", cells
    minor = int(amount["whole"].replace(",", "")) * 100 + int((amount["part"] or "").ljust(2, "0"))
    return Row(datetime.date(int(date["year"]), int(date["month"]), int(date["day"])),
               cells["Category"], cells["Subcategory"], cells["Note"], minor,
               cells["Income/Expense"], cells["Mode"])
