"""Customers who send mixed commands without a pause, whatever happens, and believe no answer.

A customer sends a command again with its key while nobody knows whether it applied, to whichever
node, and goes on after a few tries. What is left open then is driven to its end by `settle`.
"""
import json
import random
import threading
from typing import Callable
from uuid import UUID

import httpx
from bulk import post_bulk
from client import Client, Workspace, at_once, expect, expense
from journal_fold import id_of_bytes
from operation_journal import OK, Answer, Operation, OperationJournal
from waiting import wait_until

PATIENCE_S = 6   # of a customer, for one answer
SETTLED_S = 75   # an operation may be closed 30 s after its 202
TRIES = 4
DAYS = ("2026-09-03", "2026-10-17", "2026-11-01", "2026-11-20")
TAGS = ("red", "green", "blue")
NO_CATEGORY, NO_EXPENSE = "cat_" + "0" * 26, "exp_" + "0" * 26


class Shop:
    """A workspace at every node, and what all of its customers know of it."""

    def __init__(self, places: list[Workspace]):
        self.places = places
        self.expenses: dict[str, int] = {}  # newest versions that were answered
        self.budgets: dict[str, int] = {}
        self.categories: list[str] = []
        self.refunds: list[str] = []  # their paths


class Customer(threading.Thread):
    """One client of a shop; `violations` are the promises that were not kept."""

    def __init__(self, shop: Shop, places: list[Workspace], journal: OperationJournal, chance: random.Random):
        super().__init__(daemon=True)
        self.violations: list[str] = []
        self.ended = threading.Event()
        self._shop, self._places, self._journal, self._chance = shop, places, journal, chance
        self._mine: list[Operation] = []
        self._commands = [(getattr(self, "_" + name), weight) for name, weight in COMMANDS]

    def run(self) -> None:
        choices, weights = zip(*self._commands)
        while not self.ended.is_set():
            self._guarded(self._chance.choices(choices, weights)[0])

    def settle(self) -> None:
        """Sends what is open again, until its outcome is known; nodes and services are up again."""
        self._guarded(self._settle)

    def _settle(self) -> None:
        for operation in self._mine:
            if operation.is_open():
                operation.prefer = "wait=10"
                wait_until(lambda: self._is_settled(operation), f"an end of {operation}", SETTLED_S)
        for operation in self._mine:
            for identity in operation.followed_up():
                operation.ends.add(self._end_of(identity))

    def close(self) -> None:
        for place in self._places:
            place.client.close()

    def _guarded(self, action: Callable[[], object]) -> None:
        try:
            action()
        except Exception as problem:  # also those that tell of a mistake in this test
            self.violations.append(f"{type(problem).__name__}: {problem}")

    def _is_settled(self, operation: Operation) -> bool:
        answer = self._send(operation, self._place())
        return answer.is_certain() and answer.status != 503 and answer.code != "conflict"

    def _end_of(self, identity: str) -> str:
        path = f"/operations/{identity}"
        return wait_until(lambda: (got := expect(200, self._place().get(path)))["state"] != "pending"
                          and got, f"the operation {identity} ends", SETTLED_S)["state"]

    # sending

    def _place(self) -> Workspace:
        return self._chance.choice(self._places)

    def _operation(self, method: str, path: str, body=None, **more) -> Operation:
        key = str(UUID(int=self._chance.getrandbits(128)))
        if path == "/expenses" and method == "POST":
            body = {**body, "note": key}
        operation = Operation(self._places[0].id, key, method, path, body, **more)
        self._mine.append(operation)
        return self._journal.add(operation)

    def _send(self, operation: Operation, place: Workspace) -> Answer:
        self._journal.sends(operation, place.client.url)
        answer = Answer(None)
        try:
            got = place.client.request(
                operation.method, place.path(operation.path), operation.body, key=operation.key,
                if_match=operation.if_match, prefer=operation.prefer, timeout=2 * PATIENCE_S)
            answer = Answer(got.status_code, got.json(), got.headers.get("consistency-token"))
        except httpx.TransportError:
            pass
        finally:
            self._journal.got(operation, place.client.url, answer)
        return answer

    def _carry(self, operation: Operation) -> Answer:
        """Sends until something is known, or patience ends."""
        for _ in range(TRIES):
            answer = self._send(operation, self._place())
            if answer.is_certain() and answer.status != 503 or self._chance.random() < 0.1:
                break
            self.ended.wait(self._chance.uniform(0.02, 0.4))
        if answer.status in OK:
            self._learn(operation, answer)
        return answer

    def _learn(self, operation: Operation, answer: Answer) -> None:
        kind = operation.path.split("/")[1]
        known = {"expenses": self._shop.expenses, "budgets": self._shop.budgets}.get(kind)
        if known is not None:
            known[answer.body["id"]] = answer.body["version"]
        else:
            self._shop.categories.append(answer.body["id"])
        if self._chance.random() < 0.4:
            self._read_back(kind, answer)

    def _read_back(self, kind: str, answer: Answer) -> None:
        """A read that carries the token of a write sees it, or is refused."""
        below = f"/{kind}/{answer.body['id']}"
        try:
            got = self._place().get(below, token=answer.token, timeout=PATIENCE_S)
        except httpx.TransportError:
            return
        assert got.status_code in (200, 503), f"{below} with {answer.token}: {got.status_code} {got.text}"
        if got.status_code == 200:
            assert got.json()["version"] >= answer.body["version"], f"{answer.body} was read as {got.text}"

    # commands

    def _body(self) -> dict:
        chance = self._chance
        more = {"tags": chance.sample(TAGS, chance.randint(0, 2))}
        if self._shop.categories and chance.random() < 0.3:
            more["category"] = chance.choice(self._shop.categories)
        return expense(chance.randint(1, 5_000), chance.choice(DAYS), **more)

    def _some(self, known: dict[str, int]) -> tuple[str, int]:
        return self._chance.choice(list(known.items()))

    def _record(self) -> None:
        self._carry(self._operation("POST", "/expenses", self._body()))

    def _record_later(self) -> None:
        """Answered as soon as the journal has it; nobody waits, but a read with the token does."""
        identity = id_of_bytes("exp", self._chance.getrandbits(125).to_bytes(16, "big"))
        body = {**self._body(), "id": identity, "category": None}
        operation = self._operation("POST", "/expenses", body, prefer="respond-async")
        answer = self._carry(operation)
        if answer.status == 202 and answer.token:
            self._read_back("expenses", Answer(202, {"id": identity, "version": 1}, answer.token))

    def _record_twice_at_once(self) -> None:
        operation = self._operation("POST", "/expenses", self._body())
        answers = at_once(2, lambda number: self._send(operation, self._places[number % len(self._places)]))
        bodies = [answer.body for answer in answers if answer.status in OK]
        assert bodies in ([], bodies[:1], bodies[:1] * 2), bodies

    def _record_many(self) -> None:
        """Lines of one request, each a command of its own."""
        operations = [self._operation("POST", "/expenses", self._body())
                      for _ in range(self._chance.randint(2, 12))]
        place = self._place()
        for operation in operations:
            self._journal.sends(operation, place.client.url)
        lines = [{"idempotency_key": operation.key, **operation.body} for operation in operations]
        answers = [Answer(None)] * len(lines)
        try:
            answers = answers_of_bulk(post_bulk(place, lines, timeout=2 * PATIENCE_S), len(lines))
        except httpx.TransportError:
            pass
        for operation, answer in zip(operations, answers):
            self._journal.got(operation, place.client.url, answer)

    def _reuse_a_key(self) -> None:
        """For another expense, which must never be."""
        done = [one for one in self._mine[-50:] if one.path == "/expenses" and one.acknowledged()]
        if done:
            owner = self._chance.choice(done)
            body = {**owner.body, "note": "intruder"}
            self._carry(self._journal_intruder(owner, body))

    def _journal_intruder(self, owner: Operation, body: dict) -> Operation:
        operation = Operation(owner.workspace, owner.key, owner.method, owner.path, body, intrudes=True)
        self._mine.append(operation)
        return self._journal.add(operation)

    def _change(self) -> dict:
        chance = self._chance
        return chance.choice(({"amount": {"amount": chance.randint(1, 9_000), "currency": "EUR"}},
                              {"spent_on": chance.choice(DAYS)}, {"tags": chance.sample(TAGS, 1)},
                              {"merchant": f"M{chance.randint(1, 9)}"}))

    def _amend(self) -> None:
        if self._shop.expenses:
            self._carry(self._operation("PATCH", f"/expenses/{self._some(self._shop.expenses)[0]}", self._change()))

    def _amend_what_was_seen(self) -> None:
        if self._shop.expenses:
            identity, version = self._some(self._shop.expenses)
            self._carry(self._operation("PATCH", f"/expenses/{identity}", self._change(), if_match=f'"v{version}"'))

    def _void(self) -> None:
        if self._shop.expenses:
            self._carry(self._operation("DELETE", f"/expenses/{self._some(self._shop.expenses)[0]}"))

    def _restore(self) -> None:
        if self._shop.expenses:
            self._carry(self._operation("POST", f"/expenses/{self._some(self._shop.expenses)[0]}/restore"))

    def _refund(self) -> None:
        if self._shop.expenses:
            amount = {"amount": self._chance.randint(1, 2_000), "currency": "EUR"}
            body = {"amount": amount, "received_on": self._chance.choice(DAYS),
                    "counts_in": self._chance.choice(("received", "original"))}
            path = f"/expenses/{self._some(self._shop.expenses)[0]}/refunds"
            answer = self._carry(self._operation("POST", path, body))
            if answer.status in OK:
                self._shop.refunds += [f"{path}/{refund['id']}" for refund in answer.body["refunds"][-1:]]

    def _take_back_a_refund(self) -> None:
        if self._shop.refunds:
            self._carry(self._operation("DELETE", self._chance.choice(self._shop.refunds)))

    def _make_category(self) -> None:
        parent = self._chance.choice(self._shop.categories) if len(self._shop.categories) > 3 else None
        if len(self._shop.categories) < 40:
            name = f"C{self._chance.getrandbits(40)}"
            self._carry(self._operation("POST", "/categories", {"name": name, "parent": parent}))

    def _make_budget(self) -> None:
        if len(self._shop.budgets) < 12:
            scope = {"tags": self._chance.sample(TAGS, 2)} if self._chance.random() < 0.4 else {}
            self._carry(self._operation("POST", "/budgets", {
                "name": f"B{self._chance.getrandbits(40)}", "scope": scope,
                "limit": {"amount": self._chance.randint(5_000, 300_000), "currency": "EUR"},
                "period": {"every": "month", "anchor": "2015-01-01"},
                "thresholds": [{"percent": percent} for percent in (50, 80, 100)]}))

    def _change_budget(self) -> None:
        if self._shop.budgets:
            limit = {"amount": self._chance.randint(5_000, 900_000), "currency": "EUR"}
            body = self._chance.choice(({"name": f"B{self._chance.getrandbits(40)}"}, {"limit": limit}))
            self._carry(self._operation("PATCH", f"/budgets/{self._some(self._shop.budgets)[0]}", body))

    def _be_refused(self) -> None:
        method, path, body, status = self._chance.choice((
            ("POST", "/expenses", expense(0), 422), ("POST", "/expenses", expense(1, category=NO_CATEGORY), 422),
            ("PATCH", f"/expenses/{NO_EXPENSE}", {"note": "x"}, 404), ("DELETE", f"/expenses/{NO_EXPENSE}", None, 404)))
        answer = self._carry(self._operation(method, path, body))
        assert answer.status in (None, 503, status), answer

    def _list(self) -> None:
        try:
            got = self._place().get("/expenses", params={"limit": 50}, timeout=PATIENCE_S)
        except httpx.TransportError:
            return
        assert got.status_code in (200, 503), got.text


