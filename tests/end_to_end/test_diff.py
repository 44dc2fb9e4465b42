"""`outlay diff`: what changed between two moments or versions, field by field."""
import json

import pytest
from client import expect
from moving import fill, run, state_of


@pytest.fixture(params=["embedded", "scale_out"])
def own(request):
    """An installation that nobody else uses."""
    return request.getfixturevalue(request.param)()


def diff(outlay, *what: str) -> dict:
    return json.loads(run(outlay, "diff", *what, "--json").stdout)


def events_of(place, identity: str) -> list[dict]:
    return expect(200, place.get(f"/expenses/{identity}/history"))["data"]


def test_versions_of_one_thing_differ_in_what_its_events_changed(own):
    place, sent = fill(own.client(), "Home")
    state_of(own)
    noted, voided, refunded = (sent[n].answer.json()["id"] for n in range(3))
    assert diff(own, "1", "2", noted)["changed"] == [
        {"aggregate": noted, "before": 1, "after": 2,
         "fields": [{"path": "note", "before": None, "after": "amended"}]}]
    first, second = (event["position"] for event in events_of(place, voided))
    [changed] = diff(own, first, second, voided)["changed"]
    assert changed["fields"] == [{"path": "state", "before": "recorded", "after": "voided"}]
    assert diff(own, first, "2", voided)["changed"] == [changed]
    [made] = diff(own, "0", "1", refunded)["changed"]
    assert {"path": "state", "before": None, "after": "recorded"} in made["fields"]
    [refund] = diff(own, "1", "2", refunded)["changed"]
    assert {field["path"] for field in refund["fields"]} == {"refunded.amount", "refunds"}
    assert diff(own, "2", "2", noted)["changed"][0]["fields"] == []
    assert "recorded" in run(own, "diff", "1", "2", voided).stdout


def test_a_stretch_of_the_journal_changed_what_has_events_there(own):
    client = own.client()
    place, sent = fill(client, "One")
    fill(client, "Other")
    state_of(own)
    ids = [one.answer.json()["id"] for one in sent]
    start, end = events_of(place, ids[9])[0]["position"], events_of(place, ids[0])[1]["position"]
    found = diff(own, start, end, "--workspace", place.id)
    assert found["workspace"] == place.id and found["count"] == 21
    assert {one["aggregate"] for one in found["changed"]} == {ids[0], *ids[10:]}
    by_id = {one["aggregate"]: one for one in found["changed"]}
    versions = {name: (one["before"], one["after"]) for name, one in by_id.items()}
    assert versions[ids[0]] == (1, 2) and versions[ids[10]] == (0, 1)
    some = diff(own, start, end, "--workspace", place.id, "--limit", "3")
    assert some["changed"] == found["changed"][:3] and some["count"] == 21
    assert "18 more" in run(own, "diff", start, end, "--workspace", place.id, "--limit", "3").stdout
    assert diff(own, start, start, "--workspace", place.id)["count"] == 0


def test_what_cannot_be_compared_is_said(own):
    client = own.client()
    place, sent = fill(client, "One")
    fill(client, "Other")
    state_of(own)
    one = sent[0].answer.json()["id"]
    first, second = (event["position"] for event in events_of(place, one))
    assert "is at version 2" in run(own, "diff", "1", "3", one, status=1).stderr
    assert "nothing is known" in run(own, "diff", "0", "1", "exp_" + "0" * 26, status=1).stderr
    assert "comes before" in run(own, "diff", "2", "1", one, status=2).stderr
    assert "comes before" in run(own, "diff", second, first, one, status=2).stderr
    assert "name its id" in run(own, "diff", "1", "2", status=2).stderr
    assert "several workspaces" in run(own, "diff", first, second, status=2).stderr
    assert "no PARTITION:OFFSET" in run(own, "diff", "then", "now", one, status=2).stderr
