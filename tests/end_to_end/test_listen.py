"""`outlay webhooks listen` brings a workspace's messages to a program on the developer's machine."""
import json
import re
import signal
import subprocess
import threading
from datetime import date, timedelta

import pytest
from client import NDJSON, Workspace, expect, expense
from receiver import Receiver
from standardwebhooks import Webhook
from waiting import wait_until


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


class Listener:
    """The command, and the lines that it has printed."""

    def __init__(self, outlay, workspace: Workspace, key_file, *more: str):
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [str(outlay.binary), "webhooks", "listen", "--url", outlay.url, "--key-file", str(key_file),
             "--workspace", workspace.id, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")))
        self._reader.start()

    def waits_for(self, pattern: str, count: int = 1) -> list[str]:
        def found() -> list[str]:
            return [line for line in self.lines if re.search(pattern, line)]
        wait_until(lambda: len(found()) >= count or self.process.poll() is not None, pattern)
        assert len(found()) == count, self.lines
        return found()

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        self._close()
        return code

    def _close(self) -> None:
        self._reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def failure(self) -> tuple[int, str]:
        code, told = self.process.wait(timeout=30), self.process.stderr.read()
        self._close()
        return code, told


@pytest.fixture
def listen(request):
    made = []

    def start(workspace: Workspace, *more: str, key_file=None, of=None) -> Listener:
        installation = of or request.getfixturevalue("outlay")
        made.append(Listener(installation, workspace, key_file or installation.owner_key_file, *more))
        return made[-1]

    yield start
    for listener in made:
        if listener.process.poll() is None:
            listener.end(signal.SIGKILL)


def test_messages_are_shown_and_forwarded_signed_by_the_shown_secret(workspace, receiver, listen):
    workspace.budget("All", 1000, percents=[80])
    made = workspace.record(900, "2026-01-05")
    wait_until(lambda: workspace.all("/messages"), "the first message")
    listener = listen(workspace, "--forward", f"{receiver.url}/hook")
    (line,) = listener.waits_for("signed with whsec_")
    secret = line.split()[-1]
    # What happened before is not told; the alert that follows is.
    expect(200, workspace.delete(f"/expenses/{made['id']}"))
    (line,) = listener.waits_for(r"  204$")
    (listed, _) = workspace.all("/messages")
    assert line.split() == [listed["timestamp"], "alert.resolved", listed["id"], "verified", "204"]
    (sent,) = receiver.requests
    message = Webhook(secret).verify(sent["body"], sent["headers"])
    assert message == {key: listed[key] for key in ("type", "timestamp", "data")}
    assert (sent["path"], sent["headers"]["webhook-id"]) == ("/hook", listed["id"])

    receiver.answers = [500]
    workspace.record(900, "2026-02-05")
    (line,) = listener.waits_for(r"  500$")
    assert line.split()[1] == "alert.raised"
    assert listener.end() == 0
    assert listen(workspace, "--forward", receiver.url).waits_for("signed with")[0].split()[-1] == secret


def test_what_is_forwarded_is_signed_as_the_channel_signs(workspace, receiver, listen, tmp_path):
    body = {"kind": "webhook", "url": f"{receiver.url}/channel", "events": ["expense.*"]}
    channel = expect(201, workspace.post("/channels", body))
    secret_file = tmp_path / "secret"
    secret_file.write_text(channel["secret"] + "\n")
    listener = listen(workspace, "--forward", f"{receiver.url}/local", "--secret-file", str(secret_file),
                      "--events", "expense.recorded,alert.*")
    listener.waits_for(f"signed with the secret in {secret_file}$")
    assert channel["secret"] not in "".join(listener.lines)
    made = workspace.record(900, "2026-01-05")
    expect(200, workspace.delete(f"/expenses/{made['id']}"))
    listener.waits_for("expense.recorded  msg_.*  verified  204$")
    wait_until(lambda: len(receiver.requests) == 3, "two requests of the channel, one of the command")
    by_path = {path: [one for one in receiver.requests if one["path"] == path] for path in ("/channel", "/local")}
    assert [len(of_path) for of_path in by_path.values()] == [2, 1], "voiding is not among the types"
    (forwarded,) = by_path["/local"]
    (sent,) = [one for one in by_path["/channel"]
               if one["headers"]["webhook-id"] == forwarded["headers"]["webhook-id"]]
    verify = Webhook(channel["secret"]).verify
    assert verify(forwarded["body"], forwarded["headers"]) == verify(sent["body"], sent["headers"])
    assert listener.end() == 0


def test_without_a_program_to_forward_to_messages_are_shown(workspace, listen):
    listener = listen(workspace)
    listener.waits_for("^Listening to ws_")
    workspace.budget("All", 1000, percents=[80])
    for month in range(1, 4):
        workspace.record(900, f"2026-0{month}-05")
    lines = listener.waits_for(r"^\S+Z  alert\.raised  msg_\w{26}$", 3)
    assert [line.split()[2] for line in lines] == [one["id"] for one in reversed(workspace.all("/messages"))]
    assert len(listener.lines) == 4 and listener.end(signal.SIGTERM) == 0


def test_many_messages_at_once_are_shown_in_their_order_and_each_once(workspace, listen):
    listener = listen(workspace)
    listener.waits_for("^Listening to ws_")
    workspace.budget("Days", 100, percents=[100], every="day")
    days = [(date(2026, 1, 1) + timedelta(days=number)).isoformat() for number in range(130)]
    lines = "".join(json.dumps(expense(100, day)) + "\n" for day in days)
    answer = workspace.post("/expenses/bulk", content=lines.encode(), headers={"Content-Type": NDJSON})
    assert answer.status_code == 200, answer.text
    shown = [line.split() for line in listener.waits_for("alert.raised", len(days))]
    assert {fields[2] for fields in shown} == {one["id"] for one in workspace.all("/messages")}
    assert [fields[0] for fields in shown] == sorted(fields[0] for fields in shown)


def test_it_goes_on_when_the_server_is_back(embedded, listen):
    outlay = embedded()
    workspace = Workspace.make(outlay.client())
    listener = listen(workspace, of=outlay)
    listener.waits_for("^Listening to ws_")
    outlay.kill()
    assert "the server does not answer" in listener.process.stderr.readline()
    outlay.start()
    workspace = workspace.seen_by(outlay.client())
    workspace.budget("All", 1000, percents=[80])
    workspace.record(900, "2026-01-05")
    listener.waits_for("alert.raised")
    assert listener.end() == 0


def test_a_program_that_is_away_is_told_of(workspace, receiver, listen):
    receiver.stop()
    listener = listen(workspace, "--forward", receiver.url)
    listener.waits_for("signed with")
    workspace.budget("All", 1000, percents=[80])
    workspace.record(900, "2026-01-05")
    listener.waits_for("alert.raised .* verified  no connection: ")
    assert listener.end() == 0


def test_it_ends_at_once_where_it_may_not_listen(workspace, owner, listen, tmp_path):
    stranger = Workspace.make(owner).add_person("member")[1]
    key_file = tmp_path / "key"
    key_file.write_text(stranger.client.key + "\n")
    code, told = listen(workspace, key_file=key_file).failure()
    assert code == 1 and "404" in told
    code, told = listen(workspace, key_file=tmp_path / "none").failure()
    assert code == 1 and "holds no key" in told
    code, told = listen(workspace, "--forward", "ftp://127.0.0.1/").failure()
    assert code == 1 and "--forward" in told
    code, told = listen(workspace, "--secret-file", str(key_file)).failure()
    assert code == 1 and "holds no secret like whsec_" in told
    code, told = listen(workspace, "--events", "alert.raised,alert.lost").failure()
    assert code == 1 and "alert.lost" in told