COMMANDS = (
    ("record", 24), ("record_later", 10), ("record_twice_at_once", 8), ("record_many", 4), ("reuse_a_key", 5),
    ("amend", 14), ("amend_what_was_seen", 8), ("void", 8), ("restore", 6), ("refund", 10),
    ("take_back_a_refund", 4), ("make_category", 2),
    ("make_budget", 2), ("change_budget", 1), ("be_refused", 5), ("list", 6),
)


def answers_of_bulk(answer: httpx.Response, count: int) -> list[Answer]:
    """One for each line; lines of which the answer says nothing are unknown."""
    if answer.status_code not in (200, 202):
        return [Answer(answer.status_code, answer.json())] * count
    answers = [Answer(None)] * count
    for result in map(json.loads, answer.text.splitlines()):
        body = result.get("problem") or {"id": result["operation" if result["status"] == 202 else "id"]}
        answers[result["line"] - 1] = Answer(result["status"], body)
    return answers


class MixedLoad:
    """Some customers in each of some shops."""

    def __init__(self, outlay, urls: list[str], journal: OperationJournal, seed: int, *, shops: int = 3,
                 customers: int = 2):
        self.journal = journal
        self.customers: list[Customer] = []
        self.shops: list[Shop] = []
        owner = outlay.client()
        self.user = expect(200, owner.get("/v1/me"))["id"]
        for number in range(shops):
            home = Workspace.make(owner, f"Shop {number}")
            self.shops.append(Shop([Workspace(Client(url, outlay.owner_key), home.id) for url in urls]))
            self.customers += [
                Customer(self.shops[-1], [Workspace(Client(url, outlay.owner_key), home.id) for url in urls],
                         journal, random.Random(f"{seed}:{number}:{one}")) for one in range(customers)]
        owner.close()

    def start(self) -> None:
        for customer in self.customers:
            customer.start()

    def stop(self) -> None:
        for customer in self.customers:
            customer.ended.set()
        for customer in self.customers:
            customer.join(120)
            assert not customer.is_alive(), "a customer hangs"

    def settle(self) -> None:
        at_once(len(self.customers), lambda number: self.customers[number].settle())
        for customer in self.customers:
            customer.close()

    def violations(self) -> list[str]:
        return [violation for customer in self.customers for violation in customer.violations]

    def acknowledged(self) -> int:
        return sum(operation.acknowledged() is not None for operation in list(self.journal.operations))
