"""Outlay starts, says that it is ready, and stops without losing what it is doing.

One process per data folder; keys and secrets for their owner's eyes only, and shown once; the tools
that look at an installation work on both forms while it runs.
"""
import json
import os
import re
import signal
import socket
import stat
import subprocess
import time
import uuid
from urllib.parse import urlsplit

import httpx
import nodes
import pytest
from bulk import BulkUpload
from client import Client, Workspace, expect, expect_problem, expense
from processes import Process, accepts_connections, free_ports
from services import run_sql, set_topic_option
from waiting import wait_until

LATER_START_S = 3
KEY = re.compile(r"olk_[0-9A-Za-z]{49}")


def admin(node: nodes.Node, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{node.admin_port}{path}")


def serve(binary, data, *more: str) -> subprocess.CompletedProcess:
    """A server that is expected to end by itself."""
    return subprocess.run([str(binary), "serve", "--data", str(data), "--admin", "off", *more],
                          capture_output=True, text=True, timeout=30, check=False)


def test_a_folder_is_served_by_one_process(binary, embedded):
    outlay = embedded()
    second = serve(binary, outlay.data, "--listen", f"127.0.0.1:{free_ports(1)[0]}")
    assert second.returncode == 1
    assert f"another outlay process is serving the data directory {outlay.data}" in second.stderr
    assert second.stderr.count("\n") <= 2 and not KEY.search(second.stdout + second.stderr)
    Workspace.make(outlay.client()).record()
    outlay.kill()
    outlay.start()  # the lock of a killed server is no obstacle


def test_a_taken_port_is_a_clear_refusal(binary, embedded, tmp_path):
    outlay = embedded()
    taken = outlay.url.removeprefix("http://")
    refused = serve(binary, tmp_path / "another", "--listen", taken)
    assert refused.returncode == 1 and taken in refused.stderr


@pytest.mark.parametrize("arguments", [
    ["serve", "--listen", "nowhere"], ["serve", "--io-threads", "0"], ["serve", "--unknown"],
    ["status", "--data", "/nonexistent"], ["journal", "tail", "--data", "/nonexistent"],
    ["api"], ["worker"], ["migrate"], ["topics", "apply"], ["topics", "check"], [], ["nonsense"]])
def test_a_wrong_command_line_ends_with_one_clear_sentence(binary, arguments, tmp_path):
    done = subprocess.run([str(binary), *arguments], capture_output=True, text=True, timeout=30,
                          check=False, cwd=tmp_path, env={})
    assert done.returncode in (1, 2), done.stdout + done.stderr
    assert done.stderr.strip() and "terminate" not in done.stderr


def test_an_option_wins_over_its_variable(binary, tmp_path):
    wanted, unwanted = free_ports(2)
    variables = {"OUTLAY_LISTEN": f"127.0.0.1:{unwanted}", "PATH": os.environ["PATH"],
                 "OUTLAY_DATA": str(tmp_path / "unwanted")}
    server = Process.launch(
        "serve", [binary, "serve", "--data", tmp_path / "wanted", "--listen", f"127.0.0.1:{wanted}",
                  "--admin", "off"], tmp_path / "log", env=variables)
    try:
        wait_until(lambda: accepts_connections(wanted) or accepts_connections(unwanted), "a start")
        assert accepts_connections(wanted)
        assert (tmp_path / "wanted").exists() and not (tmp_path / "unwanted").exists()
    finally:
        server.kill()


def test_the_owners_key_is_printed_once_and_kept_safely(embedded):
    outlay = embedded()
    printed = KEY.findall(outlay.front.log.read_text())
    assert printed == [outlay.owner_key]
    for name in ("owner.key", "root.secret", "journal.db", "store.db"):
        assert stat.S_IMODE((outlay.data / name).stat().st_mode) == 0o600, name
    assert expect(200, outlay.client().get("/v1/me"))["instance_owner"] is True
    outlay.stop()
    outlay.start()
    assert KEY.findall(outlay.front.log.read_text()) == printed
    assert outlay.owner_key.encode() not in (outlay.data / "store.db").read_bytes()


def test_a_lost_file_is_told_and_never_made_anew_in_silence(binary, embedded):
    outlay = embedded()
    Workspace.make(outlay.client()).record()
    outlay.stop()
    (outlay.data / "store.db").rename(outlay.data / "store.db.lost")
    done = outlay.tool("status")
    assert done.returncode == 1 and "has lost its store.db" in done.stderr
    assert not (outlay.data / "store.db").exists()
    (outlay.data / "root.secret").rename(outlay.data / "root.secret.lost")
    refused = serve(binary, outlay.data, "--listen", f"127.0.0.1:{free_ports(1)[0]}")
    assert refused.returncode == 1 and "root.secret is missing" in refused.stderr
    assert not (outlay.data / "root.secret").exists()


def test_the_printed_lines_work_when_pasted(embedded):
    outlay = embedded()
    text = outlay.front.log.read_text()
    pasted = text[text.index("Try:") + len("Try:"):]
    done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", pasted], capture_output=True,
                          text=True, timeout=30, check=False, cwd=outlay.folder)
    assert done.returncode == 0, done.stderr
    assert '"object":"list"' in done.stdout and "Cafe Central" in done.stdout


