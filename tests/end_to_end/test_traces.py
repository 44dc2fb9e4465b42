"""One trace leads from a client's request through the journal to the worker and to the webhook.

A collector that hangs or is away costs nobody anything.
"""
import time

import pytest
from client import Workspace, expect, expense
from collector import Collector
from receiver import Receiver
from scrape import Measured
from waiting import wait_until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CLIENT = "00f067aa0ba902b7"


@pytest.fixture
def collector():
    made = Collector()
    yield made
    made.stop()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture(params=["embedded", "scale_out"])
def traced(request, collector, monkeypatch):
    """An installation of its own that sends its spans to the collector."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=of%20the%20test")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_always_off")
    start = request.getfixturevalue(request.param)
    return start() if request.param == "embedded" else start(workers=1)


def test_a_trace_leads_from_the_request_to_the_webhook(traced, collector, receiver):
    workspace = Workspace.make(traced.client())
    expect(201, workspace.post("/channels", {"kind": "webhook", "url": receiver.url,
                                             "events": ["expense.*"]}))
    sent = {"traceparent": f"00-{TRACE}-{CLIENT}-01"}
    made = workspace.post("/expenses", expense(), headers=sent)
    expect(201, made)
    wait_until(lambda: len(collector.trace(TRACE)) == 4, "four spans")
    spans = {span["kind"]: span for span in collector.trace(TRACE)}
    server, client, producer, consumer = (spans[kind] for kind in (2, 3, 4, 5))
    assert server["name"] == "POST /v1/workspaces/{ws}/expenses"
    assert server["parentSpanId"] == CLIENT
    assert server["attributes"]["http.request.method"] == "POST"
    assert server["attributes"]["http.route"] == "/v1/workspaces/{ws}/expenses"
    assert server["attributes"]["http.response.status_code"] == 201
    assert server["attributes"]["outlay.request_id"] == made.headers["request-id"]
    assert producer["parentSpanId"] == server["spanId"]
    assert producer["attributes"]["outlay.outcome"] == "applied"
    for span in (producer, consumer):
        assert span["attributes"]["messaging.system"] == ("sqlite" if traced.is_embedded else "kafka")
        assert span["attributes"]["messaging.destination.name"]
    assert consumer["parentSpanId"] == producer["spanId"]
    assert client["parentSpanId"] == producer["spanId"]
    assert client["attributes"]["http.response.status_code"] == 204
    (delivery,) = receiver.requests
    assert delivery["headers"]["traceparent"] == f"00-{TRACE}-{client['spanId']}-01"
    for span in spans.values():
        assert span["resource"]["service.name"] == "outlay" and span["resource"]["service.version"]
        assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        assert receiver.url not in str(span)
    assert {fields["api-key"] for fields in collector.fields} == {"of the test"}
    # What nobody sampled is not sent, but handed on.
    workspace.post("/expenses", expense(), headers={"traceparent": f"00-{'a' * 32}-{CLIENT}-00"})
    wait_until(lambda: len(receiver.requests) == 2, "the second delivery")
    assert receiver.requests[1]["headers"]["traceparent"].startswith(f"00-{'a' * 32}-")
    assert receiver.requests[1]["headers"]["traceparent"].endswith("-00")
    assert not collector.trace("a" * 32)


def test_a_collector_that_hangs_costs_nobody_anything(embedded, collector, monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "50")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "2000")
    collector.gate.clear()
    outlay = embedded()
    client = outlay.client()
    began = time.monotonic()
    for _ in range(300):
        expect(200, client.get("/v1/workspaces"))
    assert time.monotonic() - began < 10

    def spans(result: str) -> float:
        return Measured([outlay.front]).total("outlay_trace_spans_total", result=result)

    wait_until(lambda: spans("dropped") > 0, "what found no room is counted")
    collector.gate.set()
    wait_until(lambda: spans("exported") > 0, "the collector is served again")
    assert outlay.front.stop(), "it ends in time"
