"""Outlay never says more than it knows, and what it says can be followed up.

Who does not want to wait, or cannot be told in time, gets an operation that ends as applied or
closed. A read that carries the token of a write includes that write, or says that it cannot.
"""
import json
from uuid import uuid4

import pytest
from bulk import post_bulk, send_bulk
from client import Client, Workspace, at_once, expect, expect_problem, expense
from waiting import wait_until

PROMISED_WAIT_S = 2  # by default, for the effect of a command


def operation_of(workspace: Workspace, accepted: dict) -> dict:
    return expect(200, workspace.get(f"/operations/{accepted['id']}"))


def applied(workspace: Workspace, accepted: dict) -> dict:
    """The operation once it is not pending any more."""
    done = wait_until(lambda: (found := operation_of(workspace, accepted))["state"] != "pending"
                      and found, "the operation ends")
    assert done["state"] == "applied" and done["problem"] is None, done
    return done


def accepted(workspace: Workspace, answer) -> dict:
    """The operation of a 202, which says where it is and when to ask."""
    body = expect(202, answer)
    assert answer.headers["location"] == workspace.path(f"/operations/{body['id']}")
    assert int(answer.headers["retry-after"]) > 0 and answer.headers["consistency-token"]
    assert (body["object"], body["state"]) == ("operation", "pending")
    return body


def test_respond_async_answers_with_an_operation_that_is_applied(workspace):
    answer = workspace.post("/expenses", expense(note="later"), prefer="respond-async")
    assert answer.headers["preference-applied"] == "respond-async"
    done = applied(workspace, accepted(workspace, answer))
    stored = expect(200, workspace.get(f"/expenses/{done['resource']['id']}"))
    assert stored == done["resource"] and stored["note"] == "later"


def test_an_alert_that_ended_before_its_acknowledgement_is_not_called_acknowledged(shared_workers):
    workspace = Workspace.make(shared_workers.client())
    workspace.budget("All", 1000, percents=[80])
    made = workspace.record(900, "2026-01-05")
    (alert,) = workspace.all("/alerts")
    path = f"/alerts/{alert['id']}/acknowledge"
    with shared_workers.workers_paused():  # nobody knows yet that the expense is void
        expect(202, workspace.delete(f"/expenses/{made['id']}", prefer="respond-async"))
        expect(202, workspace.post(path, key="mine", prefer="respond-async"))
    answer = workspace.post(path, key="mine")
    told = expect(200, answer)
    assert answer.headers["Idempotent-Replayed"] == "true"
    assert (told["state"], told["acknowledged_at"], told["version"]) == ("resolved", None, 2)
    assert workspace.all("/alerts") == [told]


def test_every_kind_of_command_can_be_followed_up(workspace):
    made = workspace.record()["id"]
    commands = {
        "expense": lambda: workspace.patch(f"/expenses/{made}", {"note": "x"}, **asynchronous),
        "category": lambda: workspace.post("/categories", {"name": "Food"}, **asynchronous),
        "member": lambda: workspace.post("/service_accounts", {"name": "bot", "role": "viewer"},
                                         **asynchronous),
        "workspace": lambda: workspace.patch("", {"name": "Ours"}, **asynchronous),
        "budget": lambda: workspace.post("/budgets", {
            "name": "All", "limit": {"amount": 1, "currency": "EUR"},
            "period": {"every": "month", "anchor": "2015-01-01"}}, **asynchronous),
    }
    asynchronous = {"prefer": "respond-async"}
    for kind, command in commands.items():
        done = applied(workspace, accepted(workspace, command()))
        found = done["resource"]["object"]
        assert found == ("service_account" if kind == "member" else kind)


def test_the_operation_of_a_command_that_changed_nothing_shows_nothing_else(workspace):
    food = workspace.category("Food")
    workspace.category("Rent")
    answer = workspace.patch(f"/categories/{food}", {"name": "Food"}, key="again",
                             prefer="respond-async")
    assert applied(workspace, accepted(workspace, answer))["resource"] is None


@pytest.mark.parametrize("prefer,status,honoured", [
    ("wait=10", 201, "wait=10"), ("wait=0", 202, "wait=0"),
    ("respond-async, wait=10", 201, "respond-async, wait=10"),
    ("wait=soon, handling=lenient", 201, None),
    ("RESPOND-ASYNC", 202, "respond-async")])
def test_prefer_says_how_long_to_wait(workspace, prefer, status, honoured):
    answer = workspace.post("/expenses", expense(), prefer=prefer)
    assert (answer.status_code, answer.headers.get("preference-applied")) == (status, honoured)
    workspace.get("/expenses", token=answer.headers["consistency-token"])


def test_a_bulk_request_may_be_asynchronous(workspace):
    lines = [expense(number + 1) for number in range(5)]
    answer = post_bulk(workspace, lines, prefer="respond-async")
    assert answer.status_code == 202 and answer.headers["preference-applied"] == "respond-async"
    results = [json.loads(line) for line in answer.text.splitlines()]
    assert [result["status"] for result in results] == [202] * 5
    for result in results:
        stored = wait_until(lambda: (got := workspace.get(f"/expenses/{result['id']}")).status_code
                            == 200 and got.json(), "the line is applied")
        assert stored["amount"]["amount"] == result["line"]


def test_a_read_with_the_token_of_a_write_sees_it(workspace):
    for number in range(20):
        answer = workspace.post("/expenses", expense(number + 1), prefer="respond-async")
        found = expect(200, workspace.get("/expenses", params={"amount": number + 1},
                                          token=answer.headers["consistency-token"]))
        assert len(found["data"]) == 1


