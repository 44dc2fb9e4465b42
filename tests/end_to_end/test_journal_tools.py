"""`outlay journal tail, cat, grep, stats, verify`: what a journal says, and whether it can be right."""
import json
import shutil

import pytest
from client import Workspace, expect, expense
from moving import JournalFile, fill, run, state_of


@pytest.fixture(params=["embedded", "scale_out"])
def own(request):
    """An installation that nobody else uses."""
    return request.getfixturevalue(request.param)()


def shown(outlay, *arguments: str) -> list[dict]:
    return [json.loads(line) for line in run(outlay, "journal", *arguments, "--json").stdout.splitlines()]


def test_records_are_found_by_what_they_say(own):
    client = own.client()
    (place, sent), (other, _) = fill(client, "One"), fill(client, "Other")
    state_of(own)
    everything = shown(own, "cat")
    ours = shown(own, "cat", "--workspace", place.id)
    assert {one["record"]["workspace"] for one in ours} == {place.id}
    assert len(ours) < len(everything) and other.id in {one["record"].get("workspace") for one in everything}
    created = shown(own, "cat", "--workspace", place.id, "--type", "expense.recorded")
    assert len(created) == 30
    assert len(shown(own, "cat", "--workspace", place.id, "--type", "expense.")) == 33
    command = created[7]["record"]["command"]
    assert [one["position"] for one in shown(own, "cat", "--command", command)] == [created[7]["position"]]
    member = created[0]["record"]["actor"]["member"]
    assert len(shown(own, "cat", "--actor", member)) == len(ours)
    assert [one["record"]["kind"] for one in shown(own, "cat", "--kind", "genesis")] == \
        ["genesis"] * (1 if own.is_embedded else 16)
    assert len(shown(own, "grep", '"am[e]nded"', "--workspace", place.id)) == 1
    # A part of a partition, as text.
    partition, first = created[0]["position"].split(":")
    part = run(own, "journal", "cat", "--from", created[0]["position"], "--to",
               f"{partition}:{int(first) + 2}").stdout.splitlines()
    assert [line.split("\t")[0] for line in part] == [f"{partition}:{int(first) + n}" for n in range(2)]
    assert len(shown(own, "tail", "--workspace", place.id)) <= 20
    for wrong in (["cat", "--workspace", "nobody"], ["grep", "("], ["cat", "--actor", "me"],
                  ["cat", "--from", "0:1", "--to", "1:2"]):
        assert "outlay: " in run(own, "journal", *wrong, status=1).stderr


def test_a_journal_is_counted(own):
    client = own.client()
    place, _ = fill(client, "One")
    fill(client, "Two")
    state_of(own)
    found = json.loads(run(own, "journal", "stats", "--json").stdout)
    assert found["workspaces"] == 2 and found["events"]["expense.recorded"] == 60
    assert found["verdicts"]["control"] == (1 if own.is_embedded else 16)
    assert found["records"] == sum(found["verdicts"].values())
    one = json.loads(run(own, "journal", "stats", "--workspace", place.id, "--json").stdout)
    assert one["workspaces"] == 1 and one["events"]["expense.recorded"] == 30
    assert "expense.recorded" in run(own, "journal", "stats").stdout


def test_a_healthy_journal_is_proven(own):
    fill(own.client(), "Well")
    state_of(own)
    found = json.loads(run(own, "journal", "verify", "--json").stdout)
    assert found["ok"] and all(one["bad"] is None for one in found["partitions"])
    compared = sum(one["compared"] for one in found["partitions"])
    assert compared == sum(one["records"] for one in found["partitions"]) > 30


def flip(journal: JournalFile) -> int:
    """One bit of one record, as a disk does it."""
    value = bytearray(journal.records()[20][2])
    value[200] ^= 0x01
    journal.execute("UPDATE records SET value = ? WHERE record_offset = 20", bytes(value))
    return 20


def flip_knowingly(journal: JournalFile) -> int:
    """The same, with a checksum that fits."""
    records = journal.records()
    at, key, value = records[20]
    records[20] = (at, key, value.replace(b'"amount":4', b'"amount":5', 1))
    assert records[20][2] != value
    journal.rewrite(records)
    return 20


