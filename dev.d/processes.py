"""Server processes of the dev script and the tests: start, wait until ready, end by pid.

A process is known by pid and start time, so a record on disk never hits a stranger that got the
pid later. Waiting for an exit uses a pidfd; waiting for readiness polls a probe with a deadline.
"""
import os
import pwd
import select
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Callable, Mapping, Sequence

POLL_S = 0.02
LOG_TAIL_LINES = 30


class ProcessError(RuntimeError):
    """A server did not start, became not ready in time, or died."""


def free_port() -> int:
    """A TCP port on loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_ports(count: int) -> list[int]:
    """Different free ports: all are held until the last one is known."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


class Process:
    """A running (or ended) process; any number of objects may name the same one."""

    def __init__(self, name: str, pid: int, started: str, log: Path, child=None):
        self.name, self.pid, self.started, self.log = name, pid, started, log
        self._child = child

    @classmethod
    def launch(cls, name: str, command: Sequence[str], log: Path, *,
               env: Mapping[str, str] | None = None, cwd: Path | None = None,
               user: str | None = None, tied: bool = True) -> "Process":
        """Starts a process in a session of its own, its output appended to the log.

        Tied: the kernel ends it when the starter dies, however that dies. Untied: it stays.
        """
        if tied:
            command = ["setpriv", "--pdeathsig", "KILL", *command]
        identity = {}
        if user is not None:
            entry = pwd.getpwnam(user)
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        with open(log, "ab") as output:
            child = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env=env, cwd=cwd, start_new_session=True, **identity)
        return cls(name, child.pid, _start_time(child.pid), log, child)

    @classmethod
    def recorded(cls, name: str, record: Path, log: Path) -> "Process | None":
        """The process that `record` wrote, if it still runs."""
        try:
            pid, started = record.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        process = cls(name, int(pid), started, log)
        return process if process.alive() else None

    def record(self, path: Path) -> None:
        path.write_text(f"{self.pid} {self.started}\n")

    def alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return self.started != "" and _start_time(self.pid) == self.started

    def exit_code(self) -> int | None:
        """Minus the signal's number if one ended it; known for own children only."""
        return self._child.poll() if self._child is not None else None

    def send(self, number: int) -> None:
        if self.alive():
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Ends the process as a crash would, and waits until it is gone."""
        self.send(signal.SIGKILL)
        self.wait_exit(10)

    def stop(self, deadline_s: float = 15, number: int = signal.SIGTERM) -> bool:
        """Asks it to end; kills it at the deadline. True if it ended by itself."""
        self.send(number)
        if self.wait_exit(deadline_s):
            return True
        self.kill()
        return False

    def wait_exit(self, deadline_s: float) -> bool:
        if not self.alive():
            return True
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return True
        try:
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            poll.poll(max(0, deadline_s) * 1000)
        finally:
            os.close(handle)
        return not self.alive()

    def wait_ready(self, ready: Callable[[], bool], deadline_s: float) -> None:
        """Returns when the probe says yes; raises when the process ends or time is up."""
        end = time.monotonic() + deadline_s
        while not ready():
            if self.wait_exit(POLL_S):
                raise ProcessError(f"{self.name} ended while starting\n{self.log_tail()}")
            if time.monotonic() > end:
                raise ProcessError(
                    f"{self.name} was not ready after {deadline_s} s\n{self.log_tail()}")

    def log_tail(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return f"(no log at {self.log})"
        return "\n".join([f"-- end of {self.log}", *lines[-LOG_TAIL_LINES:]])


def _start_time(pid: int) -> str:
    """Clock ticks since boot at which the process began; empty if it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def accepts_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False
