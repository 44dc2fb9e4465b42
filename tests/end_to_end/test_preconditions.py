"""Who writes with an ETag never overwrites what they have not seen.

Of parallel writers with one tag exactly one wins, and the others learn the current tag. Writers
without a tag all get through, one after the other, and none of their changes is lost.
"""
import pytest
from client import Workspace, at_once, expect, expect_problem, expense

WRITERS = 20


@pytest.fixture
def fronts(workspace, other_front) -> list[Workspace]:
    """The workspace at two nodes, where the form has two."""
    return [workspace, workspace.seen_by(other_front)]


def test_of_parallel_writers_with_one_tag_one_wins(workspace, fronts):
    path = f"/expenses/{workspace.record()['id']}"
    answers = at_once(WRITERS, lambda number: fronts[number % 2].patch(
        path, {"note": f"writer {number}"}, if_match='"v1"'))
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == 1 and won[0].headers["etag"] == '"v2"'
    for answer in answers:
        if answer is not won[0]:
            problem = expect_problem(412, "precondition_failed", answer)
            assert problem["current_etag"] == answer.headers["etag"] == '"v2"'
    assert expect(200, workspace.get(path)) == won[0].json()
    assert len(workspace.all(f"{path}/history")) == 2


def test_parallel_writers_without_a_tag_lose_nothing(workspace, fronts):
    path = f"/expenses/{workspace.record()['id']}"
    answers = at_once(WRITERS, lambda number: fronts[number % 2].patch(
        path, {"note": f"writer {number}"}))
    assert {answer.status_code for answer in answers} <= {200, 409}
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert sorted(body["version"] for body in won) == list(range(2, 2 + len(won)))
    final = expect(200, workspace.get(path))
    assert final["version"] == 1 + len(won)
    assert final == max(won, key=lambda body: body["version"])
    notes = [event["data"]["note"]["after"] for event in workspace.all(f"{path}/history")[1:]]
    assert notes == [body["note"] for body in sorted(won, key=lambda body: body["version"])]


def test_parallel_siblings_with_one_name_are_one_category(workspace, fronts):
    answers = at_once(WRITERS, lambda number: fronts[number % 2].post(
        "/categories", {"name": "Food" if number % 2 else "FOOD"}))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * (WRITERS - 1)
    assert len(workspace.all("/categories")) == 1


def test_parallel_different_categories_all_come_in(workspace, fronts):
    answers = at_once(WRITERS, lambda number: fronts[number % 2].post(
        "/categories", {"name": f"C{number}"}))
    assert [answer.status_code for answer in answers] == [201] * WRITERS
    assert sorted(item["name"] for item in workspace.all("/categories")) == sorted(
        f"C{number}" for number in range(WRITERS))


@pytest.mark.parametrize("tag,status", [
    ('"v1"', 200), ("*", 200), ('"v7", "v1"', 200), ('W/"v1"', 412), ('"v2"', 412),
    ('"other"', 412), ("v1", 400), ('"v1', 400)])
def test_if_match_takes_lists_and_compares_strongly(workspace, tag, status):
    path = f"/expenses/{workspace.record()['id']}"
    answer = workspace.patch(path, {"note": "x"}, if_match=tag)
    assert answer.status_code == status, answer.text
    assert expect(200, workspace.get(path))["version"] == (2 if status == 200 else 1)


def test_every_change_of_a_resource_honours_if_match(workspace):
    made = workspace.record()
    budget = workspace.budget("All", 1000)
    category = workspace.category("Food")
    changes = [
        lambda: workspace.delete(f"/expenses/{made['id']}", if_match='"v9"'),
        lambda: workspace.post(f"/expenses/{made['id']}/restore", if_match='"v9"'),
        lambda: workspace.patch(f"/budgets/{budget['id']}", {"name": "x"}, if_match='"v9"'),
        lambda: workspace.post(f"/budgets/{budget['id']}/archive", if_match='"v9"'),
        lambda: workspace.patch(f"/categories/{category}", {"name": "x"}, if_match='"v9"'),
        lambda: workspace.post(f"/categories/{category}/archive", if_match='"v9"'),
        lambda: workspace.patch("", {"name": "x"}, if_match='"v9"'),
    ]
    for change in changes:
        problem = expect_problem(412, "precondition_failed", change())
        assert problem["current_etag"] == '"v1"'


def test_a_creation_may_insist_on_being_the_first(workspace):
    made = expense(id="exp_" + "0" * 25 + "1")
    only_new = {"If-None-Match": "*"}
    assert workspace.post("/expenses", made, headers=only_new, key="one").status_code == 201
    again = workspace.post("/expenses", made, headers=only_new, key="one")
    assert again.status_code == 201 and again.headers["Idempotent-Replayed"] == "true"
    for body in (made, {**made, "note": "other"}):
        expect_problem(412, "precondition_failed",
                       workspace.post("/expenses", body, headers=only_new))


def test_a_precondition_tells_nothing_to_who_may_not_write(workspace):
    path = f"/expenses/{workspace.record()['id']}"
    _, viewer = workspace.add_person("viewer")
    expect_problem(403, "forbidden", viewer.patch(path, {"note": "x"}, if_match='"v9"'))
