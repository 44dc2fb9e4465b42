"""What happens can be read at /metrics of every role, and Prometheus' own checker finds no fault.

Both forms. Nothing that a client chooses becomes a label, so the series stay few whatever is sent.
"""
import random
import string
import subprocess
from pathlib import Path

import httpx
import pytest
from client import Workspace, expect, expect_problem, expense
from prometheus_client.openmetrics import parser as open_metrics
from receiver import Receiver
from scrape import Measured, scrape
from test_restored_data import copy_of, put_back
from waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
PROMTOOL = ROOT / "build" / "promtool" / "promtool"
EXPENSES = "/v1/workspaces/{ws}/expenses"
SERIES_MAX = 3000  # of one process, buckets not counted


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def promtool(*arguments: str, text: str = "") -> str:
    assert PROMTOOL.exists(), f"{PROMTOOL} is missing; run the tests with ./dev test"
    done = subprocess.run([str(PROMTOOL), *arguments], input=text, text=True, check=False,
                          capture_output=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def measured(outlay) -> Measured:
    return Measured(outlay.nodes)


def test_requests_commands_and_records_are_counted(outlay, workspace):
    before = measured(outlay)
    first = workspace.record(idempotency="once")
    assert workspace.record(idempotency="once")["id"] == first["id"]
    expect_problem(422, "idempotency_key_reused",
                   workspace.post("/expenses", expense(99), key="once"))
    expect(422, workspace.post("/expenses", expense(day="1492-01-01", currency="EUR", amount=-1)))
    expect(200, workspace.get("/expenses"))
    expect(404, workspace.client.get("/v1/nowhere"))
    after = measured(outlay)

    def grown(name: str, **labels: str) -> float:
        return after.total(name, **labels) - before.total(name, **labels)

    requests = "http_server_request_duration_seconds_count"
    post = {"http_route": EXPENSES, "http_request_method": "POST"}
    assert grown(requests, **post, http_response_status_code="201") == 2
    assert grown(requests, **post, http_response_status_code="422") == 2
    assert grown(requests, http_route=EXPENSES, http_request_method="GET",
                 http_response_status_code="200") == 1
    assert grown(requests, http_route="unmatched", http_response_status_code="404") == 1
    for outcome in ("applied", "replayed", "key_reused"):
        assert grown("outlay_commands_total", operation="recordExpense", outcome=outcome) == 1, outcome
    assert grown("outlay_journal_appends_total", result="appended") >= 1
    assert grown("outlay_journal_append_duration_seconds_count") >= 1
    assert grown("outlay_projector_records_total", verdict="admitted") >= 1
    assert grown("outlay_projector_apply_duration_seconds_count") >= 1
    assert grown("outlay_projector_batch_records_sum") >= 1
    assert grown("outlay_projector_visible_delay_seconds_count") >= 1
    assert grown("outlay_store_transactions_total", access="project", result="ok") >= 1
    assert after.total("outlay_journal_outstanding_records") == 0
    assert after.total("http_server_active_requests") == 0


def test_every_role_is_clean_in_both_forms(outlay, workspace):
    workspace.record()
    for node in outlay.nodes:
        plain = scrape(node)
        assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert plain.headers["cache-control"] == "no-store"
        found = promtool("check", "metrics", text=plain.text)
        assert found.strip() == "", found
        asked = ("application/openmetrics-text;version=1.0.0,"
                 "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5")
        newer = scrape(node, asked)
        assert newer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
        families = list(open_metrics.text_string_to_metric_families(newer.text))
        assert {family.name for family in families} >= {"outlay_build_info", "process_start_time_seconds"}
        for family in families:
            assert family.documentation and family.type in ("counter", "gauge", "histogram"), family.name
        # Whoever asks for something else still gets what Prometheus can read.
        assert "version=0.0.4" in scrape(node, "application/json").headers["content-type"]


def test_the_process_and_its_limits_are_told(outlay):
    for node in outlay.nodes:
        seen = Measured([node])
        assert seen.total("process_resident_memory_bytes") > 1e6
        assert 0 < seen.total("process_open_fds") < seen.total("process_max_fds")
        assert seen.total("process_threads") > 1
        assert seen.total("outlay_build_info") == 1
        assert seen.total("outlay_check_failing") == 0
        assert seen.total("outlay_event_loop_delay_seconds_count") > 0
    front = Measured([outlay.front])
    assert front.total("outlay_pool_threads") > 0
    assert front.total("outlay_http_connections_limit") > front.total("outlay_http_connections")


def test_nothing_that_clients_send_makes_a_series(outlay, workspace):
    measured(outlay)
    draw = random.Random(7)
    words = ["".join(draw.choices(string.ascii_lowercase, k=12)) for _ in range(150)]
    with httpx.Client(base_url=outlay.url, headers={"Authorization": f"Bearer {outlay.owner_key}"}) as http:
        for at, word in enumerate(words):
            http.request(draw.choice(["GET", "POST", "PUT", "DELETE", "HEAD"]), f"/{word}/{word}?{word}={word}")
            http.get(workspace.path(f"/expenses/{word}"))
            http.get(workspace.path("/expenses"), params={word: word})
            if at % 10 == 0:
                http.request("PROP" + word.upper()[:4], workspace.path())
                http.post("/v1/workspaces", json={"name": word, "base_currency": "EUR", "time_zone": "UTC"})
    for node in outlay.nodes:
        text = scrape(node).text
        assert not [word for word in words if word in text]
        assert workspace.id not in text
        lines = [line for line in text.splitlines() if not line.startswith("#") and "_bucket{" not in line]
        assert len(lines) < SERIES_MAX


def test_deliveries_are_counted_by_their_end(outlay, workspace, receiver):
    before = measured(outlay)
    receiver.answers[:] = [500]
    channel = expect(201, workspace.post("/channels", {"kind": "webhook", "url": receiver.url}))
    expect(202, workspace.post(f"/channels/{channel['id']}/test"))

    def grown(outcome: str) -> float:
        return measured(outlay).total("outlay_deliveries_total", kind="webhook", outcome=outcome) \
            - before.total("outlay_deliveries_total", kind="webhook", outcome=outcome)

    wait_until(lambda: grown("failed") == 1, "the first attempt is counted")
    wait_until(lambda: grown("delivered") == 1, "the second attempt is counted")
    assert measured(outlay).total("outlay_delivery_attempt_duration_seconds_count", kind="webhook") \
        - before.total("outlay_delivery_attempt_duration_seconds_count", kind="webhook") == 2


def test_the_outbox_tells_how_long_something_waits(outlay, workspace, receiver):
    receiver.gate.clear()
    channel = expect(201, workspace.post("/channels", {"kind": "webhook", "url": receiver.url}))
    expect(202, workspace.post(f"/channels/{channel['id']}/test"))
    wait_until(lambda: receiver.requests, "an attempt is under way")
    wait_until(lambda: measured(outlay).largest("outlay_outbox_waiting") >= 1
               and measured(outlay).largest("outlay_outbox_oldest_undelivered_seconds") > 0,
               "the message is seen to wait")
    receiver.gate.set()


def test_lag_is_told_in_records_and_seconds_though_no_worker_lives(shared_workers):
    workspace = Workspace.make(shared_workers.client())
    workspace.record()
    front = [shared_workers.front]

    def lag(unit: str) -> float:
        return Measured(front).largest(f"outlay_partition_lag_{unit}")

    with shared_workers.workers_paused():
        for _ in range(3):
            expect(202, workspace.post("/expenses", expense(), prefer="respond-async"))
        wait_until(lambda: lag("records") == 3 and lag("seconds") > 5, "three records lag for seconds")
    wait_until(lambda: lag("records") == 0 and lag("seconds") == 0, "they are projected")


def test_a_halted_partition_is_told_with_its_cause(embedded):
    outlay = embedded()
    workspace = Workspace.make(outlay.client())
    outlay.stop()
    older = copy_of(outlay, "journal.db")
    outlay.start()
    workspace.record()
    outlay.stop()
    put_back(outlay, "journal.db", older)
    outlay.start()

    def told() -> list[float]:
        return measured(outlay).values("outlay_partition_halted", partition="0", cause="lost_tail")

    assert wait_until(told, "the halt is told") == [1]