def lose(journal: JournalFile) -> int:
    journal.execute("DELETE FROM records WHERE record_offset = 15")
    return 15


def remove(journal: JournalFile) -> int:
    records = journal.records()
    journal.rewrite(records[:15] + records[16:])
    return 15


def reorder(journal: JournalFile) -> int:
    records = journal.records()
    records[12], records[13] = records[13], records[12]
    journal.rewrite(records)
    return 12


def insert(journal: JournalFile) -> int:
    """A record that is a fact by every rule: another expense, by the same member."""
    records = journal.records()
    forged = json.loads(records[10][2])
    # Other characters in the middle of the ids, so that they stay well formed.
    forged["command"] = forged["command"][:-6] + "000" + forged["command"][-3:]
    event = forged["events"][0]
    event["aggregate"] = event["aggregate"][:-6] + "000" + event["aggregate"][-3:]
    value = json.dumps(forged, separators=(",", ":")).encode()
    journal.rewrite(records[:11] + [(records[10][0], records[10][1], value)] + records[11:])
    return 11


def test_planted_damage_is_found_and_located(embedded, tmp_path):
    own = embedded()
    fill(own.client(), "Damaged")
    state_of(own)
    own.stop()
    healthy = tmp_path / "healthy"
    shutil.copytree(own.data, healthy)
    for plant in (flip, flip_knowingly, lose, remove, reorder, insert):
        shutil.rmtree(own.data)
        shutil.copytree(healthy, own.data)
        position = plant(JournalFile(own.data / "journal.db"))
        found = json.loads(run(own, "journal", "verify", "--json", status=1).stdout)
        bad = found["partitions"][0]["bad"]
        assert not found["ok"] and bad["position"] == f"0:{position}", (plant.__name__, bad)
        assert f"0:{position}: " in run(own, "journal", "verify", status=1).stdout


def change_the_workspace_early(journal: JournalFile) -> int:
    """What later records read or follow: the journal alone shows it."""
    records = journal.records()
    journal.rewrite(records[:1] + records[2:])
    return 1


def swap_versions(journal: JournalFile) -> int:
    """An amendment before the expense that it amends."""
    records = journal.records()
    amended = next(at for at, record in enumerate(records) if b"expense.amended" in record[2])
    subject = json.loads(records[amended][2])["events"][0]["aggregate"].encode()
    made = next(at for at, record in enumerate(records) if subject in record[2])
    records[made], records[amended] = records[amended], records[made]
    journal.rewrite(records)
    return made


def test_a_journal_without_a_store_shows_what_breaks_its_own_history(embedded, tmp_path):
    own = embedded()
    fill(own.client(), "Damaged")
    state_of(own)
    own.stop()
    for name in ("store.db", "store.db-wal", "store.db-shm"):
        (own.data / name).unlink(missing_ok=True)
    healthy = tmp_path / "healthy"
    shutil.copytree(own.data, healthy)
    assert json.loads(run(own, "journal", "verify", "--json").stdout)["ok"]
    for plant in (flip, lose, change_the_workspace_early, swap_versions):
        shutil.rmtree(own.data)
        shutil.copytree(healthy, own.data)
        position = plant(JournalFile(own.data / "journal.db"))
        found = json.loads(run(own, "journal", "verify", "--json", status=1).stdout)
        bad = found["partitions"][0]["bad"]
        assert bad["position"] == f"0:{position}", (plant.__name__, bad)


def test_a_journal_that_lost_its_tail_is_told(embedded):
    own = embedded()
    place = Workspace.make(own.client())
    expect(201, place.post("/expenses", expense(1)))
    state_of(own)
    own.stop()
    journal = JournalFile(own.data / "journal.db")
    journal.rewrite(journal.records()[:-1])
    bad = json.loads(run(own, "journal", "verify", "--json", status=1).stdout)["partitions"][0]["bad"]
    assert bad["position"] == "0:2" and "was projected up to 3" in bad["detail"]
