"""(h) From an acknowledged expense to the first attempt to deliver its alert, and what watching costs.

Commands go in at a steady rate, whatever the answers take. One in ten is an expense that carries the
budget of a day over its threshold, each of a day of its own, so it raises one alert; the channel of
its workspace leads to a receiver on this machine.
"""
import datetime
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from book import DAYS, lines, make_book, upload
from client import Workspace, expect
from ground import Ground, drain
from report import Table, verdict
from waiting import wait_until

COMMANDS_PER_S = 500
ALERTS_PER_S = 50
ENDPOINTS = 50
SENDERS = 10
WARM_UP_S = 5
FIRST_DAY = datetime.date(2000, 1, 1)
ARRIVAL_DEADLINE_S = 60
DEAD_MAY_COST = 1.25  # of the p99 of the others
RECEIVER = Path(__file__).with_name("alert_receiver.py")

BUDGETS = 100
BOOKS = 8
EVENTS = 200_000
LIVE_DAYS = 45  # of which people record expenses as they come


def measure(ground: Ground) -> list[Table]:
    # Receivers listen on loopback without TLS.
    os.environ["OUTLAY_EGRESS_ALLOW"] = "127.0.0.0/8"
    os.environ["OUTLAY_EGRESS_HTTP"] = "1"
    table = Table(f"From the acknowledgement of an expense to the first attempt of its webhook, at "
                  f"{COMMANDS_PER_S} commands/s",
                  ("form, endpoints", "commands/s", "alerts", "p50 ms", "p99 ms", "max ms", "reached"))
    with ground.scale_out(workers=1) as outlay:
        _deliveries(ground, table, "Kafka, PostgreSQL", outlay)
    with ground.embedded() as outlay:
        _deliveries(ground, table, "embedded", outlay)
    table.notes.append("a dead endpoint takes connections and never answers; its own alerts are not in its row. "
                       f"Required: p99 of the others at most {DEAD_MAY_COST} of that without it")
    return [table, _watching(ground)]


def _deliveries(ground: Ground, table: Table, form: str, outlay) -> None:
    one = _run(ground, outlay, 1, has_dead=False)
    _add(table, f"{form}, 1", one)
    alive = _run(ground, outlay, ENDPOINTS, has_dead=False)
    _add(table, f"{form}, {ENDPOINTS}", alive)
    with_dead = _run(ground, outlay, ENDPOINTS, has_dead=True)
    reached = verdict(with_dead.percentile(99) <= DEAD_MAY_COST * alive.percentile(99))
    _add(table, f"{form}, {ENDPOINTS}, one of them dead", with_dead, reached)


