"""A journal, or one workspace of it, moves to another journal of either kind, and nothing is lost.

Equal state digests prove that users see the same; keys prove that nothing applies twice.
"""
import json
import os
import shutil
import signal
import subprocess
import threading

import pytest
from client import Workspace, expect, expect_problem, expense
from installations import Embedded, ScaleOut
from moving import JournalFile, digests, fill, lines_of, run, state_of, write_lines
from waiting import wait_until


@pytest.fixture
def start_at(binary, tmp_path, request):
    """Makes the installation that is moved to: its root secret is that of the old one."""
    made = []

    def make(kind: str, root_secret, export=None) -> Embedded | ScaleOut:
        if kind == "embedded":
            outlay = Embedded(binary, tmp_path, f"moved-{len(made)}")
            secret = ["--root-secret", str(root_secret)]
        else:
            folder = tmp_path / f"moved-{len(made)}"
            folder.mkdir()
            shutil.copy(root_secret, folder / "root.secret")
            outlay = ScaleOut(binary, request.getfixturevalue("kafka_address"),
                              request.getfixturevalue("postgres_url"), folder)
            outlay.add_workers(1)
            secret = []
        made.append(outlay)
        if export is not None:
            run(outlay, "journal", "import", str(export), *secret)
            outlay.start()
        return outlay

    yield make
    for outlay in made:
        outlay.kill()


def secret_of(outlay):
    return outlay.data / "root.secret" if outlay.is_embedded else outlay.places.root_secret


def exported(outlay, file, *options: str):
    """Seals and exports; the embedded form is stopped for it."""
    if outlay.is_embedded:
        outlay.stop()
    done = json.loads(run(outlay, "journal", "export", "-o", str(file), "--json", *options).stdout)
    assert done["sealed"] is True and done["records"] == len(lines_of(file)) - 2
    return file


@pytest.mark.parametrize("kinds", [("embedded", "embedded"), ("embedded", "scale_out"),
                                   ("scale_out", "embedded"), ("scale_out", "scale_out")], ids="-to-".join)
def test_a_journal_moves_house(kinds, request, start_at, tmp_path):
    old = request.getfixturevalue(kinds[0])()
    client = old.client()
    filled = [fill(client, name) for name in ("One", "Two", "Three")]
    token = filled[0][0].post("/expenses", expense(7)).headers["consistency-token"]
    before = state_of(old)
    new = start_at(kinds[1], secret_of(old), exported(old, tmp_path / "moved.gz"))
    after = state_of(new)
    assert after["state_digest"] == before["state_digest"]
    assert digests(after) == digests(before) and len(digests(after)) == 3

    # The owner of the new place is the old one, and what was sent before is known.
    for place, sent in filled:
        here = place.seen_by(new.client())
        for one in sent:
            replayed = one.again(here)
            assert replayed.json()["id"] == one.answer.json()["id"]
            assert replayed.headers["idempotent-replayed"] == "true"
        assert here.get("/expenses", params={"limit": 1}).status_code == 200
    expect_problem(410, "token_foreign", filled[0][0].seen_by(new.client()).get("/expenses", token=token))
    assert state_of(new)["state_digest"] == before["state_digest"]

    # The old place answers reads and knows what it did, but takes nothing any more.
    old.start()
    place, sent = filled[0]
    there = place.seen_by(old.client())
    expect_problem(503, "journal_sealed", there.post("/expenses", expense(1)))
    expect_problem(503, "journal_sealed", there.post("/expenses", expense(1), key="new"))
    expect_problem(503, "journal_sealed", there.patch("", {"name": "Renamed"}))
    assert sent[0].again(there).headers["idempotent-replayed"] == "true"
    assert expect(200, there.get())["name"] == "One"
    for _ in range(20):
        expect_problem(503, "journal_sealed", there.post("/expenses", expense(1)))
    verdicts = json.loads(run(old, "journal", "stats", "--json").stdout)["verdicts"]
    assert 1 <= verdicts["sealed"] <= 4, "each thread tries once, not each request"

    # What the old place refused applies at the new one; and from there it can be moved on.
    expect(201, place.seen_by(new.client()).post("/expenses", expense(1), key="new"))
    grown = state_of(new)
    assert grown["state_digest"] != before["state_digest"]
    further = start_at("embedded", secret_of(new), exported(new, tmp_path / "further.gz"))
    assert state_of(further)["state_digest"] == grown["state_digest"]


