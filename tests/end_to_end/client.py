"""An API key at one address, and a workspace seen through it.

Every answer is looked at: an error must be a problem document that agrees with its status, and a
503 must say when to come back. So each test also guards that promise.
"""
import ssl
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, Callable

import httpx

MERGE_PATCH = "application/merge-patch+json"
NDJSON = "application/x-ndjson"


class Client:
    """Speaks as the holder of one key; usable from many threads."""

    def __init__(self, url: str, key: str | None, *, trusted: ssl.SSLContext | None = None):
        """`trusted` knows the authority of an https address."""
        self.url, self.key = url, key
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(
            base_url=url, headers=headers, timeout=60, verify=trusted or True,
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=200))

    def request(self, method: str, path: str, body: Any = None, *, key: str | None = None,
                if_match: str | None = None, prefer: str | None = None, token: str | None = None,
                headers: dict[str, str] | None = None, **more) -> httpx.Response:
        """`key` is an idempotency key, `token` a Consistency-Token."""
        fields = {"Idempotency-Key": key, "If-Match": if_match, "Prefer": prefer,
                  "Consistency-Token": token}
        sent = {name: value for name, value in fields.items() if value is not None}
        if body is not None:
            more["json"] = body
        answer = self._http.request(method, path, headers={**sent, **(headers or {})}, **more)
        check_problem(answer)
        return answer

    def get(self, path: str, **more) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, body: Any = None, **more) -> httpx.Response:
        return self.request("POST", path, body, **more)

    def patch(self, path: str, body: Any, **more) -> httpx.Response:
        return self.request("PATCH", path, body, **more)

    def delete(self, path: str, **more) -> httpx.Response:
        return self.request("DELETE", path, **more)

    def all(self, path: str, **parameters) -> list[dict]:
        """Every item of a list, page after page."""
        items = []
        while True:
            page = expect(200, self.get(path, params=parameters))
            items += page["data"]
            if not page["has_more"]:
                assert page["next_cursor"] is None
                return items
            parameters["cursor"] = page["next_cursor"]

    def close(self) -> None:
        self._http.close()


def check_problem(answer: httpx.Response) -> None:
    if answer.status_code < 400 or answer.request.method == "HEAD":
        return
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code, problem
    assert problem["request_id"] == answer.headers["request-id"], problem
    assert problem["code"] and problem["title"] and problem["detail"], problem
    if answer.status_code == 503:
        assert int(answer.headers["retry-after"]) > 0 and problem["retryable"], problem


def expense(amount: int = 1250, day: str = "2026-11-20", currency: str = "EUR", **members) -> dict:
    """The body of an expense; further members as they are."""
    return {"amount": {"amount": amount, "currency": currency}, "spent_on": day, **members}


def expect(status: int, answer: httpx.Response) -> dict:
    """The body of an answer that must have this status."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    return answer.json()


def expect_problem(status: int, code: str, answer: httpx.Response) -> dict:
    problem = expect(status, answer)
    assert problem["code"] == code, problem
    return problem


def at_once(count: int, request: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """Sends `count` requests from as many threads that all start together."""
    barrier = Barrier(count)

    def send(number: int) -> httpx.Response:
        barrier.wait()
        return request(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(send, range(count)))


class Workspace:
    """One workspace as the holder of one key sees it; paths are below the workspace."""

    def __init__(self, client: Client, identity: str):
        self.client, self.id = client, identity

    @classmethod
    def make(cls, client: Client, name: str = "Home", currency: str = "EUR",
             zone: str = "Europe/Berlin") -> "Workspace":
        body = {"name": name, "base_currency": currency, "time_zone": zone}
        # Its partition may be on its way from one worker to another.
        return cls(client, expect(201, client.post("/v1/workspaces", body, prefer="wait=30"))["id"])

    def seen_by(self, client: Client) -> "Workspace":
        return Workspace(client, self.id)

    def path(self, below: str = "") -> str:
        return f"/v1/workspaces/{self.id}{below}"

    def get(self, below: str = "", **more) -> httpx.Response:
        return self.client.get(self.path(below), **more)

    def post(self, below: str, body: Any = None, **more) -> httpx.Response:
        return self.client.post(self.path(below), body, **more)

    def patch(self, below: str, body: Any, **more) -> httpx.Response:
        return self.client.patch(self.path(below), body, **more)

    def delete(self, below: str, **more) -> httpx.Response:
        return self.client.delete(self.path(below), **more)

    def all(self, below: str, **parameters) -> list[dict]:
        return self.client.all(self.path(below), **parameters)

    def record(self, amount: int = 1250, day: str = "2026-11-20", **members) -> dict:
        """Records an expense and returns it; `idempotency` may give a key."""
        key = members.pop("idempotency", None)
        return expect(201, self.post("/expenses", expense(amount, day, **members), key=key))

    def category(self, name: str, parent: str | None = None) -> str:
        return expect(201, self.post("/categories", {"name": name, "parent": parent}))["id"]

    def budget(self, name: str, limit: int, *, percents=(80, 100), scope: dict | None = None,
               currency: str = "EUR", every: str = "month", anchor: str = "2015-01-01") -> dict:
        return expect(201, self.post("/budgets", {
            "name": name, "scope": scope or {}, "limit": {"amount": limit, "currency": currency},
            "period": {"every": every, "anchor": anchor},
            "thresholds": [{"percent": percent} for percent in percents]}))

    def add_person(self, role: str) -> tuple[dict, "Workspace"]:
        """Somebody new: the member, and the workspace as that person sees it."""
        answer = self.post("/members", {"name": f"A {role}", "role": role,
                                        "email": f"{uuid.uuid4().hex}@example.com"})
        member = expect(201, answer)
        return member, self.seen_by(Client(self.client.url, member["key"]))

    def add_service_account(self, role: str) -> tuple[dict, "Workspace"]:
        account = expect(201, self.post("/service_accounts", {"name": "bot", "role": role}))
        return account, self.seen_by(Client(self.client.url, account["key"]))
