"""When a service is away Outlay says so, says nothing else, and goes on by itself when it is back.

No answer is a lie: what got a 201 is there, what got a 503 is not, and what got a 202 has an
operation that ends. Readiness follows the services; nothing has to be restarted, and nobody has to
do anything.
"""
import time
from uuid import uuid4

import httpx
import pytest
from client import Workspace, expect, expect_problem, expense
from installations import ScaleOut
from nodes import Node
from waiting import wait_until

ANSWER_S = 15  # within which every request is answered while a service is away
RECOVERY_S = 30


class Place(Workspace):
    """A workspace of an installation on services of this test, with one expense in it."""

    def __init__(self, outlay: ScaleOut):
        self.outlay = outlay
        super().__init__(client := outlay.client(), Workspace.make(client).id)
        self.record()

    def wait_until_missed(self, service: str) -> None:
        """The api and the worker both say that they are not ready, and why."""
        for node in self.outlay.nodes:
            wait_until(lambda node=node: service in failing_checks(node),
                       f"{node.name} misses the {service}")

    def wait_until_session_ends(self) -> None:
        """The group takes the worker for dead by now, and the worker knows: it tells so itself."""
        log = self.outlay.workers[0].log
        wait_until(lambda: "group session timed out" in log.read_text(), "the session's end")

    def goes_on(self) -> None:
        """Everything works again, and nobody did anything about it.

        Readiness comes first, without any request: a node that is not ready gets none.
        """
        end = time.monotonic() + RECOVERY_S
        for node in self.outlay.nodes:
            wait_until(lambda node=node: not failing_checks(node), f"{node.name} is ready",
                       end - time.monotonic())
        wait_until(lambda: self.post("/expenses", expense()).status_code == 201, "writing goes on",
                   end - time.monotonic())


def failing_checks(node: Node) -> list[str]:
    """What keeps this process from being ready."""
    answer = httpx.get(f"http://127.0.0.1:{node.admin_port}/readyz?verbose")
    checks = [line.partition(": ") for line in answer.text.splitlines() if ": " in line]
    failing = [name for name, _, state in checks if state != "ok"]
    assert answer.status_code == (503 if failing else 200)
    return failing


class Attempts:
    """Expenses that were sent while a service was away, with what was said about them."""

    def __init__(self, place: Place):
        self.place, self.made, self.open, self.refused = place, [], [], []

    def send(self, count: int) -> set[int]:
        statuses = set()
        for _ in range(count):
            key, body = uuid4().hex, expense(note=uuid4().hex)
            answer = self.place.post("/expenses", body, key=key, timeout=ANSWER_S)
            statuses.add(answer.status_code)
            if answer.status_code == 201:
                self.made.append(answer.json())
            elif answer.status_code == 202:
                self.open.append((answer.json(), key, body))
            else:
                assert answer.status_code == 503, answer.text
                self.refused.append((key, body))
        return statuses

    def check(self) -> None:
        """Every answer was the truth; what was refused may be sent again."""
        for made in self.made:
            assert expect(200, self.place.get(f"/expenses/{made['id']}")) == made
        for operation, key, body in self.open:
            self.check_open(operation, key, body)
        notes = {item["note"] for item in self.place.all("/expenses", limit=100)}
        for key, body in self.refused:
            assert body["note"] not in notes
            assert "idempotent-replayed" not in self.sent_again(key, body).headers

    def check_open(self, operation: dict, key: str, body: dict) -> None:
        path = f"/operations/{operation['id']}"
        done = wait_until(lambda: (found := expect(200, self.place.get(path)))["state"] != "pending"
                          and found, "the operation ends", RECOVERY_S)
        if done["state"] == "applied":
            assert done["resource"]["note"] == body["note"]
            assert self.sent_again(key, body).headers["idempotent-replayed"] == "true"
        else:
            assert done["problem"]["code"] == "command_closed"
            expect_problem(409, "command_closed", self.place.post("/expenses", body, key=key))

    def sent_again(self, key: str, body: dict) -> httpx.Response:
        answer = self.place.post("/expenses", body, key=key)
        expect(201, answer)
        return answer


def test_a_killed_database_is_survived(scale_out, own_postgres):
    place = Place(scale_out(1, postgres=own_postgres.url()))
    own_postgres.kill()
    attempts = Attempts(place)
    assert attempts.send(3) <= {202, 503}
    expect_problem(503, "store_unavailable", place.get("/expenses"))
    place.wait_until_missed("store")
    own_postgres.start()
    place.goes_on()
    attempts.check()


@pytest.mark.parametrize("fault", ["killed", "hanging"])
def test_a_lost_broker_is_survived(scale_out, own_kafka, fault):
    place = Place(scale_out(1, kafka=own_kafka.address))
    own_kafka.kill() if fault == "killed" else own_kafka.pause()
    attempts = Attempts(place)
    assert attempts.send(3) <= {202, 503}
    assert len(place.all("/expenses")) == 1  # reading goes on
    if fault == "killed":
        place.wait_until_missed("journal")
        expect_problem(503, "journal_unavailable", place.post("/expenses", expense()))
    place.wait_until_session_ends()
    own_kafka.start() if fault == "killed" else own_kafka.resume()
    place.goes_on()
    attempts.check()
