"""Outlay's own processes: a server, an api or a worker, started until ready, stopped, killed.

Used by the stack and by the end-to-end tests. The commands that run once (migrate, topics apply)
are here too, so that both ways prepare a journal and a store alike.
"""
import http.client
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Mapping, Sequence

from processes import Process, ProcessError

READY_DEADLINE_S = 60
ONE_COMMAND_DEADLINE_S = 120


@dataclass(frozen=True)
class Places:
    """Where the scale-out form finds its services; with a topic of its own, also its own group."""
    kafka: str
    postgres: str
    root_secret: Path
    topic: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)  # settings, such as how to log in there

    def environment(self) -> dict[str, str]:
        found = {"OUTLAY_KAFKA_BROKERS": self.kafka, "OUTLAY_POSTGRES_URL": self.postgres,
                 "OUTLAY_ROOT_SECRET_FILE": str(self.root_secret)}
        if self.topic is not None:
            found["OUTLAY_KAFKA_TOPIC"] = self.topic
            found["OUTLAY_GROUP"] = f"{self.topic}.projector"
        return {**found, **self.more}


class Node:
    """One role of the binary, ready when its admin address says so."""

    def __init__(self, binary: Path, name: str, arguments: Sequence[str], admin_port: int,
                 log: Path, environment: Mapping[str, str] | None = None, *, tied: bool = True):
        self.name, self.admin_port, self.log = name, admin_port, log
        self.process: Process | None = None
        self._command = [str(binary), *arguments, "--admin", f"127.0.0.1:{admin_port}"]
        self._environment = {**os.environ, **(environment or {})}
        self._tied = tied

    def start(self, wait: bool = True) -> "Node":
        self.process = Process.launch(self.name, self._command, self.log, env=self._environment,
                                      tied=self._tied)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, deadline_s: float = READY_DEADLINE_S) -> None:
        try:
            self.process.wait_ready(lambda: answers_ready(self.admin_port), deadline_s)
        except ProcessError:
            self.process.kill()
            raise

    def alive(self) -> bool:
        return self.process is not None and self.process.alive()

    def stop(self, deadline_s: float = 20) -> bool:
        """A graceful end; False if it had to be killed at the deadline."""
        return self.process is None or self.process.stop(deadline_s)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()

    def pause(self) -> None:
        """The process hangs, its connections stay open."""
        self.process.send(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send(signal.SIGCONT)


def answers_ready(admin_port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", admin_port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def server(binary: Path, data: Path, port: int, admin_port: int, log: Path) -> Node:
    """The embedded form: everything in one process over two SQLite files."""
    return Node(binary, "serve", ["serve", "--data", str(data), "--listen", f"127.0.0.1:{port}"],
                admin_port, log)


def api(binary: Path, places: Places, port: int, admin_port: int, log: Path, *, tied: bool = True) -> Node:
    return Node(binary, "api", ["api", "--listen", f"127.0.0.1:{port}"], admin_port, log,
                places.environment(), tied=tied)


def worker(binary: Path, places: Places, number: int, admin_port: int, log: Path, *,
           tied: bool = True, named: bool = True) -> Node:
    """Its name in the group lets a restarted worker take up its partitions at once."""
    name = f"worker-{number}"
    return Node(binary, name, ["worker", *(["--instance", name] if named else [])], admin_port, log,
                places.environment(), tied=tied)


def prepare(binary: Path, places: Places, owner_key: Path, log: Path) -> None:
    """Store migrations with the first owner's key, then the journal's topic; both may run again."""
    run_once(binary, ["migrate", "--owner-key-file", str(owner_key)], places, log)
    run_once(binary, ["topics", "apply"], places, log)


def run_once(binary: Path, arguments: Sequence[str], places: Places, log: Path) -> None:
    with open(log, "ab") as output:
        done = subprocess.run(
            [str(binary), *arguments], stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, env={**os.environ, **places.environment()},
            timeout=ONE_COMMAND_DEADLINE_S, check=False)
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise ProcessError(f"outlay {' '.join(arguments)} ended with {done.returncode}\n{tail}")
