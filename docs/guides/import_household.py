#!/usr/bin/env python3
"""Brings a household's ledger (CSV) into Outlay through the bulk route. Standard library only.

    import_household.py --url http://127.0.0.1:8080 --key-file data/owner.key ledger.csv

The ledger has the columns Date, Mode, Category, Subcategory, Note, Amount, Income/Expense, Currency. Only expenses are
brought in. Every line carries a key made of its place in the file, so sending the file again changes nothing.
"""
import argparse
import csv
import datetime
import decimal
import json
import sys
import urllib.error
import urllib.parse
import urllib.request


def day_of(text):
    """Three forms: DD/MM/YYYY with or without a time, and, for days 1 to 12, YYYY-DD-MM."""
    head = text.strip().split(" ")[0]
    if "/" in head:
        day, month, year = head.split("/")
    else:
        year, day, month = head.split("-")
    return datetime.date(int(year), int(month), int(day))


def minor_units(text):
    """Rupees with 0 to 2 decimals as paise."""
    value = decimal.Decimal(text.replace(",", "").strip()) * 100
    if value != value.to_integral_value():
        raise ValueError(f"{text} has more than two decimals")
    return int(value)


def folded(name):
    return " ".join(name.split()).casefold()


def expenses(path):
    """The expense rows in the order in which the money was spent: the file is newest first."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for number in range(len(rows), 0, -1):
        row = rows[number - 1]
        if row["Income/Expense"].strip() != "Expense":
            continue
        yield {
            "key": f"household-{number}",
            "day": day_of(row["Date"]).isoformat(),
            "amount": minor_units(row["Amount"]),
            "currency": row["Currency"].strip(),
            "category": row["Category"].strip(),
            "subcategory": row["Subcategory"].strip(),
            "note": row["Note"].strip(),
            "mode": row["Mode"].strip(),
        }


class Api:
    def __init__(self, url, key):
        self.url, self.key = url.rstrip("/"), key

    def call(self, method, path, body=None, headers=None, content_type="application/json"):
        request = urllib.request.Request(self.url + path, method=method, headers={
            "Authorization": f"Bearer {self.key}", **(headers or {})})
        if body is not None:
            request.data = body if isinstance(body, bytes) else json.dumps(body).encode()
            request.add_header("Content-Type", content_type)
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def create(self, path, body, key):
        """The new resource, once it is visible. Sent again with the same key, a command has one effect."""
        # A key is visible ASCII: names with spaces and letters beyond are written as in a URL.
        quoted = urllib.parse.quote(key, safe="/")
        answer = json.loads(self.call("POST", path, body, {"Idempotency-Key": quoted, "Prefer": "wait=30"}))
        if answer.get("object") == "operation":
            raise SystemExit(f"POST {path}: not known yet, send it again later (operation {answer['id']})")
        return answer


def make_categories(api, workspace, rows):
    """One category per name, subcategories as children; names that differ in case only are one."""
    ids = {}
    for row in rows:
        parent = folded(row["category"])
        if not parent:
            continue
        if (parent, "") not in ids:
            made = api.create(f"/v1/workspaces/{workspace}/categories",
                              {"name": row["category"], "parent": None}, f"category-{parent}")
            ids[parent, ""] = made["id"]
        child = folded(row["subcategory"])
        if child and (parent, child) not in ids:
            made = api.create(f"/v1/workspaces/{workspace}/categories",
                              {"name": row["subcategory"], "parent": ids[parent, ""]},
                              f"category-{parent}/{child}")
            ids[parent, child] = made["id"]
    return ids


def make_budgets(api, workspace, ids, budgets):
    """Each budget: NAME:AMOUNT, e.g. Food:20000, a monthly limit on a category with its children."""
    for budget in budgets:
        name, _, amount = budget.partition(":")
        api.create(f"/v1/workspaces/{workspace}/budgets", {
            "name": name, "scope": {"categories": [ids[folded(name), ""]]},
            "limit": {"amount": minor_units(amount), "currency": "INR"},
            "period": {"every": "month", "anchor": "2015-01-01"},
            "thresholds": [{"percent": 80}, {"percent": 100}]}, f"budget-{folded(name)}")


def line_of(row, ids):
    expense = {"idempotency_key": row["key"], "spent_on": row["day"],
               "amount": {"amount": row["amount"], "currency": row["currency"]}}
    category = ids.get((folded(row["category"]), folded(row["subcategory"])))
    if category:
        expense["category"] = category
    if row["note"]:
        expense["note"] = row["note"]
    if row["mode"]:
        expense["tags"] = [row["mode"].replace(",", " ")]
    return json.dumps(expense, ensure_ascii=False)


def import_rows(api, workspace, rows, ids):
    body = "\n".join(line_of(row, ids) for row in rows).encode()
    answer = api.call("POST", f"/v1/workspaces/{workspace}/expenses/bulk", body,
                      content_type="application/x-ndjson")
    return [json.loads(line) for line in answer.splitlines() if line]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledger", help="the CSV file")
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--key-file", default="data/owner.key")
    parser.add_argument("--budget", action="append", default=[], metavar="CATEGORY:AMOUNT",
                        help="make a monthly budget first; may be given more than once")
    options = parser.parse_args()
    with open(options.key_file, encoding="ascii") as file:
        api = Api(options.url, file.read().strip())
    rows = list(expenses(options.ledger))
    workspace = api.create("/v1/workspaces", {"name": "Household", "base_currency": "INR",
                                              "time_zone": "Asia/Kolkata"}, "household")["id"]
    ids = make_categories(api, workspace, rows)
    make_budgets(api, workspace, ids, options.budget)
    results = import_rows(api, workspace, rows, ids)
    failed = [result for result in results if result["status"] not in (201, 202)]
    pending = sum(1 for result in results if result["status"] == 202)
    replayed = sum(1 for result in results if result.get("replayed"))
    total = sum(row["amount"] for row in rows)
    print(f"workspace  {workspace}\ncategories {len(ids)}\nexpenses   {len(results)} lines, {replayed} of them known "
          f"already, {len(failed)} refused, {pending} not known yet\ntotal      {total} minor units")
    for result in failed[:10]:
        print(json.dumps(result), file=sys.stderr)
    return 1 if failed or pending or len(results) != len(rows) else 0  # then: send the file again


if __name__ == "__main__":
    sys.exit(main())
