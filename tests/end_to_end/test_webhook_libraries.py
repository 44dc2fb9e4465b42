"""Requests of a run hold against the official library in JavaScript, too (test_channels.py uses the Python one),
and those of a key pair against the crypto of another runtime."""
import json
import os
import subprocess
from pathlib import Path

import pytest
from client import expect
from receiver import Receiver
from waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("verify_webhook.cjs")
KEY_PAIR_SCRIPT = Path(__file__).with_name("check_key_pair.cjs")
MODULES = ROOT / "build" / "node" / "node_modules"


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


def verify(request: dict, secret: str, **changed) -> subprocess.CompletedProcess:
    assert MODULES.exists(), f"{MODULES} is missing; ./dev test makes it"
    sent = {"secret": secret, "body": request["body"].decode(), "headers": request["headers"],
            **changed}
    return subprocess.run(["node", str(SCRIPT)], input=json.dumps(sent), text=True, check=False,
                          capture_output=True, timeout=60,
                          env={**os.environ, "NODE_PATH": str(MODULES)})


def test_the_javascript_library_accepts_alerts_and_nothing_that_was_altered(workspace, receiver):
    channel = expect(201, workspace.post("/channels", {"kind": "webhook", "url": receiver.url}))
    workspace.budget("All", 1000, percents=[80])
    workspace.record(900, "2026-01-05")
    wait_until(lambda: receiver.requests, "a request")
    sent = receiver.requests[0]
    done = verify(sent, channel["secret"])
    assert done.returncode == 0, done.stderr
    message = json.loads(done.stdout)
    assert (message["type"], message["data"]) == ("alert.raised", workspace.all("/alerts")[0])
    rotated = expect(200, workspace.post(f"/channels/{channel['id']}/rotate_secret"))
    for refused in (verify(sent, channel["secret"], body=sent["body"].decode() + " "),
                    verify(sent, channel["secret"], headers={**sent["headers"], "webhook-id": "msg_1"}),
                    verify(sent, rotated["secret"])):
        assert refused.returncode != 0 and "No matching signature found" in refused.stderr


def test_the_javascript_library_accepts_both_secrets_while_they_are_changed(workspace, receiver):
    channel = expect(201, workspace.post("/channels", {"kind": "webhook", "url": receiver.url}))
    rotated = expect(200, workspace.post(f"/channels/{channel['id']}/rotate_secret"))
    expect(202, workspace.post(f"/channels/{channel['id']}/test"))
    wait_until(lambda: receiver.requests, "a request")
    for secret in (channel["secret"], rotated["secret"]):
        done = verify(receiver.requests[0], secret)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["type"] == "channel.test"


def holds(request: dict, key: str) -> bool:
    """Whether a signature of the request is the key pair's whose public half is `key`."""
    sent = {"key": key, "body": request["body"].decode(), "headers": request["headers"]}
    done = subprocess.run(["node", str(KEY_PAIR_SCRIPT)], input=json.dumps(sent), text=True, check=False,
                          capture_output=True, timeout=60)
    assert done.returncode == 0 or "no signature holds" in done.stderr, done.stderr
    return done.returncode == 0


def test_who_has_the_public_key_can_check_and_header_fields_arrive(workspace, receiver):
    channel = expect(201, workspace.post("/channels", {
        "kind": "webhook", "url": receiver.url, "signature": "v1a", "headers": {"X-Route": "7; alerts"}}))
    assert "secret" not in channel and channel["headers"] == {"X-Route": "***"}
    rotated = expect(200, workspace.post(f"/channels/{channel['id']}/rotate_secret"))
    assert rotated["public_key"] != channel["public_key"]
    expect(202, workspace.post(f"/channels/{channel['id']}/test"))
    wait_until(lambda: receiver.requests, "a request")
    (sent,) = receiver.requests
    assert sent["headers"]["x-route"] == "7; alerts"
    assert holds(sent, channel["public_key"]) and holds(sent, rotated["public_key"])
    altered = {**sent, "body": sent["body"] + b" "}
    assert not holds(altered, rotated["public_key"])
