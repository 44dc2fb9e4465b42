"""A command takes effect at most once, however often and however late it is sent again.

Parallel copies of one request all get its one answer. A key belongs to one request: with another
body it is refused, and nothing happens. A line of a bulk request has the same key as a single POST.
"""
import json
from uuid import uuid4

import pytest
from bulk import send_bulk
from client import Workspace, at_once, expect, expect_problem, expense

COPIES = 100


def test_a_hundred_parallel_copies_are_one_expense(workspace, other_front):
    key, fronts = uuid4().hex, [workspace, workspace.seen_by(other_front)]
    answers = at_once(COPIES, lambda number: fronts[number % 2].post("/expenses", expense(),
                                                                     key=key))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({(answer.headers["location"], answer.headers["etag"]) for answer in answers}) == 1
    replayed = [answer.headers.get("idempotent-replayed") for answer in answers]
    assert replayed.count(None) <= 1 and set(replayed) <= {None, "true"}
    (stored,) = workspace.all("/expenses")
    assert stored == answers[0].json() and stored["version"] == 1


def test_a_late_copy_shows_the_expense_as_it_was(workspace):
    key = uuid4().hex
    first = workspace.post("/expenses", expense(), key=key)
    path = f"/expenses/{first.json()['id']}"
    expect(200, workspace.patch(path, {"note": "later"}))
    late = workspace.post("/expenses", expense(), key=key)

    assert (late.status_code, late.content) == (201, first.content)
    assert late.headers["idempotent-replayed"] == "true"
    assert late.headers["etag"] == first.headers["etag"] == '"v1"'
    assert late.headers["location"] == first.headers["location"] == workspace.path(path)
    assert "idempotent-replayed" not in first.headers
    assert expect(200, workspace.get(path))["note"] == "later"


def test_a_body_written_in_another_way_is_the_same_request(workspace):
    key, body = uuid4().hex, expense(merchant="Café", note=None)
    first = expect(201, workspace.post("/expenses", body, key=key))
    text = json.dumps(dict(reversed(body.items())), indent=4)
    again = workspace.post("/expenses", content=text, key=f'"{key}"',
                           headers={"Content-Type": "application/json; charset=utf-8"})
    assert expect(201, again) == first and again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("change", ["body", "path", "method"])
def test_a_key_with_another_request_is_refused_and_nothing_happens(workspace, change):
    key = uuid4().hex
    made = expect(201, workspace.post("/expenses", expense(), key=key))
    path = f"/expenses/{made['id']}"
    answer = {
        "body": lambda: workspace.post("/expenses", expense(amount=1251), key=key),
        "path": lambda: workspace.post("/categories", {"name": "Food"}, key=key),
        "method": lambda: workspace.delete(path, key=key),
    }[change]()
    expect_problem(422, "idempotency_key_reused", answer)
    assert workspace.all("/expenses") == [made] and workspace.all("/categories") == []


def test_parallel_requests_that_share_a_key_by_mistake_are_one_expense(workspace):
    key = uuid4().hex
    answers = at_once(20, lambda number: workspace.post("/expenses", expense(100 + number % 2),
                                                        key=key))
    (stored,) = workspace.all("/expenses")
    for number, answer in enumerate(answers):
        if 100 + number % 2 == stored["amount"]["amount"]:
            assert expect(201, answer) == stored
        else:
            expect_problem(422, "idempotency_key_reused", answer)


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_parallel_copies_of_a_change_are_one_event(workspace, method):
    made, key = workspace.record(), uuid4().hex
    path = f"/expenses/{made['id']}"
    answers = at_once(30, lambda _: workspace.delete(path, key=key) if method == "delete"
                      else workspace.patch(path, {"note": "once"}, key=key))
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (200, answers[0].content)}
    assert answers[0].json()["version"] == 2
    assert len(workspace.all(f"{path}/history")) == 2


def test_an_update_may_be_sent_again_though_its_tag_is_old(workspace):
    made, key = workspace.record(), uuid4().hex
    path = f"/expenses/{made['id']}"
    answers = [workspace.patch(path, {"note": "x"}, key=key, if_match='"v1"') for _ in range(2)]
    assert expect(200, answers[0]) == expect(200, answers[1])
    assert answers[1].headers["idempotent-replayed"] == "true"


