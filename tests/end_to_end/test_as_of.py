"""`as_of=` and `outlay asof`: what was known then is what was answered then, to the byte."""
import json
from datetime import datetime, timedelta, timezone

import pytest
from client import Workspace, expect, expect_problem, expense
from moving import run, state_of

REPORT = "/reports/spending?group_by=month,category,member"
TAGS = "/reports/spending?group_by=tag"


def answers(place: Workspace, budget: str, ids: list[str], token: str | None = None,
            as_of: str | None = None) -> dict:
    """What the workspace says: live, or of a moment."""
    moment = f"as_of={as_of}" if as_of else ""

    def get(path: str) -> dict | None:
        joined = path + ("&" if "?" in path else "?") + moment if moment else path
        answer = place.get(joined, token=token)
        return None if answer.status_code == 404 else expect(200, answer)

    return {"report": get(REPORT), "tags": get(TAGS),
            "periods": get(f"/budgets/{budget}/periods?from=2026-10-01&to=2026-12-31"),
            **{identity: get(f"/expenses/{identity}") for identity in ids}}


def lived(client) -> tuple[Workspace, str, list[str], list[tuple[str, dict]]]:
    """A workspace whose every step is remembered, with the token of the step."""
    place = Workspace.make(client, "Remembered")
    food, travel = place.category("Food"), place.category("Travel")
    inner = place.category("Inner", food)
    budget = place.budget("Food", 3_000, scope={"categories": [food]})["id"]
    ids: list[str] = []
    steps = []

    def step(answer) -> dict:
        assert answer.status_code in (200, 201, 204), answer.text
        token = answer.headers["consistency-token"]
        body = answer.json() if answer.content else {}
        if body.get("object") == "expense" and body["id"] not in ids:
            ids.append(body["id"])
        steps.append((token, answers(place, budget, ids, token)))
        return body

    for number, (category, day) in enumerate([(food, "2026-10-30"), (inner, "2026-11-02"),
                                              (travel, "2026-11-03"), (inner, "2026-11-20")]):
        step(place.post("/expenses", expense(900 + number, day, category=category, merchant="M",
                                             tags=["x", f"t{number}"])))
    step(place.patch(f"/expenses/{ids[0]}", {"spent_on": "2026-11-01", "amount":
                                             {"amount": 777, "currency": "EUR"}}))
    step(place.delete(f"/expenses/{ids[1]}"))
    step(place.patch(f"/categories/{inner}", {"parent": travel}))
    step(place.post(f"/expenses/{ids[3]}/refunds", {"amount": {"amount": 100, "currency": "EUR"},
                                                    "received_on": "2026-11-21"}))
    step(place.patch(f"/budgets/{budget}", {"limit": {"amount": 1_000, "currency": "EUR"}}))
    step(place.post(f"/expenses/{ids[1]}/restore"))
    step(place.post("/expenses", expense(50, "2026-11-20", "USD", category=food)))
    return place, budget, ids, steps


def position_of(place: Workspace, identity: str, at: int = -1) -> str:
    return expect(200, place.get(f"/expenses/{identity}/history"))["data"][at]["position"]


def test_every_moment_answers_as_it_did_then(outlay):
    place, budget, ids, steps = lived(outlay.client())
    for token, then in steps:
        known = [identity for identity in ids if identity in then]
        assert answers(place, budget, known, as_of=token) == then
    # What was not there yet is not there.
    later = [identity for identity in ids if identity not in steps[0][1]]
    assert later
    for identity in later:
        problem = expect_problem(404, "not_found",
                                 place.get(f"/expenses/{identity}?as_of={steps[0][0]}"))
        assert "at " in problem["detail"]


def test_a_moment_is_a_position_a_time_or_a_token(outlay):
    place, budget, ids, steps = lived(outlay.client())
    position = position_of(place, ids[0], 0)
    answer = place.get(f"{REPORT}&as_of={position}")
    assert answer.headers["as-of"] == position and expect(200, answer) == steps[0][1]["report"]
    state = json.loads(run(outlay, "why", position, "--json").stdout)
    appended = state["records"][0]["appended_at"]
    assert answers(place, budget, ids[:1], as_of=appended) == steps[0][1]
    before = (datetime.fromisoformat(appended) - timedelta(microseconds=1)).astimezone(timezone.utc)
    assert place.get(f"/expenses/{ids[0]}?as_of={before.isoformat().replace('+00:00', 'Z')}"
                     ).status_code == 404
    # Now is a moment, too: nothing that was answered before is missing.
    now = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
    assert answers(place, budget, ids, as_of=now) == steps[-1][1]


def test_what_is_no_moment_is_a_problem(outlay):
    place, budget, ids, steps = lived(outlay.client())
    paths = [REPORT, f"/budgets/{budget}/periods?from=2026-11-01", f"/expenses/{ids[0]}?"]
    partition, offset = position_of(place, ids[0], 0).split(":")
    for path in paths:
        for wrong in ("yesterday", "3", "3:", "-1:5", "2026-13-01T00:00:00Z", "", "x" * 80):
            expect_problem(400, "malformed_parameter", place.get(f"{path}&as_of={wrong}"))
        for wrong in (f"{partition}:0", f"{partition}:999999999", f"{int(partition) + 1}:1",
                      "2001-01-01T00:00:00Z", "2101-01-01T00:00:00Z"):
            expect_problem(422, "as_of_out_of_range", place.get(f"{path}&as_of={wrong}"))
    stranger = Workspace(outlay.client("nobody"), place.id)
    assert stranger.get(f"{REPORT}&as_of={partition}:{offset}").status_code == 401
    other = Workspace.make(outlay.client(), "Other")
    _, seen = other.add_person("viewer")
    assert Workspace(seen.client, place.id).get(f"{REPORT}&as_of={partition}:{offset}").status_code == 404


@pytest.fixture(params=["embedded", "scale_out"])
def own(request):
    """An installation that nobody else uses."""
    return request.getfixturevalue(request.param)()


def test_the_tool_tells_what_the_api_tells(own):
    place, budget, ids, steps = lived(own.client())
    state_of(own)

    def tool(when: str, *what: str) -> dict:
        return json.loads(run(own, "asof", when, *what, "--json").stdout)

    for number in (0, 2):
        position = position_of(place, ids[number], 0)
        then = steps[number][1]
        found = tool(position, "report", "--group-by", "month,category,member")
        assert found["position"] == position and found["workspace"] == place.id
        assert found["data"] == then["report"]["data"]
        periods = tool(position, "budget", budget, "--from", "2026-10-01", "--to", "2026-12-31")
        assert periods["data"] == then["periods"]["data"]
        assert tool(position, "expense", ids[0])["expense"] == then[ids[0]]
    now = datetime.now(timezone.utc).isoformat()
    assert tool(now, "report", "--group-by", "tag")["data"] == steps[-1][1]["tags"]["data"]
    text = run(own, "asof", position_of(place, ids[0], 0), "report", "--group-by", "month").stdout
    assert "2026-10" in text and "amount.currency" in text
    first = position_of(place, ids[0], 0)
    assert "there was no" in run(own, "asof", first, "expense", ids[3], status=1).stderr
    assert "was made at" in run(own, "asof", "2001-01-01T00:00:00Z", "report", status=1).stderr
    assert "future" in run(own, "asof", "2101-01-01T00:00:00Z", "report", status=1).stderr
    for wrong in (["soon", "report"], [first, "expense"], [first, "report", "--group-by", "colour"]):
        assert "outlay: " in run(own, "asof", *wrong, status=2).stderr
