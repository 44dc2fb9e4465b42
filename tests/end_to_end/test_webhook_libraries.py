"""Requests of a run hold against the official library in JavaScript, too (test_channels.py uses the Python one)."""
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
