"""A journal that lost records, or a store that fell back, is noticed and never served as the truth.

What is older than the other side halts or catches up: a journal that lost what was projected halts
writing where it did, with a reason; a store that lost rows is brought up again from the journal.
"""
import json
import shutil
from urllib.parse import urlsplit

import httpx
import pytest
from client import Workspace, expect_problem, expense
from installations import ScaleOut
from journal_fold import partition_of
from nodes import Node
from services import delete_topic, dump_sql, run_sql
from store_sql import sql
from waiting import wait_until

NOTICED_S = 60
PARTITIONS = 16
DISASTER_S = 15  # within which every request is answered meanwhile


def status_of(outlay) -> dict:
    """Also of an installation with halted partitions; empty while it cannot be told."""
    text = outlay.tool("status", "--json").stdout
    return json.loads(text) if text else {}


def halts_of(outlay) -> dict[int, str]:
    return {one["partition"]: one["halt"] for one in status_of(outlay).get("partitions", []) if one["halt"]}


def wait_until_even(outlay) -> None:
    count = 1 if outlay.is_embedded else PARTITIONS  # a partition that nobody projected is not told of
    wait_until(lambda: (found := status_of(outlay)) and len(found["partitions"]) == count
               and (found["lag"], found["halted"]) == (0, 0), "everything is projected", NOTICED_S)