def test_a_refusal_does_not_spend_the_key(workspace):
    key = uuid4().hex
    expect_problem(422, "validation_failed",
                   workspace.post("/expenses", expense(amount=0), key=key))
    expect(201, workspace.post("/expenses", expense(), key=key))


def test_a_bulk_line_and_a_single_post_share_the_key(workspace):
    first, second = uuid4().hex, uuid4().hex
    posted = workspace.record(idempotency=first, note="single")
    line = {"idempotency_key": first, **expense(note="single")}
    (replay,) = send_bulk(workspace, [line])
    assert replay == {"line": 1, "status": 201, "id": posted["id"], "replayed": True}

    (recorded,) = send_bulk(workspace, [{"idempotency_key": second, **expense(note="bulk")}])
    again = workspace.post("/expenses", expense(note="bulk"), key=second)
    assert expect(201, again)["id"] == recorded["id"]
    assert again.headers["idempotent-replayed"] == "true" and "replayed" not in recorded

    (reused,) = send_bulk(workspace, [{"idempotency_key": second, **expense(note="other")}])
    assert (reused["status"], reused["problem"]["code"]) == (422, "idempotency_key_reused")
    assert len(workspace.all("/expenses")) == 2


def test_the_key_of_a_bulk_request_serves_the_lines_without_one(workspace):
    lines = [expense(100), {"idempotency_key": uuid4().hex, **expense(200)}, expense(100)]
    key = uuid4().hex
    first = send_bulk(workspace, lines, key=key)
    second = send_bulk(workspace, lines, key=key)
    assert [result["status"] for result in first] == [201, 201, 201]
    assert second == [{**result, "replayed": True} for result in first]
    assert len(workspace.all("/expenses")) == 3


def test_two_workspaces_and_two_people_never_share_a_key(workspace, owner):
    key = uuid4().hex
    elsewhere = Workspace.make(owner, "Elsewhere")
    _, by_another = workspace.add_person("member")
    made = [expect(201, place.post("/expenses", expense(), key=key))["id"]
            for place in (workspace, elsewhere, by_another)]
    assert len(set(made)) == 3


@pytest.mark.parametrize("key", [b"", b"a b", b"x" * 256, b'"broken', "ключ".encode()])
def test_a_malformed_key_is_refused(workspace, key):
    answer = workspace.post("/expenses", expense(), headers={"Idempotency-Key": key})
    expect_problem(400, "idempotency_key_invalid", answer)
    assert workspace.all("/expenses") == []


def test_creating_a_workspace_is_done_once(owner):
    key, body = uuid4().hex, {"name": "Home", "base_currency": "EUR", "time_zone": "UTC"}
    answers = at_once(20, lambda _: owner.post("/v1/workspaces", body, key=key))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {201}


def test_parallel_requests_for_a_person_with_one_key_are_one_person(owner, other_front):
    """People are not in the journal; their keys hold all the same."""
    fronts = [owner, other_front]
    for _ in range(10):
        key = uuid4().hex
        bodies = [{"name": f"N{number % 2}", "email": "n@example.com"} for number in range(8)]
        answers = at_once(8, lambda number: fronts[number // 2 % 2].post(
            "/v1/users", bodies[number], key=key))
        made = [answer.json() for answer in answers if answer.status_code == 201]
        assert made and len({(body["id"], body["key"], body["name"]) for body in made}) == 1
        for body, answer in zip(bodies, answers):
            if body["name"] == made[0]["name"]:
                expect(201, answer)
            else:
                expect_problem(422, "idempotency_key_reused", answer)


def test_a_secret_is_the_same_in_every_replay(workspace):
    key, body = uuid4().hex, {"name": "bot", "role": "member"}
    answers = at_once(20, lambda _: workspace.post("/service_accounts", body, key=key))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    (account,) = workspace.all("/service_accounts")
    assert account["id"] == answers[0].json()["id"] and "key" not in account
