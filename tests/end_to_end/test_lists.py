"""A list shows exactly what its filters name, in the order of its sort, however it is walked.

Walking with cursors while others record and void shows every expense that was there throughout
exactly once. A cursor fits one list only and cannot be altered. What is not documented is refused.
"""
import threading
from datetime import date, timedelta

import pytest
from bulk import send_bulk
from client import Client, Workspace, expect, expect_problem, expense

NOBODY = "mem_" + "0" * 26


@pytest.fixture(scope="module")
def make_filled():
    """A workspace with expenses of all kinds, one per form; tests only read it."""
    made: dict[str, Filled] = {}

    def get(outlay, owner) -> "Filled":
        if outlay.url not in made:
            made[outlay.url] = Filled(Workspace.make(owner))
        return made[outlay.url]

    return get


@pytest.fixture
def filled(make_filled, outlay, owner) -> "Filled":
    filled = make_filled(outlay, owner)
    filled.workspace = filled.workspace.seen_by(owner)
    return filled


class Filled:
    """48 expenses that differ in everything that can be asked for."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace
        self.food = workspace.category("Food")
        self.snacks = workspace.category("Snacks", self.food)
        self.sweets = workspace.category("Sweets", self.snacks)
        self.travel = workspace.category("Travel")
        self.member, other = workspace.add_person("member")
        categories = [None, self.food, self.snacks, self.sweets, self.travel]
        for number in range(48):
            place = other if number % 4 == 0 else workspace
            place.record(100 * (number % 7 + 1), str(date(2026, 1, 1) + timedelta(number % 20)),
                         currency="USD" if number % 11 == 0 else "EUR",
                         category=categories[number % 5],
                         merchant=["Café", None, "Bar"][number % 3],
                         tags=[["team"], [], ["team", "late night"]][number % 3])
        self.all = workspace.all("/expenses", sort="created_at")
        for item in self.all[::9]:
            expect(200, workspace.delete(f"/expenses/{item['id']}"))
        self.all = workspace.all("/expenses", sort="created_at", state="any", limit=100)
        assert len(self.all) == 48

    def listed(self, **parameters) -> list[dict]:
        return self.workspace.all("/expenses", **{"limit": 100, **parameters})

    def chosen(self, wanted) -> list[dict]:
        return [item for item in self.all if wanted(item)]


def recorded(item: dict) -> bool:
    return item["state"] == "recorded"


def by_id(items: list[dict]) -> list[dict]:
    return sorted(items, key=lambda item: item["id"])


FILTERS = {
    "all": ({}, lambda it, f: True),
    "one_day": ({"spent_on": "2026-01-05"}, lambda it, f: it["spent_on"] == "2026-01-05"),
    "from_day": ({"spent_on[gte]": "2026-01-05"}, lambda it, f: it["spent_on"] >= "2026-01-05"),
    "after_day": ({"spent_on[gt]": "2026-01-05"}, lambda it, f: it["spent_on"] > "2026-01-05"),
    "to_day": ({"spent_on[lte]": "2026-01-05"}, lambda it, f: it["spent_on"] <= "2026-01-05"),
    "before_day": ({"spent_on[lt]": "2026-01-05"}, lambda it, f: it["spent_on"] < "2026-01-05"),
    "range": ({"spent_on[gte]": "2026-01-03", "spent_on[lt]": "2026-01-06"},
              lambda it, f: "2026-01-03" <= it["spent_on"] < "2026-01-06"),
    "amount": ({"amount": 300}, lambda it, f: it["amount"]["amount"] == 300),
    "amount_from": ({"amount[gte]": 300}, lambda it, f: it["amount"]["amount"] >= 300),
    "amount_above": ({"amount[gt]": 300}, lambda it, f: it["amount"]["amount"] > 300),
    "amount_to": ({"amount[lte]": 300}, lambda it, f: it["amount"]["amount"] <= 300),
    "amount_below": ({"amount[lt]": 300}, lambda it, f: it["amount"]["amount"] < 300),
    "currency": ({"currency": "USD"}, lambda it, f: it["amount"]["currency"] == "USD"),
    "category": ({"category": "{food}"},
                 lambda it, f: it["category"] in (f.food, f.snacks, f.sweets)),
    "subcategory": ({"category": "{snacks}"}, lambda it, f: it["category"] in (f.snacks, f.sweets)),
    "categories": ({"category": "{sweets},{travel}"},
                   lambda it, f: it["category"] in (f.sweets, f.travel)),
    "no_category": ({"category": "none"}, lambda it, f: it["category"] is None),
    "none_or_one": ({"category": "none,{travel}"},
                    lambda it, f: it["category"] in (None, f.travel)),
    "merchant": ({"merchant": "Café"}, lambda it, f: it["merchant"] == "Café"),
    "merchant_case": ({"merchant": "café"}, lambda it, f: False),
    "tag": ({"tag": "team"}, lambda it, f: "team" in it["tags"]),
    "tag_space": ({"tag": "late night"}, lambda it, f: "late night" in it["tags"]),
    "member": ({"member": "{member}"}, lambda it, f: it["member"] == f.member["id"]),
    "members": ({"member": "{member}," + NOBODY}, lambda it, f: it["member"] == f.member["id"]),
    "nobody": ({"member": NOBODY}, lambda it, f: False),
    "together": ({"tag": "team", "currency": "EUR", "category": "{food}", "amount[gte]": 200},
                 lambda it, f: "team" in it["tags"] and it["amount"]["currency"] == "EUR" and
                 it["category"] in (f.food, f.snacks, f.sweets) and it["amount"]["amount"] >= 200),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_shows_exactly_what_it_names(filled, name):
    parameters, wanted = FILTERS[name]
    names = {key: getattr(filled, key) for key in ("food", "snacks", "sweets", "travel")}
    asked = {key: str(value).format(member=filled.member["id"], **names)
             for key, value in parameters.items()}
    expected = by_id(filled.chosen(lambda item: recorded(item) and wanted(item, filled)))
    assert by_id(filled.listed(**asked)) == expected
    assert by_id(filled.listed(**asked, limit=3)) == expected


@pytest.mark.parametrize("state,kept", [
    ("recorded", {"recorded"}), ("voided", {"voided"}), ("any", {"recorded", "voided"})])
def test_voided_expenses_are_listed_only_when_asked_for(filled, state, kept):
    assert by_id(filled.listed(state=state)) == by_id(
        filled.chosen(lambda item: item["state"] in kept))


def test_instants_filter_to_the_microsecond(filled):
    middle = filled.all[20]["created_at"]
    expected = {
        "": filled.chosen(lambda it: it["created_at"] == middle),
        "[gte]": filled.all[20:], "[gt]": filled.all[21:], "[lte]": filled.all[:21],
        "[lt]": filled.all[:20],
    }
    for suffix, wanted in expected.items():
        assert filled.listed(**{"created_at" + suffix: middle, "state": "any",
                                "sort": "created_at"}) == wanted


@pytest.mark.parametrize("sort", ["spent_on", "-spent_on", "amount", "-amount", "created_at",
                                  "-created_at", None])
@pytest.mark.parametrize("limit", [1, 7, 100])
def test_a_sort_is_total_and_pages_follow_it(filled, sort, limit):
    asked = {} if sort is None else {"sort": sort}
    sort = sort or "-spent_on"
    field, backwards = sort.lstrip("-"), sort.startswith("-")
    ordered = sorted(filled.chosen(recorded), key=lambda item: (
        item["amount"]["amount"] if field == "amount" else item[field], item["id"]))
    listed = filled.listed(**asked, limit=limit)
    assert listed == (ordered[::-1] if backwards else ordered)


def test_the_default_page_has_twenty_items_and_a_link_to_the_next(filled):
    answer = filled.workspace.get("/expenses", params={"tag": "team"})
    page = expect(200, answer)
    assert len(page["data"]) == 20 and page["has_more"] and page["object"] == "list"
    target = answer.headers["link"].removeprefix("<").removesuffix('>; rel="next"')
    following = expect(200, filled.workspace.client.get(target))
    assert following == expect(200, filled.workspace.get("/expenses", params={
        "tag": "team", "cursor": page["next_cursor"]}))
    assert not following["has_more"] and following["next_cursor"] is None


def test_an_empty_list_is_a_list(workspace):
    for path in ("/expenses", "/budgets", "/alerts", "/categories", "/reports/spending"):
        assert expect(200, workspace.get(path)) == {
            "object": "list", "data": [], "has_more": False, "next_cursor": None}


class Disturbance(threading.Thread):
    """Records expenses everywhere in the order and voids them again, until told to stop."""

    def __init__(self, workspace: Workspace):
        super().__init__(daemon=True)
        self.enough, self.rounds = threading.Event(), 0
        self._workspace = workspace

    def run(self) -> None:
        while not self.enough.is_set():
            day = date(2026, 1, 1) + timedelta(self.rounds % 40)
            made = self._workspace.record(self.rounds % 900 + 1, str(day), tags=["passing"])
            self._workspace.delete(f"/expenses/{made['id']}")
            self.rounds += 1


@pytest.mark.parametrize("sort", ["spent_on", "-spent_on", "amount", "-created_at"])
def test_a_walk_among_writers_shows_every_lasting_row_once_and_in_order(workspace, sort):
    lines = [expense(number * 37 % 900 + 1, str(date(2026, 1, 1) + timedelta(number * 7 % 40)))
             for number in range(120)]
    assert all(result["status"] == 201 for result in send_bulk(workspace, lines))
    lasting = [item["id"] for item in workspace.all("/expenses", sort=sort, limit=100)]
    writers = [Disturbance(workspace) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        for limit in (3, 11):
            walked = workspace.all("/expenses", sort=sort, limit=limit, state="any")
            assert [item["id"] for item in walked if not item["tags"]] == lasting
            assert len({item["id"] for item in walked}) == len(walked)
    finally:
        for writer in writers:
            writer.enough.set()
    for writer in writers:
        writer.join(60)
    assert all(writer.rounds > 0 for writer in writers)


def test_a_cursor_fits_its_own_list_only(filled, owner):
    place = filled.workspace
    cursor = expect(200, place.get("/expenses", params={"limit": 5, "tag": "team"}))["next_cursor"]
    elsewhere = Workspace.make(owner)
    # The page size may change on the way; nothing else may.
    expect(200, place.get("/expenses", params={"limit": 9, "tag": "team", "cursor": cursor}))
    foreign = [
        place.get("/expenses", params={"cursor": cursor}),
        place.get("/expenses", params={"tag": "late night", "cursor": cursor}),
        place.get("/expenses", params={"tag": "team", "sort": "amount", "cursor": cursor}),
        place.get("/alerts", params={"cursor": cursor}),
        elsewhere.get("/expenses", params={"tag": "team", "cursor": cursor}),
        *(place.get("/expenses", params={"tag": "team", "cursor": altered})
          for altered in altered_texts(cursor)),
    ]
    for answer in foreign:
        expect_problem(400, "cursor_invalid", answer)


def altered_texts(text: str) -> list[str]:
    """The text with a character changed, at its ends and in the middle; shorter; longer; empty."""
    spots = (0, len(text) // 2, len(text) - 6)
    changed = [text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:] for at in spots]
    return [*changed, text[:-4], text + "AAAA", "", "nonsense"]


@pytest.mark.parametrize("query", [
    "limit=0", "limit=101", "limit=-1", "limit=ten", "limit=", "limit=5&limit=5", "unknown=1",
    "Sort=amount", "sort=merchant", "sort=amount,spent_on", "sort=", "state=gone", "amount=1.5",
    "amount[gte]=x", "amount[ne]=1", "spent_on=2026-02-30", "spent_on[gte]=yesterday",
    "currency=eur", "currency=XXX", "category=cat_x", "category=,", "member=someone",
    "created_at=2026-01-01", "q=text", "spent_on=2026-01-01&spent_on=2026-01-01"])
def test_an_undocumented_or_malformed_parameter_is_refused_by_name(filled, query):
    for path in ("/expenses", "/expenses/export"):
        problem = expect_problem(400, "malformed_parameter",
                                 filled.workspace.get(f"{path}?{query}"))
        assert problem["errors"][0]["parameter"] == query.split("=")[0]


def test_every_other_list_refuses_unknown_parameters_too(filled, owner):
    below = ["/budgets", "/alerts", "/categories", "/members", "/service_accounts",
             "/reports/spending", "/messages", "/stream"]
    for answer in [*(filled.workspace.get(f"{path}?unknown=1") for path in below),
                   owner.get("/v1/workspaces?unknown=1"), owner.get("/v1/users?unknown=1")]:
        problem = expect_problem(400, "malformed_parameter", answer)
        assert problem["errors"] == [{"parameter": "unknown", "code": "unknown",
                                      "detail": problem["errors"][0]["detail"]}]


def test_workspaces_users_budgets_and_alerts_are_paged_alike(owner):
    person = Client(owner.url, expect(201, owner.post(
        "/v1/users", {"name": "Bo", "email": "bo@example.com"}))["key"])
    made = {Workspace.make(person, f"W{number}").id for number in range(5)}
    assert {item["id"] for item in person.all("/v1/workspaces", limit=2)} == made
    place = Workspace(person, made.pop())
    budgets = [place.budget(f"B{number}", 100)["id"] for number in range(5)]
    assert [item["id"] for item in place.all("/budgets", limit=2)] == budgets
    place.record(100)
    alerts = place.all("/alerts", limit=3)
    assert len(alerts) == len({item["id"] for item in alerts}) == 10
    assert alerts == place.all("/alerts", limit=100)
    people = owner.all("/v1/users", limit=1)
    assert len(people) == len({item["id"] for item in people}) and people
