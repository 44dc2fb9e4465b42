"""`outlay why`: an alert names the expense that crossed it, a refused try what it lost against."""
import json

import pytest
from client import expect, expense
from moving import JournalFile, fill, run, state_of


@pytest.fixture(params=["embedded", "scale_out"])
def own(request):
    """An installation that nobody else uses."""
    return request.getfixturevalue(request.param)()


def why(outlay, about: str) -> dict:
    return json.loads(run(outlay, "why", about, "--json").stdout)


def text_of(outlay, about: str) -> str:
    return run(outlay, "why", about).stdout


def test_an_alert_names_the_expense_that_crossed_it(own):
    place, sent = fill(own.client(), "Home")
    state_of(own)
    alerts = place.all("/alerts")
    assert len(alerts) == 2
    for alert in alerts:
        story = why(own, alert["id"])
        assert story["kind"] == "alert" and story["workspace"] == place.id
        assert story["alert"] == alert
        # What was spent up to and with this expense is the number of the alert.
        crossing = story["records"][0]
        assert crossing["position"] == alert["position"] and crossing["verdict"] == "admitted"
        assert [event["aggregate"] for event in crossing["events"]] == [alert["expense"]]
        number = [one.answer.json()["id"] for one in sent].index(alert["expense"])
        assert sum(400 + n for n in range(number + 1)) == alert["spent"]["amount"]
        assert alert["id"] in {one["id"] for one in crossing["raised"]}
        assert {one["type"] for one in crossing["messages"]} >= {"alert.raised"}
        text = text_of(own, alert["id"])
        assert f"expense {alert['expense']}" in text and alert["position"] in text
        message = next(one for one in crossing["messages"] if one["type"] == "alert.raised")
        assert why(own, message["id"])["records"][0]["position"] == alert["position"]


def test_what_people_did_about_an_alert_is_part_of_its_story(own):
    place, _ = fill(own.client(), "Home")
    alert = place.all("/alerts")[0]
    expect(200, place.post(f"/alerts/{alert['id']}/acknowledge"))
    state_of(own)
    records = why(own, alert["id"])["records"]
    assert [record["events"][0]["type"] for record in records][-1] == "alert.acknowledged"


def test_an_expense_is_told_from_its_first_record_on(own):
    place, sent = fill(own.client(), "Home")
    state_of(own)
    first, voided = (sent[n].answer.json()["id"] for n in (0, 1))
    history = expect(200, place.get(f"/expenses/{first}/history"))["data"]
    story = why(own, first)
    assert [record["position"] for record in story["records"]] == [one["position"] for one in history]
    amended = story["records"][1]
    assert amended["actor"] == history[1]["actor"] and amended["command"] == history[1]["command"]
    assert amended["decided_at"] == history[1]["at"] and amended["trace"].startswith("00-")
    assert {read["aggregate"] for read in amended["reads"]} >= {"workspace"}
    assert amended["events"][0]["id"] == history[1]["id"]
    assert amended["events"][0]["changes"] == [{"path": "note", "before": None, "after": "amended"}]
    assert '"recorded" -> "voided"' in text_of(own, voided)
    budget = place.all("/budgets")[0]["id"]
    assert why(own, budget)["records"][0]["events"][0]["type"] == "budget.created"
    assert why(own, place.id)["records"][0]["events"][0]["type"] == "workspace.created"


def test_a_command_and_its_operation_tell_the_same(own):
    place, _ = fill(own.client(), "Home")
    answer = place.post("/expenses", expense(1), prefer="respond-async")
    operation = expect(202, answer)["id"]
    state_of(own)
    story = why(own, operation)
    assert story["kind"] == "command" and story["command"] == {"state": "applied", "problem": None}
    [record] = story["records"]
    assert why(own, record["command"])["records"] == story["records"]
    at_position = why(own, record["position"])
    assert at_position["kind"] == "record" and at_position["records"] == story["records"]
    if own.is_embedded:
        assert why(own, "0:0")["records"][0]["kind"] == "genesis"


def test_what_is_not_known_is_said(own):
    fill(own.client(), "Home")
    for unknown in ("exp_00000000000000000000000000", "alr_00000000000000000000000000",
                    "cmd_00000000000000000000000000", "0:999999", "99:0"):
        assert "nothing is known of" in run(own, "why", unknown, status=1).stderr
    for wrong in ("nonsense", "exp_", "0:", "mem_00000000000000000000000000"):
        assert "outlay: " in run(own, "why", wrong, status=2).stderr


def tried_by(command: str, record: bytes) -> bytes:
    """The same change, proposed by another command."""
    return record.replace(json.loads(record)["command"].encode(), command.encode())


def test_a_refused_try_names_what_it_lost_against(embedded):
    own = embedded()
    place, sent = fill(own.client(), "Home")
    state_of(own)
    patched = sent[0].answer.json()["id"]
    won = why(own, patched)["records"][1]
    own.stop()
    journal = JournalFile(own.data / "journal.db")
    records = journal.records()
    at, key, value = records[int(won["position"].split(":")[1])]
    other = "cmd_" + "0" * 25 + "7"
    records += [(records[-1][0], key, value), (records[-1][0], key, tried_by(other, value))]
    journal.rewrite(records)
    own.start()
    state_of(own)
    twice, late = (f"0:{len(records) - n}" for n in (2, 1))
    duplicate = why(own, twice)["records"][0]
    assert duplicate["verdict"] == "duplicate" and duplicate["lost_to"]["position"] == won["position"]
    stale = why(own, late)["records"][0]
    assert stale["verdict"] == "stale" and stale["command"] == other
    assert stale["lost_to"]["position"] == won["position"]
    assert stale["lost_to"]["command"] == won["command"] and stale["lost_to"]["actor"] == won["actor"]
    assert stale["lost_to"]["aggregate"] == patched and stale["lost_to"]["version"] == 2
    assert stale["events"][0]["changes"] is None and "current is" in stale["detail"]
    assert why(own, other)["command"]["state"] == "open"
    # The command that won has two tries now.
    both = why(own, won["command"])
    assert both["command"]["state"] == "applied"
    assert [record["verdict"] for record in both["records"]] == ["admitted", "duplicate"]
    text = text_of(own, late)
    assert "lost to" in text and won["command"] in text and "proposed" in text
