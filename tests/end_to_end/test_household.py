"""A real ledger comes in through the guide's script, and every figure equals an independent count.

Expenses, their sum, the report by month and category, the periods of budgets that were made before,
and each alert: which threshold, and at which expense. Sent again it changes nothing. Both forms say
the same, and with any number of workers.
"""
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import ledger
import pytest
from bulk import send_bulk
from client import Client, Workspace, expect
from expectations import expenses_of, limits_for
from household import GUIDE, Household, budget_argument, check_figures, ledger_files
from installations import ScaleOut

SEED = 20_260_711
ledger_file = ledger_files(SEED)


@pytest.fixture(scope="module")
def shared_one_worker(binary, tmp_path_factory, kafka_address, postgres_url):
    outlay = ScaleOut(binary, kafka_address, postgres_url, tmp_path_factory.mktemp("one-worker"))
    outlay.add_workers(1)
    yield outlay
    outlay.kill()


@pytest.fixture(params=["embedded", "one_worker", "scale_out"])
def outlay(request):
    found = request.getfixturevalue(f"shared_{request.param}")
    found.start()
    return found


@pytest.fixture
def person(owner):
    """Somebody new: the script's keys are the person's own, so each test begins with nothing."""
    added = expect(201, owner.post("/v1/users", {"name": "Asha", "email": "asha@example.com"}))
    return Client(owner.url, added["key"])


def test_the_generated_ledger_reads_back_as_it_was_made(tmp_path):
    rows = ledger.generate(SEED)
    assert ledger.read(ledger.write(rows, tmp_path / "ledger.csv", SEED)) == rows
    assert {row.kind for row in rows} == {"Expense", "Income", "Transfer-Out"}
    assert any(one == other for one, other in zip(rows, rows[1:]))


def test_a_ledger_comes_in_with_every_figure_right(person, ledger_file, tmp_path):
    rows = ledger.read(ledger_file)
    limits = limits_for(rows)
    count = len(expenses_of(rows))

    assert f"{count} lines, 0 of them known already, 0 refused" in run_guide(
        person, ledger_file, limits, tmp_path)
    workspace = Workspace(person, only_workspace(person))
    check_figures(workspace, rows, limits)
    before = everything(workspace)

    assert f"{count} lines, {count} of them known already, 0 refused" in run_guide(
        person, ledger_file, limits, tmp_path)
    assert only_workspace(person) == workspace.id
    assert everything(workspace) == before


def test_the_same_ledger_sent_twice_at_once_is_one_ledger(owner, other_front, ledger_file):
    """Both copies are appended in order, so of every line the first copy is, too."""
    household = Household.prepare(owner, ledger_file, ledger.read(ledger_file))
    fronts = [household.workspace, household.workspace.seen_by(other_front)]
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda front: send_bulk(front, household.lines), fronts)
    assert [result["id"] for result in one] == [result["id"] for result in other]
    assert {result["status"] for result in one + other} == {201}
    replayed = [bool(mine.get("replayed")) + bool(yours.get("replayed"))
                for mine, yours in zip(one, other)]
    assert set(replayed) == {1}, "of two copies one is the first"
    household.check([result["id"] for result in one])


def run_guide(person, file, limits, folder) -> str:
    key_file = folder / "person.key"
    key_file.write_text(person.key)
    budgets = [part for limit in limits for part in ("--budget", budget_argument(limit))]
    done = subprocess.run(
        [sys.executable, GUIDE, str(file), "--url", person.url, "--key-file", key_file, *budgets],
        capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def only_workspace(person) -> str:
    (workspace,) = person.all("/v1/workspaces")
    return workspace["id"]


def everything(workspace: Workspace) -> list:
    """All lists of a workspace."""
    paged = [workspace.all(path, limit=100) for path in ("/budgets", "/expenses", "/alerts")]
    return [*paged, workspace.all("/categories")]
