"""What signals ask of a role: an end in order, an end at once, a reload; and what status tells of it.

An end begins with readiness; requests are still taken for the drain delay, those that were taken are
answered until the drain deadline, and whatever asks twice does not wait (conventions OPS-04).
"""
import fcntl
import os
import pty
import signal
import socket
import subprocess
import termios
import time
from contextlib import contextmanager

import httpx
import nodes
from client import Client, Workspace
from processes import Process, accepts_connections, free_ports
from waiting import wait_until

AT_ONCE_S = 3


def port_of(outlay) -> int:
    return int(outlay.url.rpartition(":")[2])


@contextmanager
def request_under_way(outlay):
    """The server has taken a request whose body does not come."""
    workspace = Workspace.make(outlay.client())
    with socket.create_connection(("127.0.0.1", port_of(outlay)), timeout=30) as connection:
        connection.sendall((
            f"POST {workspace.path('/expenses')} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {outlay.owner_key}\r\nContent-Type: application/json\r\n"
            "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n").encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 100 ")
        yield connection


def test_readiness_ends_first_and_requests_go_on_for_the_delay(embedded, monkeypatch):
    monkeypatch.setenv("OUTLAY_DRAIN_DELAY", "3")
    outlay = embedded()
    workspace = Workspace.make(outlay.client())
    began = time.monotonic()
    outlay.front.process.send(signal.SIGTERM)
    wait_until(lambda: not nodes.answers_ready(outlay.front.admin_port), "the end of readiness", AT_ONCE_S)
    told = httpx.get(f"http://127.0.0.1:{outlay.front.admin_port}/readyz?verbose")
    assert told.status_code == 503 and "lifetime: the process ends" in told.text
    assert httpx.get(f"http://127.0.0.1:{outlay.front.admin_port}/livez").status_code == 200
    made = workspace.seen_by(Client(outlay.url, outlay.owner_key)).record()
    assert made["object"] == "expense" and time.monotonic() - began < AT_ONCE_S
    assert outlay.front.process.wait_exit(15) and outlay.front.process.exit_code() == 0
    assert time.monotonic() - began >= 3


def test_what_outlasts_the_deadline_is_cut_and_told_by_the_status(embedded, monkeypatch):
    monkeypatch.setenv("OUTLAY_DRAIN_DEADLINE", "1")
    outlay = embedded()
    with request_under_way(outlay) as connection:
        outlay.front.process.send(signal.SIGTERM)
        assert connection.recv(4096) == b"", "it is cut"
    assert outlay.front.process.wait_exit(15) and outlay.front.process.exit_code() == 1
    assert "connections are cut" in outlay.front.log.read_text()


def test_a_second_signal_ends_the_process_at_once(embedded):
    outlay = embedded()
    with request_under_way(outlay):
        outlay.front.process.send(signal.SIGTERM)
        wait_until(lambda: not accepts_connections(port_of(outlay)), "the drain")
        outlay.front.process.send(signal.SIGINT)
        assert outlay.front.process.wait_exit(AT_ONCE_S) and outlay.front.process.exit_code() == 130


def test_a_role_that_waits_for_its_services_can_be_ended(binary, tmp_path):
    (tmp_path / "root.secret").write_text("0" * 64)
    (tmp_path / "root.secret").chmod(0o600)
    nothing, = free_ports(1)
    waiting = Process.launch(
        "api", [binary, "api", "--admin", "off"], tmp_path / "log",
        env={"OUTLAY_KAFKA_BROKERS": f"127.0.0.1:{nothing}", "PATH": os.environ["PATH"],
             "OUTLAY_POSTGRES_URL": f"postgresql://nobody@127.0.0.1:{nothing}/nothing",
             "OUTLAY_ROOT_SECRET_FILE": str(tmp_path / "root.secret")})
    try:
        wait_until(lambda: "waiting for the database" in waiting.log.read_text(), "a start that waits")
        assert waiting.stop(AT_ONCE_S) and waiting.exit_code() == 0
    finally:
        waiting.kill()


def test_a_hangup_reloads_and_the_loss_of_the_terminal_ends(binary, embedded, tmp_path):
    outlay = embedded()
    outlay.front.process.send(signal.SIGHUP)
    workspace = Workspace.make(outlay.client())
    outlay.front.process.send(signal.SIGHUP)
    workspace.record()
    assert outlay.front.alive()

    port, admin = free_ports(2)
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [str(binary), "serve", "--data", str(tmp_path / "terminal"), "--listen", f"127.0.0.1:{port}",
         "--admin", f"127.0.0.1:{admin}"], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(theirs)
    try:
        wait_until(lambda: nodes.answers_ready(admin), "a server on a terminal")
        os.close(ours)
        assert running.wait(15) == 0
    finally:
        running.kill()
