"""The reckoning after the faults finds what it is there to find: each lie and each forgery fails it."""
from dataclasses import replace

import pytest
from journal_fold import JournalFold
from mixed_load import MixedLoad
from operation_journal import Answer, Operation, OperationJournal
from reckoning import Reckoning
from store_sql import sql
from waiting import wait_until

ENOUGH = 120  # acknowledged commands
REFUSED = Answer(422, {"code": "validation_failed"})
# Each with what undoes it.
FORGERIES = {
    "UPDATE g1.expenses SET amount_minor = amount_minor + 1": "UPDATE g1.expenses SET amount_minor = amount_minor - 1",
    "UPDATE g1.expenses SET note = 'x' || note": "UPDATE g1.expenses SET note = substr(note, 2)",
    "UPDATE g1.spending SET amount_minor = amount_minor + 1": "UPDATE g1.spending SET amount_minor = amount_minor - 1",
    "UPDATE g1.expenses SET refunded_minor = refunded_minor + 1":
        "UPDATE g1.expenses SET refunded_minor = refunded_minor - 1",
    "UPDATE g1.budget_usage SET spent_minor = spent_minor + 1":
        "UPDATE g1.budget_usage SET spent_minor = spent_minor - 1",
    "UPDATE g1.alerts SET crossing = crossing + 1": "UPDATE g1.alerts SET crossing = crossing - 1",
}


@pytest.fixture
def loaded(embedded, tmp_path):
    """A server after a short load, and the reckoning with it, which finds nothing."""
    outlay = embedded()
    journal = OperationJournal(tmp_path / "operations.jsonl")
    load = MixedLoad(outlay, [outlay.url], journal, 1, shops=1)
    load.start()
    wait_until(lambda: load.acknowledged() >= ENOUGH, "a load")
    load.stop()
    load.settle()
    assert load.violations() == []
    (place,) = load.shops[0].places
    reckoning = Reckoning(JournalFold(outlay), journal.operations, load.user)
    reckoning.check_operations()
    reckoning.check_journal()
    reckoning.check_answers(place)
    assert reckoning.announcements() > 0
    yield outlay, place, reckoning
    place.client.close()
    journal.close()


def test_what_clients_were_told_is_compared(loaded):
    _, place, reckoning = loaded
    truth = list(reckoning.operations)
    told = next(one for one in truth if one.acknowledged() and one.path == "/expenses" and not one.intrudes)
    body = told.acknowledged().body
    lies = {
        "acknowledged and lost": replace(told, key="nobody's"),
        "refused and applied": replace(told, answers=[REFUSED]),
        "answered in two ways": replace(told, answers=[*told.answers, Answer(201, {**body, "id": "exp_" + "0" * 26})]),
        "applied though closed": replace(told, answers=[Answer(409, {"code": "command_closed"})]),
        "closed though applied": replace(told, ends={"closed"}),
        "never settled": replace(told, answers=[Answer(None)]),
    }
    for what, lie in lies.items():
        reckoning.operations = [lie]
        with pytest.raises(AssertionError):
            reckoning.check_operations()
            pytest.fail(f"{what}: was believed")
    reckoning.operations = [Operation(place.id, told.key, "POST", "/expenses", answers=told.answers, intrudes=True)]
    with pytest.raises(AssertionError):
        reckoning.check_operations()
    reckoning.operations = [one for one in truth if one.key != told.key]
    with pytest.raises(AssertionError):
        reckoning.check_journal()


def test_what_outlay_answers_is_compared(loaded):
    outlay, place, reckoning = loaded
    for forgery, undo in FORGERIES.items():
        sql(outlay, forgery)
        with pytest.raises(AssertionError):
            reckoning.check_answers(place)
            pytest.fail(f"{forgery}: was believed")
        sql(outlay, undo)
    reckoning.check_answers(place)