def test_a_later_start_is_quick_and_knows_everything(embedded):
    outlay = embedded()
    workspace = Workspace.make(outlay.client())
    made = [workspace.record(number + 1) for number in range(50)]
    assert outlay.front.stop()
    assert outlay.front.process.exit_code() == 0
    began = time.monotonic()
    outlay.start()
    assert time.monotonic() - began < LATER_START_S
    kept = workspace.seen_by(outlay.client()).all("/expenses", sort="created_at")
    assert kept == made


def test_both_health_paths_tell_of_every_role(outlay):
    for node in outlay.nodes:
        for path, text in (("/livez", "alive\n"), ("/readyz", "ready\n")):
            answer = admin(node, path)
            assert (answer.status_code, answer.text) == (200, text)
        assert "ok\n" in admin(node, "/readyz?verbose").text
        assert admin(node, "/elsewhere").status_code == 404
        assert httpx.post(f"http://127.0.0.1:{node.admin_port}/livez").status_code == 405
    client = outlay.client()
    assert client.get("/livez").status_code == 404, "health has an address of its own"


def test_a_request_in_flight_is_answered_before_the_end(outlay, workspace):
    front = outlay.front
    body = json.dumps(expense(note="in flight")).encode()
    host, port = workspace.client.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall((
            f"POST {workspace.path('/expenses')} HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Authorization: Bearer {workspace.client.key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n").encode())
        # "Continue" proves that the server has taken the request.
        assert connection.recv(4096).startswith(b"HTTP/1.1 100 ")
        front.process.send(signal.SIGTERM)
        wait_until(lambda: not accepts_connections(int(port)), "no new connections are taken")
        connection.sendall(body)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 201 ") and b"connection: close" in answer.lower()
    assert front.process.wait_exit(15) and front.process.exit_code() == 0
    outlay.start()
    kept = Workspace(outlay.client(), workspace.id).all("/expenses")
    assert [item["note"] for item in kept] == ["in flight"]


def test_a_bulk_request_in_flight_is_finished_before_the_end(outlay, workspace):
    upload = BulkUpload(workspace)
    upload.send([expense(number + 1) for number in range(20)])
    upload.wait_results(20)
    outlay.front.process.send(signal.SIGTERM)
    port = int(workspace.client.url.rpartition(":")[2])
    wait_until(lambda: not accepts_connections(port), "no new connections are taken")
    upload.send([expense(21)])
    upload.finish()
    assert upload.is_complete and [one["status"] for one in upload.results] == [201] * 21
    assert outlay.front.process.wait_exit(15) and outlay.front.process.exit_code() == 0
    outlay.start()
    assert len(Workspace(outlay.client(), workspace.id).all("/expenses", limit=100)) == 21


def test_an_idle_installation_stops_at_once_and_with_success(outlay):
    idle = socket.create_connection(("127.0.0.1", int(outlay.url.rpartition(":")[2])))
    began = time.monotonic()
    for node in outlay.nodes:
        assert node.stop(10) and node.process.exit_code() == 0, node.name
    assert time.monotonic() - began < 10
    idle.close()
    outlay.start()


def test_status_shows_that_everything_is_projected(outlay, workspace):
    workspace.record()
    done = outlay.tool("status", "--json")
    assert done.returncode == 0, done.stderr
    status = json.loads(done.stdout)
    assert (status["lag"], status["halted"], status["generation"]) == (0, 0, 1)
    assert len(status["partitions"]) == (1 if outlay.is_embedded else 16)
    for partition in status["partitions"]:
        assert partition["mode"] == "active" and partition["halt"] is None
        assert partition["next"] == partition["end"] > 0
    table = outlay.tool("status")
    assert table.returncode == 0 and "0 partitions halted" in table.stdout


def test_status_shows_the_lag_of_stopped_workers(shared_workers):
    workspace = Workspace.make(shared_workers.client())
    shared_workers.stop_workers()
    expect(202, workspace.post("/expenses", expense(), prefer="respond-async"))
    status = json.loads(shared_workers.tool("status", "--json").stdout)
    assert status["lag"] == 1 and status["halted"] == 0
    shared_workers.start()
    wait_until(lambda: json.loads(shared_workers.tool("status", "--json").stdout)["lag"] == 0,
               "the lag is worked off")


def test_the_tail_of_the_journal_shows_the_records(outlay, workspace):
    made = workspace.record(note="to be found")
    (event,) = workspace.all(f"/expenses/{made['id']}/history")
    done = outlay.tool("journal", "tail", "--from", event["position"])
    assert done.returncode == 0, done.stderr
    position, at, key, value = done.stdout.splitlines()[0].split("\t")
    record = json.loads(value)
    assert (position, key) == (event["position"], workspace.id)
    assert record["kind"] == "commit" and record["command"] == event["command"]
    assert record["events"][0]["data"] == event["data"]
    last = outlay.tool("journal", "tail")
    assert last.returncode == 0 and event["position"] in last.stdout
    assert outlay.tool("journal", "tail", "--from", "nowhere").returncode == 1


