"""The description of the API is served, and it is true.

It equals the file in the repository; each of its operations exists and takes the methods that it
names and no others; and in a walk through all of them every answer is one that it describes.
"""
import re
import uuid
from pathlib import Path

import httpx
import pytest
import yaml
from api_description import Description
from bulk import ndjson
from client import NDJSON, Client, Workspace, expect, expect_problem, expense
from event_reader import EventReader
from mail_server import Mailbox

FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text())
METHODS = {"get", "post", "patch", "delete", "put"}
OPERATIONS = [(method, path) for path, item in DOCUMENT["paths"].items() for method in item
              if method in METHODS]
PREFIXES = {"members": "mem", "service_accounts": "mem", "keys": "key", "users": "usr",
            "categories": "cat", "expenses": "exp", "refunds": "rfd", "budgets": "bud",
            "alerts": "alr", "operations": "op", "channels": "chn", "deliveries": "dlv"}


def is_public(method: str, path: str) -> bool:
    """Says of itself that it takes everybody."""
    return DOCUMENT["paths"][path][method].get("security") == []


def filled(path: str) -> str:
    """The path with ids of the right form that name nothing."""
    def identity(match: re.Match) -> str:
        if match[2] == "token":
            return f"/{match[1]}/none"
        kind = "ws" if match[2] == "ws" else PREFIXES[match[1]]
        return f"/{match[1]}/{kind}_" + "0" * (60 if kind == "op" else 26)
    return re.sub(r"/(\w+)/\{(\w+)\}", identity, path)


