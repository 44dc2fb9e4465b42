"""`outlay journal skip`: a partition that stands still at a record goes on once an operator names it.

The steps are those that `outlay status` tells. Nothing else clears such a halt, nothing else is cleared by a
skip, and every replay agrees with it.
"""
import json
import shlex

import pytest
from client import Workspace, expect, expect_problem, expense
from moving import fill, run, state_of
from planted import forged_commit, plant
from store_sql import sql
from test_restored_data import in_another_partition, status_of
from waiting import wait_until

REASON = "written by a branch that was lost"


@pytest.fixture(params=["embedded", "scale_out"])
def own(request):
    """An installation that nobody else uses."""
    return request.getfixturevalue(request.param)()


def halted(outlay) -> dict:
    """The partition that stands still, as it is told."""
    def look() -> dict | None:
        stopped = [one for one in status_of(outlay).get("partitions", []) if one["halt"]]
        return stopped[0] if stopped else None
    return wait_until(look, "the halt")


def plant_and_halt(outlay, place: Workspace, record: dict) -> dict:
    """A record comes in from elsewhere; the partition stands still at it."""
    if outlay.is_embedded:
        outlay.stop()
    position = plant(outlay, place.id, record)
    outlay.start()
    stopped = halted(outlay)
    assert stopped["halting_record"]["position"] == position
    return stopped


def skip(outlay, command: str, *more: str, status: int = 0) -> str:
    """The command as it was told, with a reason; an embedded server is stopped for it, as its help says."""
    program, *arguments = shlex.split(command)
    assert program == "outlay" and arguments[-2:] == ["--reason", "..."]
    if outlay.is_embedded:
        outlay.stop()
    done = run(outlay, *arguments[:-1], REASON, *more, status=status)
    outlay.start()
    return done.stdout + done.stderr


def test_a_commit_of_another_history_halts_and_is_skipped_as_status_says(own):
    place, _ = fill(own.client(), "Home")
    elsewhere = None if own.is_embedded else in_another_partition(own, place)
    before = state_of(own)
    forged = forged_commit(own, place.id)
    stopped = plant_and_halt(own, place, forged)
    assert stopped["halt"] == "head" and "journal skip" in stopped["remedy"]
    named = stopped["halting_record"]
    assert (named["workspace"], named["command"]) == (place.id, forged["command"])
    text = run(own, "status", status=1).stdout
    assert named["skip"] in text and place.id in text and forged["command"] in text
    wait_until(lambda: place.post("/expenses", expense()).status_code == 503, "writing is refused")
    expect_problem(503, "partition_halted", place.post("/expenses", expense(5), key="later"))
    assert len(place.all("/expenses", limit=100)) == 29
    if elsewhere:
        elsewhere.record()
    told = skip(own, named["skip"], "--dry-run")
    assert "will never apply" in told and forged["command"] in told and "nothing was changed" in told
    assert halted(own)["next"] == stopped["next"]
    told = skip(own, named["skip"])
    wait_until(lambda: status_of(own)["halted"] == 0, "it goes on")
    wait_until(lambda: place.post("/expenses", expense(5), key="later").status_code == 201, "writing goes on")
    after = state_of(own)
    assert after["identical"] and before["identical"]
    partition, offset = named["position"].split(":")
    assert sql(own, f"SELECT verdict FROM g1.rejections WHERE log_partition = {partition}"
                    f" AND log_offset = {offset}") == "skipped"
    assert forged["command"] not in sql(own, "SELECT command FROM g1.commits")
    (noted,) = sql(own, "SELECT detail FROM outlay.operator_audit WHERE action = 'journal skip'").splitlines()
    assert json.loads(noted)["reason"] == REASON
    assert "is not halted" in skip(own, named["skip"], status=1)
    run(own, "rebuild")
    assert state_of(own)["state_digest"] == after["state_digest"]


def test_a_record_of_a_newer_version_is_skipped_too(own):
    place = Workspace.make(own.client())
    place.record(1)
    newer = {**forged_commit(own, place.id), "v": 2}
    stopped = plant_and_halt(own, place, newer)
    assert stopped["halt"] == "version" and stopped["halting_record"]["command"] == newer["command"]
    skip(own, stopped["halting_record"]["skip"])
    wait_until(lambda: place.post("/expenses", expense(2)).status_code == 201, "writing goes on")


def test_only_the_record_that_halts_can_be_skipped_and_only_by_its_hash(own):
    place = Workspace.make(own.client())
    place.record(1)
    stopped = plant_and_halt(own, place, forged_commit(own, place.id))
    named = stopped["halting_record"]
    position, partition = named["position"], named["position"].split(":")[0]
    if own.is_embedded:
        own.stop()
    for wrong, why in (([position, "--hash", "0" * 64], "has the hash " + named["hash"]),
                       ([f"{partition}:0", "--hash", named["hash"]], "is halted at " + position),
                       (["99:0", "--hash", named["hash"]], "no partition 99")):
        done = run(own, "journal", "skip", *wrong, "--reason", REASON, status=1)
        assert why in done.stderr and "nothing was changed" in done.stderr
    run(own, "journal", "skip", "nowhere", "--hash", "0", "--reason", REASON, status=2)
    run(own, "journal", "skip", position, "--hash", named["hash"], status=2)
    own.start()
    assert halted(own)["next"] == stopped["next"]


def test_a_served_folder_is_not_written_to(embedded):
    outlay = embedded()
    place = Workspace.make(outlay.client())
    place.record(1)
    named = plant_and_halt(outlay, place, forged_commit(outlay, place.id))["halting_record"]
    done = run(outlay, "journal", "skip", named["position"], "--hash", named["hash"], "--reason", REASON, status=1)
    assert "end the server" in done.stderr


def test_a_skip_survives_kill_9_of_the_workers_around_it(scale_out):
    outlay = scale_out()
    place = Workspace.make(outlay.client())
    place.record(1)
    outlay.start()
    named = plant_and_halt(outlay, place, forged_commit(outlay, place.id))["halting_record"]
    for worker in outlay.workers:
        worker.kill()
    arguments = ["journal", "skip", named["position"], "--hash", named["hash"], "--reason", REASON]
    assert "no worker has gone on yet" in run(outlay, *arguments).stdout
    # Whoever was killed over it runs it again, and nothing is appended twice.
    assert "is named at" in run(outlay, *arguments).stdout
    outlay.start()
    wait_until(lambda: status_of(outlay)["halted"] == 0, "it goes on")
    skips = outlay.tool("journal", "cat", "--kind", "skip", "--json").stdout.splitlines()
    assert len(skips) == 1
    place.record(2)
    assert expect(200, place.get("/expenses"))["data"]
