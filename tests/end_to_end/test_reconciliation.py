"""Workers compare one workspace after the other with its events, and tell what differs.

A row that somebody edits is found, logged, shown in `outlay status` and told to the workspace once;
a repair ends it. What is right is never accused, also while writing goes on and processes are killed.
"""
import json
import threading

import pytest
from api_description import Description
from client import Workspace, expect
from receiver import Receiver
from standardwebhooks import Webhook
from store_sql import sql
from test_openapi import DOCUMENT
from waiting import wait_until

LOOKS_WHILE_WRITING = 3  # a look takes a twentieth of a processor, and longer the more was written


@pytest.fixture(params=["embedded", "scale_out"])
def own(request, monkeypatch):
    """An installation that nobody else uses, and that looks at a workspace each second."""
    monkeypatch.setenv("OUTLAY_RECONCILE", "1")
    return request.getfixturevalue(request.param)()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def status(outlay) -> tuple[int, dict]:
    """Exit code and what was found."""
    done = outlay.tool("status", "--json")
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)["reconciliation"]


def logged(outlay) -> str:
    return "".join(node.log.read_text(errors="replace") for node in outlay.nodes)


def test_an_edited_row_is_found_told_once_and_over_after_a_repair(own, receiver):
    place, other = Workspace.make(own.client()), Workspace.make(own.client(), name="Other")
    channel = expect(201, place.post("/channels", {
        "kind": "webhook", "url": receiver.url, "events": ["operations.*"]}))
    made = place.record(4711, note="as recorded")
    other.record()
    wait_until(lambda: status(own)[1]["looks"] >= 2, "both workspaces are looked at")
    assert status(own) == (0, {**status(own)[1], "mismatches": []})
    sql(own, "UPDATE g1.expenses SET note = 'forged' WHERE amount_minor = 4711")
    found = wait_until(lambda: status(own)[1]["mismatches"], "it is found")
    assert [(one["workspace"], one["rows"]) for one in found] == [(place.id, 1)]
    assert found[0]["difference"]["table"] == "read.expenses"
    assert found[0]["difference"]["detail"] == "note forged; the journal says as recorded"
    table = own.tool("status")
    assert table.returncode == 1 and f"`outlay repair --workspace {place.id}`" in table.stdout
    assert "rows differ from their events" in logged(own) and "forged" not in logged(own)
    looks = status(own)[1]["looks"]
    wait_until(lambda: status(own)[1]["looks"] > looks + 2, "it is seen again and again")
    done = own.tool("repair", "--workspace", place.id)
    assert done.returncode == 0, done.stderr
    assert "1 row was replaced" in done.stdout
    assert status(own)[0] == 0 and status(own)[1]["mismatches"] == []
    assert expect(200, place.get(f"/expenses/{made['id']}"))["note"] == "as recorded"
    wait_until(lambda: len(receiver.requests) >= 2, "both are told")
    looks = status(own)[1]["looks"]
    wait_until(lambda: status(own)[1]["looks"] > looks + 2, "it is well, again and again")
    messages = [Webhook(channel["secret"]).verify(request["body"], request["headers"])
                for request in receiver.requests]
    assert sorted(one["type"] for one in messages) == [
        "operations.rows_differ", "operations.rows_mended"]
    for message in messages:
        Description(DOCUMENT).check_message(message)
        assert "forged" not in json.dumps(message)
    assert {one["type"] for one in place.all("/notices")} == {one["type"] for one in messages}
    assert other.all("/notices") == []


def test_what_is_right_is_not_accused_while_it_changes(own):
    place = Workspace.make(own.client())
    place.budget("All", 1_000)
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            made = place.record(tags=["a", "b"])["id"]
            place.delete(f"/expenses/{made}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wait_until(lambda: status(own)[1]["looks"] >= LOOKS_WHILE_WRITING, "some looks", 60)
    finally:
        ended.set()
        writer.join()
    assert status(own) == (0, {**status(own)[1], "mismatches": []})
    assert place.all("/notices") == []


def test_a_killed_process_goes_on_with_the_next_look(embedded, monkeypatch):
    monkeypatch.setenv("OUTLAY_RECONCILE", "1")
    own = embedded()
    Workspace.make(own.client())
    for _ in range(3):
        looks = status(own)[1]["looks"]
        wait_until(lambda before=looks: status(own)[1]["looks"] > before, "another look")
        own.kill()
        own.start()
    assert status(own)[0] == 0


def test_nothing_is_looked_at_if_nobody_wants_it(embedded, monkeypatch):
    monkeypatch.setenv("OUTLAY_RECONCILE", "0")
    own = embedded()
    Workspace.make(own.client()).record()
    own.stop()
    assert status(own)[1]["looks"] == 0
    assert "no workspace was compared" in own.tool("status").stdout
