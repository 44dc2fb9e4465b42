"""An expense is recorded, amended, voided and restored, and its whole past stays readable.

Also where it stands: in its categories with all that lies above them, and in periods that may be
closed. What breaks a rule is refused with every broken field named, and leaves nothing.
"""
from client import MERGE_PATCH, expect, expect_problem, expense


def test_what_is_recorded_is_what_is_read(workspace):
    category = workspace.category("Food")
    body = expense(1250, "2026-11-20", category=category, merchant="Café Central",
                   note="lunch ☕", tags=["team", "a b"])
    answer = workspace.post("/expenses", body)
    made = expect(201, answer)
    (founder,) = workspace.all("/members")
    expected = {**body, "tags": ["a b", "team"], "object": "expense", "state": "recorded",
                "member": founder["id"], "created_by": founder["id"], "version": 1,
                "refunded": {"amount": 0, "currency": "EUR"}, "refunds": []}
    assert {name: made[name] for name in expected} == expected
    assert set(made) == {*expected, "id", "created_at", "updated_at"}
    assert answer.headers["location"] == workspace.path(f"/expenses/{made['id']}")
    read = workspace.client.get(answer.headers["location"])
    assert (expect(200, read), read.headers["etag"]) == (made, answer.headers["etag"])
    assert workspace.all("/expenses") == [made]


def test_the_whole_life_is_in_the_history(workspace):
    made = workspace.record(note="first", tags=["one"])
    path = f"/expenses/{made['id']}"
    amended = expect(200, workspace.patch(path, {"note": "second", "amount": {
        "amount": 99, "currency": "EUR"}}))
    assert (amended["note"], amended["amount"]["amount"], amended["version"]) == ("second", 99, 2)
    voided = expect(200, workspace.delete(path, params={"reason": "twice"}))
    assert (voided["state"], voided["version"]) == ("voided", 3)
    assert workspace.all("/expenses") == []
    assert workspace.all("/expenses", state="voided") == [voided]
    expect_problem(409, "state_conflict", workspace.patch(path, {"note": "x"}))
    restored = expect(200, workspace.post(f"{path}/restore"))
    assert restored == {**amended, "version": 4, "updated_at": restored["updated_at"]}
    assert workspace.all("/expenses") == [restored] == [expect(200, workspace.get(path))]

    events = workspace.all(f"{path}/history")
    assert [(event["type"], event["version"]) for event in events] == [
        ("expense.recorded", 1), ("expense.amended", 2), ("expense.voided", 3),
        ("expense.restored", 4)]
    assert events[1]["data"]["note"] == {"before": "first", "after": "second"}
    assert events[2]["data"]["reason"] == "twice"
    offsets = [int(event["position"].split(":")[1]) for event in events]
    assert offsets == sorted(set(offsets)) and len({event["id"] for event in events}) == 4
    (founder,) = workspace.all("/members")
    assert {event["actor"]["member"] for event in events} == {founder["id"]}
    assert [event["at"] for event in events] == [made["created_at"], amended["updated_at"],
                                                 voided["updated_at"], restored["updated_at"]]


def test_null_clears_and_what_is_absent_stays(workspace):
    category = workspace.category("Food")
    made = workspace.record(category=category, merchant="M", note="N", tags=["t"])
    path = f"/expenses/{made['id']}"
    cleared = expect(200, workspace.client.request(
        "PATCH", workspace.path(path), {"category": None, "merchant": None, "note": None},
        headers={"Content-Type": MERGE_PATCH}))
    assert (cleared["category"], cleared["merchant"], cleared["note"]) == (None, None, None)
    assert (cleared["tags"], cleared["amount"]) == (made["tags"], made["amount"])
    emptied = expect(200, workspace.patch(path, {"tags": [], "spent_on": "2026-01-31"}))
    assert (emptied["tags"], emptied["spent_on"], emptied["note"]) == ([], "2026-01-31", None)
    for fixed in ({"amount": None}, {"spent_on": None}, {"member": None}, {"id": made["id"]},
                  {"version": 7}, {"state": "voided"}):
        problem = expect_problem(422, "validation_failed", workspace.patch(path, fixed))
        assert problem["errors"][0]["pointer"] == "/" + next(iter(fixed))


def test_nothing_to_do_is_done_without_an_event(workspace):
    made = workspace.record(note="same")
    path = f"/expenses/{made['id']}"
    for answer in (workspace.patch(path, {"note": "same"}), workspace.patch(path, {}),
                   workspace.post(f"{path}/restore")):
        assert expect(200, answer) == made
    voided = expect(200, workspace.delete(path))
    assert expect(200, workspace.delete(path)) == voided and voided["version"] == 2


