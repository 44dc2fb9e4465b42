"""An export has every expense that its filters name, in both formats, as one state of the ledger.

What comes out as CSV is safe to open and can be read back, whatever the texts hold. Bulk lines are
taken in every form that is allowed, and a broken one does not harm the others.
"""
import csv
import io
import json
import threading

import pytest
from bulk import NDJSON, BulkUpload, send_bulk
from client import expect, expect_problem, expense

TRICKY = ["plain", 'quo"te', "com,ma", "line\nbreak", "=1+1", "+49", "-1", "@x", "ünïcode ☕", " "]
CSV_NAMES = ["id", "state", "spent_on", "amount", "refunded", "currency", "category_id", "category", "member",
             "merchant", "note", "tags", "created_at", "updated_at", "version"]


@pytest.fixture
def filled(workspace):
    food = workspace.category("Food")
    snacks = workspace.category('Snacks, "hot"', food)
    for number, text in enumerate(TRICKY[:-1]):
        workspace.record(number * 101 + 5, f"2026-01-{number + 1:02}", note=text,
                         merchant=text.replace("\n", " "), tags=["b", "a c"][:number % 3],
                         category=[None, food, snacks][number % 3],
                         currency=["EUR", "JPY", "BHD"][number % 3])
    return workspace


def csv_rows(answer) -> list[dict]:
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    assert text.endswith("\r\n")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert csv.reader(io.StringIO(text)).__next__() == CSV_NAMES
    return rows


@pytest.mark.parametrize("parameters", [
    {}, {"sort": "amount"}, {"tag": "b"}, {"state": "any", "sort": "-created_at"},
    {"spent_on[gte]": "2026-01-03", "currency": "JPY"}])
def test_an_export_equals_the_list(filled, parameters):
    expect(200, filled.delete(f"/expenses/{filled.all('/expenses')[3]['id']}"))
    for item in filled.all("/expenses")[:3]:
        expect(201, filled.post(f"/expenses/{item['id']}/refunds", {
            "amount": {**item["amount"], "amount": 5}, "received_on": "2026-03-01"}))
    listed = filled.all("/expenses", **parameters)
    lines = filled.get("/expenses/export", params=parameters)
    assert lines.headers["content-type"] == NDJSON and lines.headers["consistency-token"]
    assert [json.loads(line) for line in lines.text.splitlines()] == listed

    rows = csv_rows(filled.get("/expenses/export", params={**parameters, "format": "csv"}))
    assert [row["id"] for row in rows] == [item["id"] for item in listed]
    for row, item in zip(rows, listed):
        check_row(row, item)


def check_row(row: dict, item: dict) -> None:
    digits = {"EUR": 2, "JPY": 0, "BHD": 3}[item["amount"]["currency"]]
    assert row["amount"] == f"{item['amount']['amount'] / 10**digits:.{digits}f}"
    assert row["refunded"] == f"{item['refunded']['amount'] / 10**digits:.{digits}f}"
    assert row["currency"] == item["amount"]["currency"]
    assert row["category_id"] == (item["category"] or "")
    assert (row["category"] == "") == (item["category"] is None)
    assert row["tags"] == ",".join(item["tags"])
    for name in ("note", "merchant"):
        text = item[name]
        assert row[name] == ("'" + text if text[0] in "=+-@\t\r" else text)
    for name in ("state", "spent_on", "member", "created_at", "updated_at"):
        assert row[name] == item[name]
    assert row["version"] == str(item["version"])


def test_a_path_of_categories_is_written_out(filled):
    rows = csv_rows(filled.get("/expenses/export", headers={"Accept": "text/csv"}))
    assert {row["category"] for row in rows} == {"", "Food", 'Food / Snacks, "hot"'}


def test_an_empty_export_is_empty_and_a_wrong_format_is_refused(workspace):
    assert workspace.get("/expenses/export").content == b""
    assert csv_rows(workspace.get("/expenses/export", params={"format": "csv"})) == []
    answer = workspace.get("/expenses/export", headers={"Accept": "application/pdf"})
    assert "text/csv" in expect_problem(406, "not_acceptable", answer)["available"]
    expect_problem(400, "malformed_parameter", workspace.get("/expenses/export?format=xlsx"))


def test_an_export_among_writers_is_one_state(workspace):
    """A writer records pairs that sum to a thousand, one expense after the other."""
    enough = threading.Event()

    def write() -> None:
        while not enough.is_set():
            workspace.record(400)
            workspace.record(600)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    try:
        sizes = []
        while len(sizes) < 10 or sizes[-1] < 20:
            answer = workspace.get("/expenses/export", params={"sort": "created_at"})
            amounts = [json.loads(line)["amount"]["amount"] for line in answer.text.splitlines()]
            assert amounts == [400, 600] * (len(amounts) // 2) + [400] * (len(amounts) % 2)
            seen = workspace.get("/expenses", token=answer.headers["consistency-token"])
            assert seen.status_code == 200
            sizes.append(len(amounts))
        assert sizes == sorted(sizes)
    finally:
        enough.set()
        writer.join(60)


def test_a_broken_line_does_not_harm_the_others(workspace):
    good = json.dumps(expense()).encode()
    body = b"\r\n".join([good, b"", b"{broken", b'{"spent_on":"2026-01-01"}', b"[]", good,
                         json.dumps({**expense(), "idempotency_key": "a b"}).encode(),
                         b'{"note":"' + b"x" * 70_000 + b'"}', b'{"note":"\xff"}', good])
    answer = workspace.post("/expenses/bulk", content=body, headers={"Content-Type": NDJSON})
    results = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["content-type"] == NDJSON
    assert [(result["line"], result["status"], result.get("problem", {}).get("code"))
            for result in results] == [
        (1, 201, None), (3, 400, "malformed_json"), (4, 422, "validation_failed"),
        (5, 422, "validation_failed"), (6, 201, None), (7, 400, "idempotency_key_invalid"),
        (8, 413, "payload_too_large"), (9, 400, "malformed_json"), (10, 201, None)]
    assert len(workspace.all("/expenses")) == 3


def test_lines_are_recorded_in_their_order(workspace):
    lines = [expense(number + 1, category=None) for number in range(300)]
    results = send_bulk(workspace, lines)
    assert {result["status"] for result in results} == {201}
    listed = workspace.all("/expenses", sort="created_at", limit=100)
    assert [item["amount"]["amount"] for item in listed] == list(range(1, 301))
    assert [item["id"] for item in listed] == [result["id"] for result in results]


def test_results_come_while_the_request_goes_on(workspace):
    upload = BulkUpload(workspace)
    for count in range(1, 4):
        upload.send([expense(count)])
        upload.wait_results(count)
    upload.finish()
    assert upload.is_complete and upload.status == 200
    assert [result["status"] for result in upload.results] == [201, 201, 201]


def test_a_bulk_request_of_another_type_is_refused(workspace):
    for content_type in ("application/json", "text/plain", f"{NDJSON}; charset=latin-1"):
        answer = workspace.post("/expenses/bulk", content=b"{}",
                                headers={"Content-Type": content_type})
        expect_problem(415, "unsupported_media_type", answer)
        assert NDJSON in answer.headers["accept-post"]
