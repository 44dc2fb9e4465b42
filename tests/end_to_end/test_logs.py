"""The log: JSON lines that say who speaks, one line per request, and never a secret.

Canaries are put wherever a client or an operator can put something: keys, addresses, fields, texts,
paths and queries; none of them may ever stand in a log of any process.
"""
import re
import socket
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from client import Client, Workspace, expect, expense
from log_lines import lines_of, said_by
from receiver import Receiver
from scrape import Measured
from waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
TRACE = "0af7651916cd43dd8448eb211c80319c"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def access_lines(outlay, request_id: str | None = None) -> list[dict]:
    return [line for line in lines_of(outlay.front.log)
            if line["logger"] == "access" and request_id in (None, line["request_id"])]


def line_of(outlay, answer: httpx.Response) -> dict:
    found = wait_until(lambda: access_lines(outlay, answer.headers["request-id"]), "the access line")
    assert len(found) == 1
    return found[0]


def test_every_line_says_who_speaks(outlay, workspace):
    workspace.record()
    roles = {"serve"} if outlay.is_embedded else {"api", "worker"}
    lines = wait_until(lambda: said_by(outlay), "lines")
    for line in lines:
        assert RFC_3339.fullmatch(line["ts"]), line
        assert line["level"] in ("debug", "info", "warning", "error")
        assert line["service"] == "outlay" and line["role"] in roles and line["version"]
        assert line["logger"] and line["msg"]


def test_a_request_is_one_line(outlay, workspace):
    made = workspace.post("/expenses", expense(), headers={"traceparent": f"00-{TRACE}-{'1' * 16}-00"})
    line = line_of(outlay, made)
    assert (line["level"], line["msg"], line["method"], line["status"]) == ("info", "request", "POST", 201)
    assert line["route"] == "/v1/workspaces/{ws}/expenses" and line["operation"] == "recordExpense"
    assert line["tenant"] == workspace.id
    assert line["bytes"] == len(made.content) and line["duration_us"] > 0
    assert line["trace_id"] == TRACE and line["span_id"] != "1" * 16
    assert line["complete"] == "yes" and "problem" not in line


def test_what_collectors_of_logs_are_told_to_read_is_there(outlay, workspace):
    line = line_of(outlay, workspace.post("/expenses", expense()))
    sample = (ROOT / "compose" / "alloy" / "outlay.alloy").read_text()
    (expressions,) = re.findall(r"expressions = \{(.*?)\}", sample, re.DOTALL)
    read = dict(re.findall(r'(\w+)\s*= "(\w+)"', expressions))
    assert len(read) >= 8 and set(read.values()) <= set(line), line
    used = re.findall(r"(\w+) = \"\"", sample) + re.findall(r'source = "(\w+)"', sample)
    assert set(used) <= set(read)


def test_what_was_refused_says_why(outlay, workspace):
    missing = line_of(outlay, workspace.get("/expenses/exp_00000000000000000000000000"))
    assert (missing["status"], missing["problem"]) == (404, "not_found")
    nowhere = line_of(outlay, workspace.client.get("/v1/nowhere"))
    assert nowhere["problem"] == "route_not_found" and "route" not in nowhere
    unknown = line_of(outlay, Client(outlay.url, "olk_nobody").get("/v1/workspaces"))
    assert (unknown["status"], unknown["problem"]) == (401, "unauthenticated")


def test_what_is_no_request_has_a_line_too(outlay):
    before = len(access_lines(outlay))
    place = urlsplit(outlay.url)
    with socket.create_connection((place.hostname, place.port)) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nBad Field: y\r\n\r\n")
        assert b" 400 " in peer.recv(4096)
    new = wait_until(lambda: access_lines(outlay)[before:], "the line")
    assert new[0]["status"] == 400 and new[0]["method"] == "_OTHER"


def test_only_successes_may_be_sampled(embedded, monkeypatch):
    monkeypatch.setenv("OUTLAY_ACCESS_LOG_EVERY", "10")
    outlay = embedded()
    client = outlay.client()
    for _ in range(40):
        expect(200, client.get("/v1/workspaces"))
    for _ in range(7):
        expect(404, client.get("/v1/nowhere"))

    def lines(status: int) -> list[dict]:
        return [line for line in access_lines(outlay) if line["status"] == status]

    wait_until(lambda: len(lines(404)) == 7, "every refusal is logged")
    assert len(lines(200)) == 4
    assert Measured([outlay.front]).total("http_server_request_duration_seconds_count",
                                          http_response_status_code="200") == 40


def canary(name: str) -> str:
    return f"canary{name}{uuid.uuid4().hex}"


def test_no_secret_is_ever_logged(outlay, workspace, receiver):
    canaries = {name: canary(name) for name in (
        "path", "query", "note", "merchant", "name", "hook", "field", "text", "user", "password",
        "bearer", "basic", "mail", "reason", "budget")}
    secrets = [outlay.owner_key]
    person = expect(201, workspace.post("/members", {
        "name": canaries["name"], "email": f"{canaries['mail']}@example.org", "role": "admin"}))
    secrets.append(person["key"])
    workspace.record(note=canaries["note"], merchant=canaries["merchant"])
    workspace.budget(canaries["budget"], 100)
    receiver.answers[:] = [500, 403]
    body = {"kind": "webhook", "url": f"{receiver.url}/{canaries['hook']}?t={canaries['query']}",
            "headers": {"X-Token": canaries["field"]}}
    channel = expect(201, workspace.post("/channels", body))
    secrets.append(channel["secret"])
    expect(202, workspace.post(f"/channels/{channel['id']}/test"))
    for address in (f"https://{canaries['user']}:{canaries['password']}@192.0.2.1/{canaries['hook']}",
                    f"http://169.254.169.254/{canaries['hook']}"):
        assert workspace.post("/channels", {**body, "url": address}).status_code == 422
    dead = expect(201, workspace.post("/channels", {
        "kind": "webhook", "url": f"http://127.0.0.1:1/{canaries['hook']}"}))
    expect(202, workspace.post(f"/channels/{dead['id']}/test"))
    with httpx.Client(base_url=outlay.url) as http:
        http.get(f"/v1/{canaries['path']}", params={canaries["query"]: canaries["query"]})
        http.post(f"/v1/unsubscribe/{canaries['path']}")
        http.get("/v1/workspaces", headers={"Authorization": f"Bearer {canaries['bearer']}"})
        http.get("/v1/workspaces", auth=(canaries["basic"], canaries["password"]))
        http.post(workspace.path("/expenses"), content=f'{{"note": "{canaries["text"]}',
                  headers={"Authorization": f"Bearer {outlay.owner_key}",
                           "Content-Type": "application/json", "Cookie": canaries["basic"]})
    wait_until(lambda: len(receiver.requests) >= 2, "both attempts were made")
    wait_until(lambda: workspace.get(f"/channels/{dead['id']}/deliveries").json()["data"][0]["attempts"],
               "the dead endpoint was tried")
    last = workspace.get("/expenses")
    line_of(outlay, last)
    for node in outlay.nodes:
        said = "\n".join(text for text in node.log.read_text().splitlines() if text.startswith("{"))
        assert said
        found = [name for name, text in canaries.items() if text in said]
        assert not found, f"{node.name} logged {found}"
        assert not [secret for secret in secrets if secret in said], node.name
