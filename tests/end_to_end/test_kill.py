"""What was answered is there, whatever is killed when, and a second try makes the rest.

kill -9 hits the embedded server, an api, or the workers in the middle of an import and of single
writes. After a restart the import is sent again: every figure is right, as if nothing had happened.
"""
import random
import threading
from uuid import uuid4

import httpx
import ledger
import pytest
from bulk import BulkUpload, send_bulk
from client import Workspace, expect, expense
from household import Household
from waiting import wait_until

SEED = 4_711
ROWS = 2_000  # enough that a kill finds hundreds of lines on their way
WRITERS = 3
ROUNDS = 12


@pytest.fixture
def make_household(tmp_path):
    """Prepares the generated ledger on an installation; nothing of it is brought in."""
    def make(outlay) -> Household:
        print(f"ledger of seed {SEED}")
        rows = ledger.generate(SEED, ROWS)
        file = ledger.write(rows, tmp_path / "ledger.csv", SEED)
        return Household.prepare(outlay.client(), file, rows)
    return make


class Writer(threading.Thread):
    """Records expenses one after the other until it cannot or need not any more."""

    def __init__(self, workspace: Workspace):
        super().__init__(daemon=True)
        self.sent: dict[str, dict] = {}  # bodies by their keys, answered or not
        self.made: list[dict] = []       # what a 201 promised
        self.enough = threading.Event()
        self._workspace = workspace

    def run(self) -> None:
        while not self.enough.is_set():
            key, body = uuid4().hex, expense(len(self.sent) + 1, note=self.name)
            self.sent[key] = body
            try:
                answer = self._workspace.post("/expenses", body, key=key)
            except httpx.TransportError:
                return
            if answer.status_code == 201:
                self.made.append(answer.json())

    def check(self, workspace: Workspace) -> None:
        """Every promise was kept, and what is sent again is there once."""
        for promised in self.made:
            assert expect(200, workspace.get(f"/expenses/{promised['id']}")) == promised
        ids = {expect(201, workspace.post("/expenses", body, key=key))["id"]
               for key, body in self.sent.items()}
        assert len(ids) == len(self.sent) and {item["id"] for item in self.made} <= ids


@pytest.fixture
def writers():
    """Starts writers on a workspace of their own."""
    started = []

    def start(outlay) -> list[Writer]:
        workspace = Workspace.make(outlay.client(), "Writers")
        started.extend(Writer(workspace) for _ in range(WRITERS))
        for writer in started:
            writer.start()
        wait_until(lambda: all(len(writer.made) > 2 for writer in started), "every writer writes")
        return started

    yield start
    for writer in started:
        writer.enough.set()


def check_writers(outlay, writers: list[Writer]) -> None:
    for writer in writers:
        writer.enough.set()
        writer.join(60)
    workspace = writers[0]._workspace.seen_by(outlay.client())
    for writer in writers:
        writer.check(workspace)
    assert len(workspace.all("/expenses", limit=100)) == sum(len(one.sent) for one in writers)


def import_until_killed(household: Household, node, part: float) -> dict[int, str]:
    """Imports from the beginning, kills at `part` of the answers; returns what was promised."""
    lines = household.lines
    held_back = len(lines) - len(lines) // 10  # these are never sent: the kill is in the middle
    upload = BulkUpload(household.workspace)
    upload.send(lines[:held_back])
    upload.wait_results(int(part * len(lines)))
    node.kill()
    upload.wait_end()
    assert not upload.is_complete
    assert {result["status"] for result in upload.results} == {201}
    return {result["line"]: result["id"] for result in upload.results}


def check_sent_again(household: Household, promised: dict[int, str]) -> None:
    results = send_bulk(household.workspace, household.lines)
    assert {result["status"] for result in results} == {201}
    ids = [result["id"] for result in results]
    for result in results:
        if result["line"] in promised:
            assert result["id"] == promised[result["line"]] and result["replayed"]
    household.check(ids)
    again = send_bulk(household.workspace, household.lines)
    assert again == [{**result, "replayed": True} for result in results]
    household.check(ids)


def test_the_embedded_server_is_killed_again_and_again(shared_embedded, make_household, writers):
    shared_embedded.start()
    household, promised = make_household(shared_embedded), {}
    at_work = writers(shared_embedded)
    for part in (0.2, 0.5, 0.8):
        promised |= import_until_killed(household, shared_embedded.front, part)
        shared_embedded.start()
        household = household.seen_by(shared_embedded.client())
    check_sent_again(household, promised)
    check_writers(shared_embedded, at_work)


def test_an_api_is_killed(shared_workers, make_household, writers):
    household, at_work = make_household(shared_workers), writers(shared_workers)
    promised = import_until_killed(household, shared_workers.front, 0.4)
    shared_workers.start()
    check_sent_again(household.seen_by(shared_workers.client()), promised)
    check_writers(shared_workers, at_work)


def test_all_workers_are_killed(shared_workers, make_household, writers):
    household, at_work = make_household(shared_workers), writers(shared_workers)
    held_back = len(household.lines) * 9 // 10
    upload = BulkUpload(household.workspace)
    upload.send(household.lines[:held_back])
    upload.wait_results(len(household.lines) // 4)
    for worker in shared_workers.workers:
        worker.kill()
    upload.send(household.lines[held_back:])
    shared_workers.start()
    upload.finish()

    assert upload.is_complete and len(upload.results) == len(household.lines)
    assert {result["status"] for result in upload.results} == {201}
    check_sent_again(household, {result["line"]: result["id"] for result in upload.results})
    check_writers(shared_workers, at_work)


def test_the_work_of_a_dead_worker_goes_to_another_and_back(shared_workers, make_household):
    """Over several workspaces, because one lies in one partition, which has one worker."""
    client = shared_workers.client()
    places = [Workspace.make(client, f"Home {number}") for number in range(8)]
    shared_workers.workers[0].kill()
    for number, place in enumerate(places):
        answer = place.post("/expenses", expense(number + 1), prefer="respond-async")
        seen = place.get("/expenses", token=answer.headers["consistency-token"], prefer="wait=30")
        assert expect(200, seen)["data"][0]["amount"]["amount"] == number + 1

    household = make_household(shared_workers)
    upload = BulkUpload(household.workspace)
    upload.send(household.lines[:ROWS // 2])
    upload.wait_results(ROWS // 4)
    shared_workers.start()
    upload.send(household.lines[ROWS // 2:])
    upload.finish()
    assert {result["status"] for result in upload.results} == {201}
    household.check([result["id"] for result in upload.results])


@pytest.mark.long
def test_whatever_is_killed_whenever(outlay, make_household):
    seed = random.randrange(2**32)
    print(f"kills of seed {seed}")
    chance, household, promised = random.Random(seed), make_household(outlay), {}
    held_back = ROWS * 8 // 10
    for _ in range(ROUNDS):
        upload = BulkUpload(household.workspace)
        upload.send(household.lines[:held_back])
        upload.wait_results(chance.randrange(held_back))
        for node in chance.sample(outlay.nodes, chance.randint(1, len(outlay.nodes))):
            node.kill()
        front_lives = outlay.front.alive()
        outlay.start()
        household = household.seen_by(outlay.client())
        if front_lives:
            upload.send(household.lines[held_back:])
            upload.finish()
        upload.wait_end()
        promised |= {result["line"]: result["id"] for result in upload.results
                     if result["status"] == 201}
    check_sent_again(household, promised)
