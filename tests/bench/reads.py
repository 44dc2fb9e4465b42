"""(d) Reading where there is much: one workspace with a million expenses among two million.

A tenth comes in through the API and is projected; the rest are copies of these rows with ids,
amounts and times of their own, made by SQL, because projecting two million would take the hour.
Reports rest on cells per day, category and member, which a tenth fills already.
"""
import http.client
import json
import time
from urllib.parse import quote, urlencode, urlsplit

from book import Book, lines, make_book, upload
from client import expect
from ground import Ground, drain
from report import Table, verdict
from services import run_sql

EXPENSES = 1_000_000  # in the workspace that is read; as many in another one
COPIES = 10
REQUESTS = 40
DEEP_PAGES = 100
SORTS = ("spent_on", "-spent_on", "amount", "-amount", "created_at", "-created_at")


def measure(ground: Ground) -> list[Table]:
    table = Table("Reads over 1 million expenses in one workspace among 2 million (PostgreSQL)",
                  ("what", "p50 ms", "p95 ms", "required p95", "reached"))
    with ground.scale_out(workers=1) as outlay:
        book, other = (make_book(outlay.client(), name) for name in ("Large", "Other"))
        budget = book.workspace.budget("Food", 100_000, scope={"categories": [book.categories[0]]})
        for number, each in enumerate((book, other)):
            count = ground.rows(EXPENSES) // COPIES
            upload(each, lines(each, count, ground.seed + number), respond_async=True)
        drain(outlay)
        _multiply(outlay.places.postgres)
        reader = Reader(outlay.url, outlay.owner_key, book)
        _lists(table, reader, book)
        _time(table, "report by month and category, ten years", reader,
              "/reports/spending?group_by=month,category&from=2016-12-01&to=2026-11-30", 50)
        _time(table, "budget, current period", reader, f"/budgets/{budget['id']}", 10)
        _time(table, "budget, periods", reader, f"/budgets/{budget['id']}/periods?from=2025-01-01&to=2026-11-30", 10)
        _recompute(table, outlay, book)
    return [table]


class Reader:
    """One kept connection; returns the body and how long it took in milliseconds."""

    def __init__(self, url: str, key: str, book: Book):
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
        self._headers = {"Authorization": f"Bearer {key}"}
        self._book = book

    def get(self, below: str) -> tuple[dict, float]:
        began = time.monotonic()
        self._connection.request("GET", self._book.workspace.path(below), headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return json.loads(body), (time.monotonic() - began) * 1e3


def filters(book: Book) -> dict[str, dict[str, str]]:
    """Every documented filter alone, by what it selects."""
    someone = expect(200, book.workspace.get("/members"))["data"][0]["id"]
    day, instant = "2021-06-15", "2030-01-01T00:00:00Z"
    chosen = {"none": {}, "spent_on": {"spent_on": day}, "created_at": {"created_at": instant},
              "amount": {"amount": "1250"}, "currency": {"currency": "EUR"},
              "currency, none there": {"currency": "USD"},
              "category": {"category": book.categories[0]},
              "two categories": {"category": ",".join(book.categories[:2])},
              "no category": {"category": "none"}, "merchant": {"merchant": "Merchant 7"},
              "rare merchant": {"merchant": "Merchant 499"}, "tag": {"tag": "weekly"},
              "member": {"member": someone}, "voided": {"state": "voided"},
              "any state": {"state": "any"}}
    for sign in ("gte", "gt", "lte", "lt"):
        chosen[f"spent_on {sign}"] = {f"spent_on[{sign}]": day}
        chosen[f"created_at {sign}"] = {f"created_at[{sign}]": instant}
        chosen[f"amount {sign}"] = {f"amount[{sign}]": "1250"}
    return chosen


def _lists(table: Table, reader: Reader, book: Book) -> None:
    for name, chosen in filters(book).items():
        _list(table, f"list, filter: {name}", reader, chosen)
    for sort in SORTS:
        _list(table, f"list, sort: {sort}", reader, {"sort": sort})


def _list(table: Table, name: str, reader: Reader, chosen: dict[str, str]) -> None:
    """The first page, and a page behind some thousand rows."""
    _time(table, f"{name}, first page", reader, "/expenses?" + urlencode({**chosen, "limit": 50}), 20)
    cursor = None
    for _ in range(DEEP_PAGES):
        more = {"cursor": cursor} if cursor else {}
        page, _ = reader.get("/expenses?" + urlencode({**chosen, "limit": 100, **more}))
        if not page["has_more"]:
            return
        cursor = page["next_cursor"]
    _time(table, f"{name}, after {DEEP_PAGES * 100:,} rows", reader,
          "/expenses?" + urlencode({**chosen, "limit": 50, "cursor": cursor}, quote_via=quote), 20)


def _time(table: Table, name: str, reader: Reader, path: str, required_ms: float) -> None:
    seen = sorted(reader.get(path)[1] for _ in range(REQUESTS))
    p95 = seen[int(REQUESTS * 0.95) - 1]
    table.add(name, seen[REQUESTS // 2], p95, f"< {required_ms}", verdict(p95 < required_ms))


def _recompute(table: Table, outlay, book: Book) -> None:
    """A new budget over everything; the time until it is visible is what others wait at most."""
    began = time.monotonic()
    book.workspace.budget("Everything", 10_000_000)
    spent = (time.monotonic() - began) * 1e3
    table.add("a new budget over all of it, until visible", spent, spent, "< 1000",
              verdict(spent < 1000))
    assert outlay.front.alive()


def _multiply(database: str) -> None:
    """Nine copies of each expense with its tags; statistics as autovacuum would keep them."""
    columns = run_sql(database, "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) "
                      "FROM information_schema.columns WHERE table_schema = 'read_g1' "
                      "AND table_name = 'expenses'").split(",")
    changed = {"id": "n.copy", "amount_minor": "(100 + random() * 99900)::bigint",
               "created_at": "e.created_at + random() * interval '1000 days'"}
    values = ", ".join(changed.get(name, f"e.{name}") for name in columns)
    run_sql(database, f"""
        CREATE TEMP TABLE copies AS SELECT workspace, id, gen_random_uuid() AS copy
            FROM read_g1.expenses, generate_series(2, {COPIES});
        INSERT INTO read_g1.expenses ({", ".join(columns)}) SELECT {values} FROM copies n
            JOIN read_g1.expenses e ON e.workspace = n.workspace AND e.id = n.id;
        INSERT INTO read_g1.expense_tags (workspace, tag, expense)
            SELECT t.workspace, t.tag, n.copy FROM copies n
            JOIN read_g1.expense_tags t ON t.workspace = n.workspace AND t.expense = n.id;
        ANALYZE;""")
    run_sql(database, "VACUUM read_g1.expenses")