def without_timestamps(value):
    """YAML reads some examples as dates; JSON has them as text."""
    if isinstance(value, dict):
        return {str(name): without_timestamps(item) for name, item in value.items()}
    if isinstance(value, list):
        return [without_timestamps(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def test_the_description_is_served_as_it_is_in_the_repository(outlay):
    stranger = Client(outlay.url, None)
    served = stranger.get("/openapi.json")
    assert expect(200, served) == without_timestamps(DOCUMENT)
    text = stranger.get("/openapi.yaml")
    assert (text.status_code, text.content) == (200, FILE.read_bytes())
    assert served.headers["content-type"] == "application/json"
    assert text.headers["content-type"].startswith("application/yaml")
    page = stranger.get("/docs")
    assert page.status_code == 200 and "</html>" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("method,path", OPERATIONS)
def test_every_described_operation_exists(shared_embedded, method, path):
    shared_embedded.start()
    client = shared_embedded.client()
    body = {"content": b"{}", "headers": {"Content-Type": "application/json"}}
    answer = client.request(method.upper(), filled(path),
                            **(body if method in ("post", "patch") else {}))
    assert answer.status_code not in (405, 501), answer.text
    if answer.status_code >= 400:
        assert answer.json()["code"] != "route_not_found", answer.text


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_every_method_of_the_server_is_described(shared_embedded, path):
    shared_embedded.start()
    client = shared_embedded.client()
    described = {method.upper() for method in DOCUMENT["paths"][path] if method in METHODS}
    described |= {"OPTIONS"} | ({"HEAD"} if "GET" in described else set())
    allowed = client.request("OPTIONS", filled(path))
    assert allowed.status_code == 204 and set(allowed.headers["allow"].split(", ")) == described
    for method in {"GET", "POST", "PATCH", "DELETE", "PUT"} - described:
        refused = client.request(method, filled(path))
        expect_problem(405 if method != "PUT" else refused.status_code,
                       refused.json()["code"], refused)
        assert refused.status_code in (405, 501)
        if refused.status_code == 405:
            assert set(refused.headers["allow"].split(", ")) == described


@pytest.mark.parametrize("method,path", [
    one for one in OPERATIONS if one[1].startswith("/v1") and not is_public(*one)])
def test_no_operation_answers_without_a_key(shared_embedded, method, path):
    shared_embedded.start()
    answer = Client(shared_embedded.url, None).request(method.upper(), filled(path))
    expect_problem(401, "unauthenticated", answer)


class Walk:
    """Sends requests and checks each answer against the description."""

    def __init__(self, client: Client):
        self.description, self.client = Description(DOCUMENT), client
        self.done: set[tuple[str, str]] = set()  # operations that succeeded

    def __call__(self, method: str, path: str, body=None, **more) -> dict:
        answer = self.client.request(method, path, body, **more)
        assert answer.status_code < 300, answer.text
        self.done.add(self.description.check(answer))
        return answer.json() if answer.headers.get("content-type") == "application/json" else {}

    def stream(self, path: str) -> None:
        """Of an answer without end its beginning is looked at."""
        with EventReader(self.client.url, self.client.key, path) as reader:
            reader.wait_for_place()
            answer = httpx.Response(reader.status, headers=reader.headers, text=reader.text,
                                    request=httpx.Request("GET", self.client.url + path))
        assert answer.status_code == 200, answer.text
        self.done.add(self.description.check(answer))


def test_a_walk_through_all_operations_finds_only_described_answers(owner, mailbox):
    walk = Walk(owner)
    walk_workspace(walk, mailbox)
    assert walk.done == set(OPERATIONS)


def walk_workspace(walk: Walk, mailbox: Mailbox) -> None:
    place = "/v1/workspaces/" + walk("POST", "/v1/workspaces", {
        "name": "Home", "base_currency": "EUR", "time_zone": "Europe/Berlin"})["id"]
    for path in ("/v1/workspaces?limit=1", place, "/v1/me", "/openapi.json", "/openapi.yaml",
                 "/docs", "/docs/problems", "/docs/style.css"):
        walk("GET", path)
    walk("PATCH", place, {"name": "Ours"})
    user = walk("POST", "/v1/users", {"name": "Ada", "email": "ada@example.com"})
    walk("GET", "/v1/users?limit=1"), walk("GET", f"/v1/users/{user['id']}")
    walk_members(walk, place, user["id"])
    category = walk_categories(walk, place)
    walk_expenses(walk, place, category)
    walk_budgets(walk, place)
    walk_channels(walk, place, mailbox)
    walk("POST", f"{place}/close_period", {"through": "2020-01-31"})
    walk("POST", f"{place}/reopen_period", {"through": None, "reason": "late"})
    walk("POST", f"{place}/archive"), walk("POST", f"{place}/restore")


def walk_members(walk: Walk, place: str, user: str) -> None:
    member = walk("POST", f"{place}/members", {"user": user, "role": "member"})
    walk("POST", f"{place}/members", {"name": "Bo", "email": "bo@example.com", "role": "viewer"})
    path = f"{place}/members/{member['id']}"
    walk("GET", f"{place}/members"), walk("GET", path), walk("PATCH", path, {"role": "admin"})
    account = walk("POST", f"{place}/service_accounts", {"name": "bot", "role": "member"})
    walk("GET", f"{place}/service_accounts")
    keys = f"{place}/service_accounts/{account['id']}/keys"
    key = walk("POST", keys)
    walk("GET", keys), walk("GET", f"{keys}/{key['id']}"), walk("DELETE", f"{keys}/{key['id']}")
    walk("DELETE", path)


def walk_categories(walk: Walk, place: str) -> str:
    category = walk("POST", f"{place}/categories", {"name": "Food", "parent": None})["id"]
    path = f"{place}/categories/{category}"
    walk("PATCH", path, {"name": "Meals"}), walk("GET", path), walk("GET", f"{place}/categories")
    walk("POST", f"{path}/archive"), walk("POST", f"{path}/restore")
    return category


def walk_expenses(walk: Walk, place: str, category: str) -> None:
    made = walk("POST", f"{place}/expenses", expense(category=category, merchant="Bar", note="n",
                                                     tags=["t"]))["id"]
    path = f"{place}/expenses/{made}"
    walk("PATCH", path, {"note": None}, if_match='"v1"'), walk("GET", path)
    walk("DELETE", f"{path}?reason=twice"), walk("POST", f"{path}/restore")
    walk_refunds(walk, path)
    walk("GET", f"{path}/history"), walk("GET", f"{place}/expenses?limit=1")
    for prefer in ("wait=2", "respond-async"):
        walk("POST", f"{place}/expenses/bulk", content=ndjson([expense(), {}]), prefer=prefer,
             headers={"Content-Type": NDJSON})
    walk("GET", f"{place}/expenses/export"), walk("GET", f"{place}/expenses/export?format=csv")
    operation = walk("POST", f"{place}/expenses", expense(), prefer="respond-async")["id"]
    walk("GET", f"{place}/operations/{operation}")
    for grouping in ("day,category,member", "week,merchant", "month,tag"):
        walk("GET", f"{place}/reports/spending?group_by={grouping}")


def walk_refunds(walk: Walk, path: str) -> None:
    body = {"amount": {"amount": 50, "currency": "EUR"}, "received_on": "2026-12-03"}
    made = walk("POST", f"{path}/refunds", {**body, "reason": "broken", "counts_in": "original"})
    walk("POST", f"{path}/refunds", body)
    walk("DELETE", f"{path}/refunds/{made['refunds'][0]['id']}?reason=returned")


def walk_budgets(walk: Walk, place: str) -> None:
    budget = walk("POST", f"{place}/budgets", {
        "name": "All", "scope": {}, "limit": {"amount": 100, "currency": "EUR"},
        "period": {"every": "month", "anchor": "2015-01-01"},
        "thresholds": [{"percent": 80}]})["id"]
    path = f"{place}/budgets/{budget}"
    walk("GET", path), walk("GET", f"{place}/budgets"), walk("PATCH", path, {"name": "Everything"})
    walk("GET", f"{path}/periods?from=2026-01-01&to=2026-12-31")
    walk("POST", f"{path}/archive"), walk("POST", f"{path}/restore")
    walk("POST", f"{place}/expenses", expense(100, "2026-10-01"))
    alert = f"{place}/alerts/" + walk("GET", f"{place}/alerts")["data"][0]["id"]
    walk("GET", alert), walk("POST", f"{alert}/snooze", {"until": "2099-01-01T00:00:00Z"})
    walk("POST", f"{alert}/acknowledge")
    walk("GET", f"{place}/messages?limit=1"), walk.stream(f"{place}/stream")
    walk_actions_of_budget(walk, place, path)
    walk_periods_of_budgets(walk, place, path)


def walk_periods_of_budgets(walk: Walk, place: str, path: str) -> None:
    walk("PATCH", place, {"week_start": "sunday", "fiscal_year_start": "04-06"})
    walk("PATCH", path, {"rollover": {"carry": "unspent"}, "rollover_from": "2026-01-01"})
    capped = {"carry": "capped", "cap": {"amount": 50, "currency": "EUR"}}
    walk("PATCH", path, {"rollover": capped, "rollover_from": "2026-03-01"})
    late = {"amount": 900, "currency": "EUR"}
    walk("PATCH", path, {"limit": late, "limit_from": "2026-02-01", "reason": "the flat was shared"})
    walk("GET", f"{path}/periods?from=2026-01-01&to=2026-12-31")
    walk("GET", f"{path}/history")
    limit = {"amount": 1000, "currency": "EUR"}
    found = walk("POST", f"{place}/budgets/preview", {
        "name": "Later", "limit": limit, "period": {"every": "quarter"}, "since": "2026-01-01",
        "rollover": {"carry": "capped", "cap": {"amount": 50, "currency": "EUR"}},
        "thresholds": [{"percent": 1}, {"percent": 1, "basis": "forecast"}]})
    assert len(found["warnings"]) == 4
    walk("POST", f"{place}/budgets", {
        "name": "Trip", "limit": limit, "period": {"start": "2026-07-01", "end": "2026-07-14"}})


def walk_actions_of_budget(walk: Walk, place: str, path: str) -> None:
    more = {"amount": {"amount": 50, "currency": "EUR"}, "day": "2026-10-01"}
    walk("POST", f"{path}/adjust", {**more, "reason": "guests"})
    other = walk("POST", f"{place}/budgets", {
        "name": "Other", "scope": {}, "limit": {"amount": 100, "currency": "EUR"},
        "period": {"every": "month", "anchor": "2015-01-01"}})["id"]
    walk("POST", f"{path}/move-funds", {**more, "to": other, "reason": "guests"})
    walk("POST", f"{path}/mute", {}), walk("POST", f"{path}/unmute")
    walk("POST", f"{path}/pause"), walk("POST", f"{path}/resume")


def walk_channels(walk: Walk, place: str, mailbox: Mailbox) -> None:
    channel = walk("POST", f"{place}/channels", {"kind": "webhook", "url": "http://127.0.0.1:9/"})
    path = f"{place}/channels/{channel['id']}"
    walk("GET", path), walk("GET", f"{place}/channels"), walk("PATCH", path, {"state": "paused"})
    walk("POST", f"{path}/rotate_secret"), walk("POST", f"{path}/confirm", {"code": "AAAA-AAAA"})
    delivery = walk("POST", f"{path}/test")["id"]
    walk("POST", f"{path}/recover", {"since": "2026-01-01T00:00:00Z", "missing": True})
    walk("GET", f"{path}/deliveries?state=pending"), walk("GET", f"{place}/deliveries/{delivery}")
    walk("GET", f"{place}/deliveries?type=channel.*&limit=1")
    walk("POST", f"{place}/deliveries/{delivery}/redeliver"), walk("DELETE", path)
    to = f"{uuid.uuid4().hex}@example.org"
    mail = walk("POST", f"{place}/channels", {"kind": "email", "to": to, "verify": False})
    walk("POST", f"{place}/channels/{mail['id']}/test")
    walk("GET", f"{place}/notices")
    link = mailbox.await_mails(to, 1)[0]["List-Unsubscribe"].strip("<>")
    token = link.removeprefix("https://outlay.example")
    walk("GET", token), walk("POST", token)


def test_a_refusal_leads_to_the_page_that_explains_its_code(owner):
    answer = owner.post("/v1/users", {"name": "Bo", "email": "bo@example.com"}, key="")
    page, anchor = re.fullmatch(r'<(.+)#(.+)>; rel="describedby"', answer.headers["Link"]).groups()
    assert (answer.json()["code"], anchor) == ("idempotency_key_invalid",) * 2
    assert f'<h3 id="{anchor}">' in Client(owner.url, None).get(page).text


@pytest.mark.parametrize("method, path", sorted(OPERATIONS))
def test_no_operation_ignores_an_unknown_parameter(owner, method, path):
    problem = expect_problem(400, "malformed_parameter",
                             owner.request(method.upper(), f"{filled(path)}?unknown=1"))
    assert [error["parameter"] for error in problem["errors"]] == ["unknown"]


@pytest.mark.parametrize("name", DOCUMENT["webhooks"])
def test_the_example_of_every_message_is_one(name):
    body = DOCUMENT["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]
    assert body["example"]["type"] == name
    Description(DOCUMENT).check_message(body["example"])


def test_refusals_are_described_too(owner):
    description = Description(DOCUMENT)
    place = Workspace.make(owner)
    made = f"/expenses/{place.record()['id']}"
    refused = [
        (400, place.get("/expenses?unknown=1")), (400, place.post("/categories")),
        (401, Client(owner.url, None).get("/v1/me")), (404, place.get("/expenses/exp_" + "0" * 26)),
        (406, place.get("/expenses", headers={"Accept": "image/png"})),
        (412, place.patch(made, {"note": "x"}, if_match='"v9"')),
        (415, place.post("/expenses", content=b"{}", headers={"Content-Type": "text/plain"})),
        (422, place.post("/expenses", {})), (304, place.get(made, headers={"If-None-Match": "*"})),
        (403, place.add_person("viewer")[1].post("/expenses", expense())),
        (409, place.post("/archive") and place.post("/expenses", expense())),
    ]
    for status, answer in refused:
        assert answer.status_code == status, answer.text
        description.check(answer)