def test_nothing_acknowledged_is_lost_by_a_move_under_load(scale_out, start_at, tmp_path):
    old = scale_out()
    place, _ = fill(old.client(), "Busy")
    refused, made = [], {}

    def write(number: int) -> None:
        mine = place.seen_by(old.client())
        for count in range(100_000):
            key, body = f"busy-{number}-{count}", expense(1_000 + count, note=f"{number}-{count}")
            answer = mine.post("/expenses", body, key=key)
            if answer.status_code == 503:
                refused.append((key, body))
                return
            made[key] = expect(201, answer)["id"]

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    wait_until(lambda: len(made) > 40, "writing is under way")
    export = exported(old, tmp_path / "busy.gz")
    for writer in writers:
        writer.join()
    assert len(refused) == 4
    before = state_of(old)
    new = start_at("embedded", secret_of(old), export)
    assert state_of(new)["state_digest"] == before["state_digest"]
    here = place.seen_by(new.client())
    ids = {one["id"] for one in here.all("/expenses", limit=100)}
    assert set(made.values()) <= ids == {one["id"] for one in place.all("/expenses", limit=100)}
    for key, body in refused:
        first = expect(201, here.post("/expenses", body, key=key))["id"]
        assert first not in ids and expect(201, here.post("/expenses", body, key=key))["id"] == first


@pytest.mark.parametrize("kinds", [("embedded", "scale_out"), ("scale_out", "embedded")], ids="-to-".join)
def test_one_workspace_moves_and_the_others_stay(kinds, request, start_at, tmp_path):
    old = request.getfixturevalue(kinds[0])()
    client = old.client()
    (leaving, sent), (staying, _) = fill(client, "Leaving"), fill(client, "Staying")
    before = digests(state_of(old))
    export = exported(old, tmp_path / "leaving.gz", "--workspace", leaving.id)
    new = start_at(kinds[1], secret_of(old), export)
    assert digests(state_of(new)) == {leaving.id: before[leaving.id]}
    assert sent[3].again(leaving.seen_by(new.client())).headers["idempotent-replayed"] == "true"
    old.start()
    expect_problem(503, "journal_sealed", leaving.seen_by(old.client()).post("/expenses", expense(1)))
    expect(201, staying.seen_by(old.client()).post("/expenses", expense(1)))
    # Whoever moves the rest takes along that the workspace lives elsewhere.
    rest = exported(old, tmp_path / "rest.gz")
    assert json.loads(lines_of(rest)[-1])["end"]["sealed"] == [leaving.id]
    last = start_at("embedded", secret_of(old), rest)
    expect_problem(503, "journal_sealed", leaving.seen_by(last.client()).post("/expenses", expense(1)))
    expect(201, staying.seen_by(last.client()).post("/expenses", expense(1)))


def test_a_copy_of_a_live_journal_is_a_backup(embedded, start_at, tmp_path):
    own = embedded()
    place, _ = fill(own.client(), "Live")
    before = state_of(own)
    dry = json.loads(run(own, "journal", "export", "--dry-run", "--json").stdout)
    refused = run(own, "journal", "export", "-o", str(tmp_path / "sealed.gz"), status=1)
    assert "--unsealed" in refused.stderr and not (tmp_path / "sealed.gz").exists()
    backup = tmp_path / "backup.gz"
    done = json.loads(run(own, "journal", "export", "--unsealed", "-o", str(backup), "--json").stdout)
    assert done["records"] == dry["records"] and not done["sealed"] and not dry["sealed"]
    assert "exists" in run(own, "journal", "export", "--unsealed", "-o", str(backup), status=1).stderr
    expect(201, place.post("/expenses", expense(1)))
    new = start_at("embedded", secret_of(own), backup)
    assert state_of(new)["state_digest"] == before["state_digest"]
    assert state_of(own)["state_digest"] != before["state_digest"]
    # A journal that has something of its own takes nothing more.
    other = tmp_path / "other.gz"
    run(own, "journal", "export", "--unsealed", "-o", str(other))
    new.stop()
    assert "not empty" in run(new, "journal", "import", str(other), status=1).stderr