def test_an_unchanged_resource_is_not_sent_again(workspace):
    path = f"/expenses/{workspace.record()['id']}"
    first = workspace.get(path)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"v9", {tag}', "*"):
        answer = workspace.get(path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == first.headers["etag"]
    workspace.patch(path, {"note": "x"})
    answer = workspace.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert expect(200, answer)["note"] == "x" and answer.headers["etag"] == '"v2"'
    head = workspace.client.request("HEAD", workspace.path(path))
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", '"v2"')
    assert head.headers["content-length"] == str(len(answer.content))


def test_every_broken_field_is_named_and_nothing_stays(workspace):
    body = {"amount": {"amount": 0, "currency": "EUR"}, "spent_on": "2026-02-30", "note": 7,
            "tags": "team", "surprise": True}
    problem = expect_problem(422, "validation_failed", workspace.post("/expenses", body))
    assert {error["pointer"] for error in problem["errors"]} >= {
        "/spent_on", "/note", "/tags", "/surprise"}
    for amount in (-1, 10**12 + 1, 2**63, 1.5, "5", None):
        refused = workspace.post("/expenses", expense(amount))
        assert expect_problem(422, "validation_failed", refused)["errors"][0]["pointer"].startswith(
            "/amount")
    for currency in ("eur", "EURO", "XXX", ""):
        refused = workspace.post("/expenses", expense(currency=currency))
        expect_problem(422, "validation_failed", refused)
    for text in ('{"amount":{"amount":1,"currency":"EUR"},"spent_on":"2026-01-01"', '{"a":1,"a":2}',
                 '[]]', "{'a':1}", '{"note":"\\ud800"}'):
        answer = workspace.post("/expenses", content=text,
                                headers={"Content-Type": "application/json"})
        assert expect_problem(400, "malformed_json", answer)["byte_offset"] >= 0
    assert workspace.all("/expenses", state="any") == []


def test_a_closed_period_keeps_its_sum(workspace):
    inside, outside = workspace.record(day="2026-01-31"), workspace.record(day="2026-02-01")
    workspace.delete(f"/expenses/{outside['id']}")
    gone = workspace.record(day="2026-01-15")
    workspace.delete(f"/expenses/{gone['id']}")
    closed = expect(200, workspace.post("/close_period", {"through": "2026-01-31"}))
    assert closed["closed_through"] == "2026-01-31"
    refused = [
        workspace.post("/expenses", expense(day="2026-01-31")),
        workspace.patch(f"/expenses/{inside['id']}", {"note": "x"}),
        workspace.patch(f"/expenses/{inside['id']}", {"spent_on": "2026-02-02"}),
        workspace.delete(f"/expenses/{inside['id']}"),
        workspace.post(f"/expenses/{gone['id']}/restore"),
    ]
    for answer in refused:
        expect_problem(422, "period_closed", answer)
    expect(200, workspace.post(f"/expenses/{outside['id']}/restore"))
    moved = workspace.patch(f"/expenses/{outside['id']}", {"spent_on": "2026-01-31"})
    expect_problem(422, "period_closed", moved)
    workspace.record(day="2026-02-01")
    expect(200, workspace.post("/reopen_period", {"through": "2025-12-31", "reason": "late bill"}))
    expect(200, workspace.patch(f"/expenses/{inside['id']}", {"note": "x"}))


def test_a_category_tree_grows_moves_and_is_archived(workspace):
    food, travel = workspace.category("Food"), workspace.category("Travel")
    snacks = workspace.category("Snacks", food)
    assert [item["name"] for item in workspace.all("/categories")] == ["Food", "Snacks", "Travel"]
    workspace.category("Snacks", travel)
    refusals = {
        "name_taken": workspace.post("/categories", {"name": "SNACKS", "parent": food}),
        "category_cycle": workspace.patch(f"/categories/{food}", {"parent": snacks}),
        "category_unknown": workspace.post("/categories", {"name": "X",
                                                           "parent": "cat_" + "0" * 26}),
    }
    for code, answer in refusals.items():
        expect_problem(422, code, answer)
    expect_problem(422, "name_taken", workspace.patch(f"/categories/{snacks}", {"parent": travel}))
    made = workspace.record(category=snacks)
    assert workspace.all("/expenses", category=food) == [made]
    expect(200, workspace.patch(f"/categories/{snacks}", {"parent": None, "name": "Nibbles"}))
    assert workspace.all("/expenses", category=food) == []
    assert workspace.all("/expenses", category=snacks) == [made]

    expect(200, workspace.post(f"/categories/{snacks}/archive"))
    expect_problem(422, "category_archived", workspace.post("/expenses", expense(category=snacks)))
    assert workspace.all("/expenses", category=snacks) == [made]
    assert snacks not in [item["id"] for item in workspace.all("/categories")]
    assert [item["id"] for item in workspace.all("/categories", archived="true")] == [snacks]
    expect(200, workspace.post(f"/categories/{snacks}/restore"))
    workspace.record(category=snacks)


def test_an_archived_workspace_can_only_be_read(workspace):
    made = workspace.record()
    assert expect(200, workspace.post("/archive"))["archived"] is True
    path = f"/expenses/{made['id']}"
    for answer in (workspace.post("/expenses", expense()), workspace.delete(path),
                   workspace.post("/categories", {"name": "x"}),
                   workspace.patch("", {"name": "x"})):
        expect_problem(409, "workspace_archived", answer)
    assert workspace.all("/expenses") == [made]
    expect(200, workspace.post("/restore"))
    workspace.record()


def test_ids_of_another_kind_or_form_are_missing_and_never_an_error(workspace):
    category = workspace.category("Food")
    for identity in (category, "exp_", "exp_" + "0" * 25, "exp_" + "Z" * 26, "x", "%00", "..%2F"):
        answer = workspace.get(f"/expenses/{identity}")
        assert answer.status_code in (400, 404), answer.text
    for path in ("/budgets/exp_" + "0" * 26, "/alerts/bud_" + "0" * 26):
        expect_problem(404, "not_found", workspace.get(path))
