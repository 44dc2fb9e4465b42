"""Keys that seal are changed beside running servers, and the old one is needed no more."""
import json

import pytest
from client import Workspace, expect
from receiver import Receiver
from standardwebhooks import Webhook
from waiting import wait_until

OLD, NEW = "01" * 32, "02" * 32


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def key_file(tmp_path, monkeypatch):
    path = tmp_path / "channel.keys"
    path.touch(mode=0o600)
    monkeypatch.setenv("OUTLAY_CHANNEL_KEY_FILE", str(path))
    return path


def restart(outlay) -> None:
    outlay.stop()
    outlay.start()


def arrives(workspace: Workspace, channel: dict, receiver: Receiver) -> None:
    before = len(receiver.requests)
    expect(202, workspace.post(f"/channels/{channel['id']}/test"))
    wait_until(lambda: len(receiver.requests) > before, "a test message")
    sent = receiver.requests[-1]
    assert Webhook(channel["secret"]).verify(sent["body"], sent["headers"])["type"] == "channel.test"


@pytest.mark.parametrize("form", ["embedded", "scale_out"])
def test_an_old_key_is_not_needed_after_resealing(request, form, key_file, receiver):
    key_file.write_text(OLD + "\n")
    outlay = request.getfixturevalue(form)()
    workspace = Workspace.make(outlay.client())
    body = {"kind": "webhook", "url": f"{receiver.url}/hook"}
    channel = expect(201, workspace.post("/channels", body))
    arrives(workspace, channel, receiver)

    key_file.write_text(f"{NEW}\n{OLD}\n")
    restart(outlay)
    arrives(workspace, channel, receiver)
    done = outlay.tool("admin", "reseal", "--json")
    assert done.returncode == 0, done.stderr
    # The address and the secret.
    assert json.loads(done.stdout) == {"resealed": 2, "finished": True, "unopened": []}
    assert "looked at" in done.stderr and "/s" in done.stderr
    arrives(workspace, channel, receiver)

    key_file.write_text(NEW + "\n")
    restart(outlay)
    arrives(workspace, channel, receiver)
    again = outlay.tool("admin", "reseal")
    assert (again.returncode, again.stdout.splitlines()) == (
        0, ["0 texts were sealed with the first key", "no other key is needed any more"])


def test_the_first_key_of_ones_own_follows_the_derived_one(embedded, tmp_path, monkeypatch, receiver):
    outlay = embedded()
    workspace = Workspace.make(outlay.client())
    channel = expect(201, workspace.post("/channels", {"kind": "webhook", "url": receiver.url}))
    outlay.stop()
    monkeypatch.setenv("OUTLAY_CHANNEL_KEY", NEW)
    outlay = embedded()
    workspace = workspace.seen_by(outlay.client())
    arrives(workspace, channel, receiver)
    done = outlay.tool("admin", "reseal", "--json")
    assert (done.returncode, json.loads(done.stdout)["resealed"]) == (0, 2)
    arrives(workspace, channel, receiver)


def test_what_no_key_opens_is_named(embedded, key_file, receiver):
    key_file.write_text(OLD + "\n")
    outlay = embedded()
    workspace = Workspace.make(outlay.client())
    channel = expect(201, workspace.post("/channels", {"kind": "webhook", "url": receiver.url}))
    key_file.write_text(NEW + "\n")
    done = outlay.tool("admin", "reseal", "--json")
    assert (done.returncode, json.loads(done.stdout)["unopened"]) == (1, [channel["id"]])
    key_file.unlink()
    refused = outlay.tool("admin", "reseal")
    assert refused.returncode == 2 and f"{key_file} cannot be read" in refused.stderr