@pytest.mark.parametrize("arrived", [1, 2, 20, -2, -1])
def test_an_import_that_was_killed_goes_on(arrived, embedded, start_at, tmp_path):
    own = embedded()
    fill(own.client(), "Large")
    before = state_of(own)
    export = exported(own, tmp_path / "moved.gz")
    new = start_at("embedded", secret_of(own))
    arguments = ["journal", "import", str(export), "--root-secret", str(secret_of(own))]
    run(new, *arguments)
    # As a kill leaves it, after any group of records.
    journal = JournalFile(new.data / "journal.db")
    journal.rewrite(journal.records()[:arrived])
    again = json.loads(run(new, *arguments, "--json").stdout)
    assert (again["appended"] > 0) == (arrived != -1)
    proven = json.loads(run(new, "verify", "--journal-only", "--json").stdout)
    assert proven["state_digest"] == before["state_digest"]
    # Before it has ended, nothing else counts: a server that is started too early takes nothing.
    journal.rewrite(journal.records()[:-1])
    new.start()
    place = Workspace(new.client(), list(digests(before))[0])
    expect_problem(503, "journal_unavailable", place.post("/expenses", expense(1)))
    new.stop()
    run(new, *arguments)
    new.start()
    expect(201, place.post("/expenses", expense(1)))


@pytest.mark.parametrize("kind", ["embedded", "scale_out"])
def test_an_import_survives_kill_9(kind, embedded, start_at, tmp_path):
    own = embedded()
    place = Workspace.make(own.client())
    lines = "\n".join(json.dumps(expense(number + 1)) for number in range(4_000))
    answer = own.client().post(place.path("/expenses/bulk"), content=lines.encode(),
                               headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200, answer.text
    before = state_of(own)
    export = exported(own, tmp_path / "moved.gz")
    new = start_at(kind, secret_of(own))
    places, environment = new.tool_place()
    secret = ["--root-secret", str(secret_of(own))] if kind == "embedded" else []
    command = [str(new.binary), "journal", "import", str(export), *secret, *places]
    for _ in range(3):
        going = subprocess.Popen(command, env={**os.environ, **environment},
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def has_begun() -> bool:
            return going.poll() is not None or '"imported"' in new.tool("journal", "tail").stdout
        wait_until(has_begun, "records arrive")
        going.send_signal(signal.SIGKILL)
        going.wait()
    run(new, "journal", "import", str(export), *secret)
    proven = json.loads(run(new, "verify", "--journal-only", "--json").stdout)
    assert proven["state_digest"] == before["state_digest"]


def flipped(file, at: float) -> None:
    content = bytearray(file.read_bytes())
    content[int(len(content) * at)] ^= 0x10
    file.write_bytes(content)


def cut(file) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def without_a_record(file) -> None:
    lines = lines_of(file)
    write_lines(file, lines[:5] + lines[6:])


def without_the_last(file) -> None:
    lines = lines_of(file)
    write_lines(file, lines[:-2] + lines[-1:])


def out_of_order(file) -> None:
    lines = lines_of(file)
    write_lines(file, lines[:5] + [lines[6], lines[5]] + lines[7:])


def changed(file) -> None:
    lines = lines_of(file)
    lines[5] = lines[5].replace('"currency":"EUR"', '"currency":"USD"')
    write_lines(file, lines)


DAMAGES = {  # what is done to the file, and what the refusal names
    "flipped early": (lambda file: flipped(file, 0.2), "record "),
    "flipped late": (lambda file: flipped(file, 0.9), "record "),
    "flipped in the head": (lambda file: flipped(file, 0.0), "is damaged"),
    "flipped in the checksum": (lambda file: flipped(file, 0.999999), "behind the end of the export"),
    "cut short": (cut, "record "),
    "without a record": (without_a_record, "record 5 of the export, the one after 0:4 (0:6)"),
    "without the last record": (without_the_last, "records are missing"),
    "out of order": (out_of_order, "record 5 of the export, the one after 0:4 (0:6)"),
    "changed": (changed, "record 5 of the export, the one after 0:4 (0:5)"),
    "empty": (lambda file: file.write_bytes(b""), "cut short"),
    "something else": (lambda file: write_lines(file, ["{}"]), "no export"),
}


def test_a_damaged_export_is_refused_and_changes_nothing(embedded, binary, tmp_path):
    own = embedded()
    fill(own.client(), "Damaged")
    whole = exported(own, tmp_path / "whole.gz")
    new = Embedded(binary, tmp_path, "refused")
    for name, (damage, told) in DAMAGES.items():
        file = tmp_path / "damaged.gz"
        shutil.copy(whole, file)
        damage(file)
        refused = run(new, "journal", "import", str(file), status=1)
        assert told in refused.stderr and "nothing was changed" in refused.stderr, (name, refused.stderr)
        assert not new.data.exists(), name
    run(new, "journal", "import", str(whole), "--dry-run")
    assert not new.data.exists()
    without_secret = run(new, "journal", "import", str(whole))
    assert "--root-secret" in without_secret.stderr