def check_proven(outlay) -> None:
    done = outlay.tool("verify", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["identical"], done.stdout + done.stderr


def filled(outlay, count: int = 5) -> Workspace:
    place = Workspace.make(outlay.client())
    place.budget("All", 500)
    for number in range(count):
        place.record(100 + number)
    return place


def expenses_of(place: Workspace) -> dict[str, dict]:
    return {item["id"]: item for item in place.all("/expenses", limit=100)}


def try_to_write(place: Workspace) -> int | None:
    """The status of an attempt, which may be refused or not be known, but may not be promised."""
    try:
        answer = place.post("/expenses", expense(note="after the loss"), timeout=DISASTER_S)
    except httpx.ReadTimeout:
        pytest.fail("a request was not answered")
    assert answer.status_code in (202, 503), answer.text
    return answer.status_code


def check_halted(outlay, place: Workspace, partition: int, known: dict[str, dict], restarted: list[Node]) -> None:
    """Writing is refused with the reason, reading goes on, and a restart changes neither."""
    for node in (None, *restarted):
        if node is not None:
            node.stop()
            node.start()
        wait_until(lambda: halts_of(outlay).get(partition) == "lost_tail", "the halt", NOTICED_S)
        # A node looks at the checkpoints once a second; until then it promises nothing.
        wait_until(lambda: try_to_write(place) == 503, "writing is refused")
        expect_problem(503, "partition_halted", place.post("/expenses", expense()))
        assert expenses_of(place) == known
    told = outlay.tool("status")
    assert told.returncode == 1 and "lost_tail" in told.stdout


def in_another_partition(outlay, place: Workspace) -> Workspace:
    """A workspace that does not share the fate of that one's partition."""
    while partition_of((other := Workspace.make(outlay.client())).id, PARTITIONS) == partition_of(
            place.id, PARTITIONS):
        pass
    return other


def test_a_topic_that_was_made_anew_halts(scale_out, kafka_address):
    outlay = scale_out(2)
    place = filled(outlay)
    known = expenses_of(place)
    delete_topic(kafka_address, outlay.places.topic)
    wait_until(lambda: outlay.tool("topics", "apply").returncode == 0, "the new topic")
    partition = partition_of(place.id, PARTITIONS)
    wait_until(lambda: try_to_write(place) and halts_of(outlay).get(partition) == "lost_tail",
               "the loss is noticed", NOTICED_S)
    check_halted(outlay, place, partition, known, outlay.workers)
    assert set(halts_of(outlay).values()) == {"lost_tail"}


@pytest.mark.parametrize("writes_first", [True, False], ids=["written to", "left alone"])
def test_a_broker_restored_from_an_older_copy_halts_what_it_lost(scale_out, own_kafka, writes_first):
    outlay = scale_out(1, kafka=own_kafka.address)
    place = filled(outlay)
    other = in_another_partition(outlay, place)
    data, copy = own_kafka.directory / "data", own_kafka.directory / "copy"
    own_kafka.stop()
    shutil.copytree(data, copy)
    own_kafka.start()
    for number in range(5):
        wait_until(lambda number=number: place.post("/expenses", expense(number + 1)).status_code == 201,
                   "writing goes on")
    known = expenses_of(place)
    own_kafka.kill()
    shutil.rmtree(data)
    copy.rename(data)
    own_kafka.start()
    partition = partition_of(place.id, PARTITIONS)
    wait_until(lambda: (not writes_first or try_to_write(place))
               and halts_of(outlay).get(partition) == "lost_tail", "the loss is noticed", NOTICED_S)
    check_halted(outlay, place, partition, known, outlay.nodes)
    assert set(halts_of(outlay)) == {partition}
    wait_until(lambda: other.post("/expenses", expense()).status_code == 201, "others go on", NOTICED_S)


def replace_database(outlay: ScaleOut, statements: str) -> None:
    """Under the eyes of the processes that use it."""
    place = urlsplit(outlay.places.postgres)
    server, name = place._replace(path="/postgres").geturl(), place.path[1:]
    run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")
    run_sql(server, f"CREATE DATABASE {name}")
    run_sql(outlay.places.postgres, statements)


def test_a_database_restored_from_an_older_dump_catches_up(scale_out):
    outlay = scale_out(2)
    place = filled(outlay)
    older = dump_sql(outlay.places.postgres)
    for number in range(5):
        place.record(200 + number)
    place.delete(f"/expenses/{next(iter(expenses_of(place)))}")
    known, alerts = expenses_of(place), place.all("/alerts")
    outbox = sql(outlay, "SELECT id FROM outlay.outbox ORDER BY id")
    replace_database(outlay, older)
    wait_until_even(outlay)
    assert expenses_of(place) == known and place.all("/alerts") == alerts
    assert sql(outlay, "SELECT id FROM outlay.outbox ORDER BY id") == outbox
    assert place.record(7)["id"] not in known
    wait_until_even(outlay)
    check_proven(outlay)


def test_an_empty_database_is_filled_from_the_journal_and_notifies_nobody_again(scale_out):
    outlay = scale_out(2)
    place = filled(outlay)
    wait_until_even(outlay)
    content = "SELECT id, state, amount_minor, spent_on, note FROM g1.expenses ORDER BY id"
    expenses, alerts = sql(outlay, content), sql(outlay, "SELECT id, state FROM g1.alerts ORDER BY id")
    assert sql(outlay, "SELECT count(*) FROM outlay.outbox") == "2"
    replace_database(outlay, "")
    assert place.get("/expenses", timeout=DISASTER_S).status_code in (500, 503)
    outlay.owner_key_file.unlink()
    made = outlay.tool("migrate", "--owner-key-file", str(outlay.owner_key_file))
    assert made.returncode == 0, made.stderr
    wait_until_even(outlay)
    assert sql(outlay, content) == expenses
    assert sql(outlay, "SELECT id, state FROM g1.alerts ORDER BY id") == alerts
    assert sql(outlay, "SELECT count(*) FROM outlay.outbox") == "0"
    # Identities are not in the journal: the keys of before are no keys any more.
    wait_until(lambda: place.get("/expenses").status_code == 401, "an old key is refused")
    Workspace.make(outlay.client()).record()
    wait_until_even(outlay)
    check_proven(outlay)


def copy_of(outlay, name: str) -> list:
    """The file of a stopped server with what SQLite keeps beside it."""
    return [(path.name, path.read_bytes()) for path in sorted(outlay.data.glob(f"{name}*"))]


def put_back(outlay, name: str, copies: list) -> None:
    for path in outlay.data.glob(f"{name}*"):
        path.unlink()
    for file, content in copies:
        (outlay.data / file).write_bytes(content)


@pytest.fixture
def older_files(embedded):
    """A server that went on after its files were copied, and is stopped; with its workspace."""
    outlay = embedded()
    place = filled(outlay)
    outlay.stop()
    copies = {name: copy_of(outlay, name) for name in ("journal.db", "store.db")}
    outlay.start()
    for number in range(5):
        place.record(200 + number)
    known = expenses_of(place)
    outlay.stop()
    return outlay, place, known, copies


def test_a_store_file_restored_from_an_older_copy_catches_up(older_files):
    outlay, place, known, copies = older_files
    put_back(outlay, "store.db", copies["store.db"])
    outlay.start()
    wait_until_even(outlay)
    assert expenses_of(place) == known
    check_proven(outlay)


def test_a_journal_file_restored_from_an_older_copy_halts(older_files):
    outlay, place, known, copies = older_files
    put_back(outlay, "journal.db", copies["journal.db"])
    outlay.start()
    check_halted(outlay, place, 0, known, outlay.nodes)
