"""What systemd is told (sd_notify), what a hangup makes a role read again, and the units themselves."""
import os
import re
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

import nodes
import pytest
from waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "compose" / "systemd").glob("*.service"))
WATCHDOG_S = 1


class Manager:
    """The socket that a service manager listens on; who sent a notice is told by the kernel."""

    def __init__(self, address: str):
        self.name = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.settimeout(0.1)
        self._heard: list[tuple[int, str]] = []

    def environment(self) -> dict[str, str]:
        return {"NOTIFY_SOCKET": self.name, "WATCHDOG_USEC": str(WATCHDOG_S * 1_000_000)}

    def heard(self, pid: int) -> list[str]:
        try:
            while True:
                notice, more, _, _ = self._socket.recvmsg(4096, socket.CMSG_SPACE(12))
                ((_, _, credentials),) = more
                self._heard.append((struct.unpack("iII", credentials)[0], notice.decode()))
        except TimeoutError:
            return [notice for sender, notice in self._heard if sender == pid]

    def wait_for(self, pid: int, notice: str, count: int = 1) -> None:
        wait_until(lambda: self.heard(pid).count(notice) >= count, f"{count} times {notice}")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["file", "abstract"])
def manager(request, tmp_path):
    made = Manager(str(tmp_path / "notify") if request.param == "file" else f"@outlay-{tmp_path.name}-{os.getpid()}")
    yield made
    made.close()


def follow_life(manager: Manager, node: nodes.Node) -> None:
    pid = node.process.pid
    assert manager.heard(pid)[0] == "READY=1", "it is told when it is true"
    assert nodes.answers_ready(node.admin_port)
    began = time.monotonic()
    manager.wait_for(pid, "WATCHDOG=1", 3)
    assert time.monotonic() - began < 5 * WATCHDOG_S
    node.process.send(signal.SIGHUP)
    manager.wait_for(pid, "READY=1", 2)
    reloading = next(notice for notice in manager.heard(pid) if notice.startswith("RELOADING=1"))
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]*", reloading)
    assert node.stop(20) and node.process.exit_code() == 0
    assert manager.heard(pid)[-1] == "STOPPING=1"


def test_an_embedded_server_tells_of_its_life(embedded, manager, monkeypatch):
    for name, value in manager.environment().items():
        monkeypatch.setenv(name, value)
    follow_life(manager, embedded().front)


def test_every_role_of_the_large_form_tells_of_its_life(scale_out, tmp_path):
    manager = Manager(str(tmp_path / "notify"))
    outlay = scale_out(1, environment=manager.environment())
    for node in outlay.nodes:
        follow_life(manager, node)
    manager.close()


def test_a_hangup_makes_the_log_follow_the_settings(embedded, manager, tmp_path, monkeypatch):
    settings = tmp_path / "outlay.conf"
    settings.write_text("log-level = info\n")
    for name, value in {**manager.environment(), "OUTLAY_CONFIG": str(settings)}.items():
        monkeypatch.setenv(name, value)
    server = embedded().front
    told = []
    for number, level in enumerate(("error", "nonsense", "info"), 2):
        settings.write_text(f"log-level = {level}\n")
        server.process.send(signal.SIGHUP)
        manager.wait_for(server.process.pid, "READY=1", number)
        told.append([words for words in ("nonsense", '"msg":"reloaded"') if words in server.log.read_text()])
    assert told == [[], ["nonsense"], ["nonsense", '"msg":"reloaded"']]


def test_the_units_are_clean_and_harden_what_they_start(binary, tmp_path):
    assert {unit.name for unit in UNITS} == {"outlay.service", "outlay-api.service", "outlay-worker.service"}
    copies = []
    for unit in UNITS:
        text = unit.read_text()
        assert "Type=notify" in text and "WatchdogSec=" in text and "Restart=on-failure" in text
        copies.append(tmp_path / unit.name)
        copies[-1].write_text(text.replace("/usr/bin/outlay", str(binary)))
    done = subprocess.run(["systemd-analyze", "verify", *copies], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    for copy in copies:
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", copy],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