@dataclass
class Told:
    """What a run saw: seconds from the acknowledgement to the attempt, sorted."""
    rate: float
    latencies: list[float] = field(default_factory=list)

    def percentile(self, share: int) -> float:
        """In milliseconds."""
        at = min(len(self.latencies) - 1, len(self.latencies) * share // 100)
        return 1000 * self.latencies[at]


def _add(table: Table, name: str, told: Told, reached: str = "-") -> None:
    table.add(name, told.rate, len(told.latencies), told.percentile(50), told.percentile(99),
              1000 * told.latencies[-1], reached)


def _run(ground: Ground, outlay, endpoints: int, *, has_dead: bool) -> Told:
    with _receiver(ground) as receiver:
        paths = ["dead" if has_dead and number == 0 else number for number in range(endpoints)]
        places = [_Watched(outlay.client(), f"{receiver.url}/{path}") for path in paths]
        _load(places, WARM_UP_S, ground.seed)
        began = time.monotonic()
        acknowledged, rate = _load(places, ground.seconds, ground.seed)
        dead = {places[0].budget} if has_dead else set()
        wanted = {key: at for key, at in acknowledged.items() if key[0] not in dead}
        _wait_for_all(outlay, [place for place in places if place.budget not in dead])
    first: dict[tuple[str, str], float] = {}
    for at, message in receiver.arrivals():
        key = (message["data"]["budget"], message["data"]["period"]["start"])
        first.setdefault(key, at)
    missing = set(wanted) - set(first)
    assert not missing, f"{len(missing)} of {len(wanted)} alerts never came"
    assert all(at >= began for key, at in first.items() if key in wanted)
    return Told(rate, sorted(first[key] - at for key, at in wanted.items()))


class _Watched:
    """A workspace with a budget of days, whose alerts go to an endpoint."""

    def __init__(self, client, url: str):
        self.place = Workspace.make(client)
        body = {"kind": "webhook", "url": url, "events": ["alert.raised"]}
        self.channel = expect(201, self.place.post("/channels", body))["id"]
        self.budget = self.place.budget("Watched", 100, percents=(100,), every="day", anchor="2000-01-01",
                                        scope={"merchants": ["Watched"]})["id"]
        self._days = 0
        self._lock = threading.Lock()

    def next_day(self) -> str:
        with self._lock:
            self._days += 1
            return (FIRST_DAY + datetime.timedelta(days=self._days)).isoformat()

    def is_told(self) -> bool:
        """Nothing waits for a first attempt."""
        waiting = self.place.all(f"/channels/{self.channel}/deliveries", state="pending", limit=100)
        return all(delivery["attempts"] > 0 for delivery in waiting)


def _wait_for_all(outlay, places: list[_Watched]) -> None:
    drain(outlay)
    for watched in places:
        wait_until(watched.is_told, "every delivery was tried", ARRIVAL_DEADLINE_S)


def _load(places: list[_Watched], seconds: int, seed: int) -> tuple[dict[tuple[str, str], float], float]:
    """Commands by several connections at a steady rate; when each alert's expense was acknowledged,
    by budget and day, and how many commands there were in a second."""
    acknowledged: dict[tuple[str, str], float] = {}
    failures: list[str] = []
    failed = threading.Event()
    count = COMMANDS_PER_S * seconds
    began = time.monotonic() + 0.1

    client = places[0].place.client
    headers = {"Authorization": f"Bearer {client.key}", "Content-Type": "application/json",
               "Prefer": "respond-async"}

    def send(number: int) -> None:
        connection = http.client.HTTPConnection(urlsplit(client.url).netloc, timeout=60)
        try:
            for made in _commands(places, range(number, count, SENDERS), random.Random(seed * 1000 + number)):
                # A steady rate, and no more of it once somebody failed.
                if failed.wait(max(0.0, began + made.number / COMMANDS_PER_S - time.monotonic())):
                    return
                connection.request("POST", made.path, made.body, headers)
                answer = connection.getresponse()
                text = answer.read()
                if made.alert:
                    acknowledged[made.alert] = time.monotonic()
                assert answer.status == 202, text
        except (AssertionError, OSError, http.client.HTTPException) as failure:
            failures.append(repr(failure))
            failed.set()
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
    return acknowledged, count / (time.monotonic() - began)


@dataclass(frozen=True)
class _Command:
    number: int
    path: str
    body: str
    alert: tuple[str, str] | None  # the budget and day that it carries over the threshold


def _commands(places: list[_Watched], numbers: range, chance: random.Random) -> Iterator[_Command]:
    """Those of one connection; one in ten raises an alert, at another time on each connection."""
    for turn, number in enumerate(numbers):
        watched = places[turn % len(places)]
        is_alert = turn % (COMMANDS_PER_S // ALERTS_PER_S) == number % SENDERS
        day = watched.next_day() if is_alert else "2026-11-20"
        body = {"amount": {"amount": 100 + chance.randrange(1000), "currency": "EUR"}, "spent_on": day,
                "merchant": "Watched" if is_alert else f"Merchant {chance.randrange(500)}"}
        yield _Command(number, watched.place.path("/expenses"), json.dumps(body),
                       (watched.budget, day) if is_alert else None)


@contextmanager
def _receiver(ground: Ground):
    made = _Receiver(ground.new_folder("receiver") / "arrivals")
    try:
        yield made
    finally:
        made.stop()


class _Receiver:
    def __init__(self, file: Path):
        self._file = file
        self._process = subprocess.Popen([sys.executable, str(RECEIVER), str(file)], text=True,
                                         stdout=subprocess.PIPE)
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()

    def arrivals(self) -> list[tuple[float, dict]]:
        """In the order of their times; after the end."""
        told = [json.loads(line) for line in self._file.read_text().splitlines()]
        return sorted(((at, json.loads(body)) for at, _, body in told), key=lambda one: one[0])


def _watching(ground: Ground) -> Table:
    table = Table(f"Projection by one worker, {BOOKS} workspaces (PostgreSQL)",
                  ("days of the expenses, budgets per workspace", "events", "events/s", "us per event", "share"))
    with ground.scale_out(workers=1) as outlay:
        for turn, days in enumerate((LIVE_DAYS, DAYS)):
            runs = [(budgets, _projected(ground, outlay, budgets, days, BOOKS * (2 * turn + (budgets > 0))))
                    for budgets in (0, BUDGETS)]
            bare = runs[0][1]
            for budgets, rate in runs:
                table.add(f"{days}, {budgets}", _each(ground) * BOOKS, rate, 1e6 / rate, rate / bare)
    table.notes.append(f"people record what they spent in the last weeks, hence {LIVE_DAYS} days; {DAYS} are an import")
    table.notes.append("of the budgets 80 are of a category, 15 of a merchant and 5 of everything, so an "
                       "expense counts in about twelve; their limits are never reached")
    return table


def _each(ground: Ground) -> int:
    """Expenses of a workspace."""
    return max(1, ground.rows(EVENTS) // BOOKS)


def _projected(ground: Ground, outlay, budgets: int, days: int, seed: int) -> float:
    """Appends while the worker stands still, and times its projection: events per second."""
    books = [make_book(outlay.client(), f"Workspace {number}") for number in range(BOOKS)]
    for book in books:
        for number in range(budgets):
            book.workspace.budget(f"Budget {number}", 10**12, scope=_scope(book, number))
    drain(outlay)
    outlay.stop_workers()
    for number, book in enumerate(books):
        upload(book, lines(book, _each(ground), ground.seed + seed + number, days), respond_async=True)
    for worker in outlay.workers:
        worker.start()
    return _each(ground) * BOOKS / drain(outlay)


def _scope(book, number: int) -> dict:
    if number < 80:
        return {"categories": [book.categories[number % len(book.categories)]]}
    return {"merchants": [f"Merchant {number}"]} if number < 95 else {}