def test_a_write_with_the_token_of_a_write_builds_on_it(workspace):
    identity = "exp_" + "2" * 26
    answer = workspace.post("/expenses", expense(id=identity), prefer="respond-async")
    changed = workspace.patch(f"/expenses/{identity}", {"note": "at once"},
                              token=answer.headers["consistency-token"])
    assert expect(200, changed)["version"] == 2


def test_a_refused_command_leaves_nothing(workspace):
    key = uuid4().hex
    refused = workspace.post("/expenses", expense(category="cat_" + "0" * 26), key=key,
                             prefer="respond-async")
    expect_problem(422, "category_unknown", refused)
    assert workspace.all("/expenses", state="any") == []
    answer = workspace.post("/expenses", expense(), key=key, prefer="respond-async")
    applied(workspace, accepted(workspace, answer))
    assert len(workspace.all("/expenses")) == 1


def test_an_operation_belongs_to_its_workspace_and_cannot_be_guessed(workspace, owner):
    body = accepted(workspace, workspace.post("/expenses", expense(), prefer="respond-async"))
    elsewhere = Workspace.make(owner, "Elsewhere")
    stranger = workspace.seen_by(elsewhere.add_service_account("owner")[1].client)
    altered = body["id"][:-1] + ("A" if body["id"][-1] != "A" else "B")
    for place, identity in ((elsewhere, body["id"]), (stranger, body["id"]), (workspace, altered),
                            (workspace, "op_x")):
        expect_problem(404, "not_found", place.get(f"/operations/{identity}"))


@pytest.mark.parametrize("token", ["", "nonsense", "AAAA", "%"])
def test_a_garbled_token_is_refused(workspace, token):
    for answer in (workspace.get("/expenses", token=token), workspace.post("/expenses", expense(),
                                                                          token=token)):
        problem = expect_problem(400, "malformed_parameter", answer)
        assert problem["errors"][0]["header"] == "Consistency-Token"
    assert workspace.all("/expenses") == []


def test_an_altered_token_is_refused(workspace):
    token = workspace.post("/expenses", expense()).headers["consistency-token"]
    middle = len(token) // 2
    altered = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1:]
    assert workspace.get("/expenses", token=altered).status_code in (400, 410)
    for garbled in (token[:-1], token + "A"):
        expect_problem(400, "malformed_parameter", workspace.get("/expenses", token=garbled))


def test_tokens_and_operations_of_another_journal_are_gone(workspace, embedded):
    other = embedded("other")
    foreign = Workspace.make(Client(other.url, other.owner_key))
    answer = foreign.post("/expenses", expense(), prefer="respond-async")
    token = answer.headers["consistency-token"]
    for refused in (workspace.get("/expenses", token=token), workspace.get(token=token),
                    workspace.post("/expenses", expense(), token=token)):
        expect_problem(410, "token_foreign", refused)
    gone = workspace.get(f"/operations/{answer.json()['id']}")
    assert gone.status_code in (404, 410)


class TestWithoutWorkers:
    """The scale-out form while nobody projects."""

    @pytest.fixture
    def workspace(self, shared_workers):
        workspace = Workspace.make(shared_workers.client())
        workspace.record()
        shared_workers.stop_workers()
        return workspace

    def test_a_create_is_accepted_and_applied_when_a_worker_comes(self, workspace, shared_workers):
        key = uuid4().hex
        answer = workspace.post("/expenses", expense(note="waits"), key=key)
        waited = answer.elapsed.total_seconds()
        body = accepted(workspace, answer)
        assert waited >= PROMISED_WAIT_S * 0.9
        token = answer.headers["consistency-token"]
        assert operation_of(workspace, body)["state"] == "pending"
        late = workspace.get("/expenses", token=token, prefer="wait=1")
        expect_problem(503, "projection_lag", late)
        assert len(workspace.all("/expenses")) == 1  # without the token: what is known
        again = expect(202, workspace.post("/expenses", expense(note="waits"), key=key,
                                           prefer="respond-async"))
        assert again["state"] == "pending"

        shared_workers.start()
        done = applied(workspace, body)
        assert applied(workspace, again)["resource"] == done["resource"]
        seen = expect(200, workspace.get("/expenses", token=token, prefer="wait=30"))
        assert len(seen["data"]) == 2
        replay = workspace.post("/expenses", expense(note="waits"), key=key)
        assert expect(201, replay) == done["resource"]
        assert replay.headers["idempotent-replayed"] == "true"

    def test_parallel_copies_that_nobody_could_answer_are_one_expense(self, workspace,
                                                                      shared_workers):
        key = uuid4().hex
        answers = at_once(10, lambda _: workspace.post("/expenses", expense(), key=key,
                                                       prefer="wait=1"))
        bodies = [accepted(workspace, answer) for answer in answers]
        shared_workers.start()
        made = {applied(workspace, body)["resource"]["id"] for body in bodies}
        assert len(made) == 1 and len(workspace.all("/expenses")) == 2

    def test_a_bad_command_is_refused_though_nobody_projects(self, workspace):
        expect_problem(422, "validation_failed", workspace.post("/expenses", expense(amount=0)))
        nothing = workspace.patch("/expenses/exp_" + "0" * 26, {"note": "x"})
        expect_problem(404, "not_found", nothing)

    def test_bulk_lines_are_applied_when_a_worker_comes(self, workspace, shared_workers):
        lines = [{"idempotency_key": uuid4().hex, **expense(number + 1)} for number in range(10)]
        results = send_bulk(workspace, lines, prefer="respond-async")
        assert {result["status"] for result in results} == {202}
        shared_workers.start()
        for result in results:
            applied(workspace, {"id": result["operation"]})
        again = send_bulk(workspace, lines)
        assert [(result["status"], result["id"], result["replayed"]) for result in again] == [
            (201, result["id"], True) for result in results]