def test_the_tail_can_be_followed(outlay, workspace):
    first = workspace.record()
    (event,) = workspace.all(f"/expenses/{first['id']}/history")
    places, environment = outlay.tool_place()
    following = subprocess.Popen(
        [str(outlay.binary), "journal", "tail", "--follow", "--from", event["position"], *places],
        stdout=subprocess.PIPE, text=True, env={**environment, "PATH": ""})
    try:
        assert json.loads(following.stdout.readline().split("\t")[3])["command"] == event["command"]
        second = workspace.record()
        assert second["id"] in following.stdout.readline()
    finally:
        following.send_signal(signal.SIGINT)
        assert following.wait(10) == 0
        following.stdout.close()


def test_a_topic_is_made_once_and_checked(shared_workers):
    places = shared_workers.places
    for command in ("apply", "check"):
        done = shared_workers.tool("topics", command)
        assert done.returncode == 0, done.stdout + done.stderr
        assert places.topic in done.stdout
    wrong = shared_workers.tool("topics", "check", "--partitions", "3", "--flush")
    assert wrong.returncode == 1
    assert "partitions is 16, should be 3" in wrong.stdout and "flush.messages" in wrong.stdout
    missing = shared_workers.tool("topics", "check", "--kafka-topic", f"{places.topic}.missing")
    assert missing.returncode == 1 and "missing" in missing.stdout


def test_migrations_run_again_and_make_no_second_key(shared_workers):
    done = shared_workers.tool("migrate")
    assert done.returncode == 0 and not KEY.search(done.stdout), done.stdout + done.stderr
    assert stat.S_IMODE(shared_workers.owner_key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(shared_workers.places.root_secret.stat().st_mode) == 0o600
    assert expect(200, Client(shared_workers.url, shared_workers.owner_key).get("/v1/me"))


def test_a_key_that_cannot_be_kept_makes_no_owner(shared_workers, postgres_url, tmp_path):
    database = f"outlay_{uuid.uuid4().hex[:12]}"
    run_sql(postgres_url, f"CREATE DATABASE {database}")
    target = urlsplit(postgres_url)._replace(path=f"/{database}").geturl()
    arguments = ["migrate", "--postgres-url", target, "--owner-key-file"]
    lost = shared_workers.tool(*arguments, str(tmp_path / "nowhere" / "owner.key"))
    assert lost.returncode == 1 and "cannot write the key" in lost.stderr
    made = shared_workers.tool(*arguments, str(tmp_path / "owner.key"))
    assert made.returncode == 0 and KEY.search((tmp_path / "owner.key").read_text())


def test_a_node_that_serves_makes_no_root_secret(shared_workers, tmp_path):
    done = shared_workers.tool("api", "--listen", "127.0.0.1:0", "--root-secret-file",
                               str(tmp_path / "root.secret"))
    assert done.returncode == 1 and "there is no root secret" in done.stderr
    assert not (tmp_path / "root.secret").exists()


@pytest.mark.parametrize("role", ["api", "worker"])
def test_a_topic_that_loses_records_is_refused(scale_out, kafka_address, role):
    outlay = scale_out(workers=0)
    set_topic_option(kafka_address, outlay.places.topic, "retention.ms", "3600000")
    done = outlay.tool(role, *(["--listen", "127.0.0.1:0"] if role == "api" else []))
    assert done.returncode == 1
    assert "retention.ms is 3600000, should be -1" in done.stderr
    assert "outlay topics check" in done.stderr


def test_nothing_is_acknowledged_while_the_topic_may_lose_it(scale_out, kafka_address):
    outlay = scale_out()
    workspace = Workspace.make(Client(outlay.url, outlay.owner_key))
    kept = workspace.record()["id"]

    set_topic_option(kafka_address, outlay.places.topic, "cleanup.policy", "compact")
    for node in outlay.nodes:
        wait_until(lambda: "topic: topic" in admin(node, "/readyz?verbose").text, "the changed topic in /readyz", 40)
    expect_problem(503, "journal_unavailable", workspace.post("/expenses", expense()))
    assert [item["id"] for item in workspace.all("/expenses")] == [kept]

    set_topic_option(kafka_address, outlay.places.topic, "cleanup.policy", "delete")
    for node in outlay.nodes:
        wait_until(lambda: "topic: ok" in admin(node, "/readyz?verbose").text, "the mended topic in /readyz", 40)
    workspace.record()


def test_an_api_without_migrations_or_topic_says_what_to_run(shared_workers, postgres_url):
    environment = {"OUTLAY_POSTGRES_URL": postgres_url}
    listen = f"127.0.0.1:{free_ports(1)[0]}"
    done = subprocess.run(
        [str(shared_workers.binary), "api", "--listen", listen, "--admin", "off"], text=True,
        capture_output=True, timeout=60, check=False,
        env={**shared_workers.places.environment(), **environment})
    assert done.returncode == 1 and "outlay migrate" in done.stderr
