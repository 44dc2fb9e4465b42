"""Running installations of both forms, as the tests see them: an address, a key, and processes.

The fixtures in conftest.py make them; a test may stop, kill and start their processes.
"""
import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import nodes
from client import Client
from processes import free_ports
from services import run_sql


class Outlay:
    """One running Outlay, whichever its form."""

    is_embedded: bool

    def __init__(self, binary: Path, url: str, owner_key: Path, all_nodes: list[nodes.Node],
                 folder: Path):
        self.binary, self.url, self.folder = binary, url, folder
        self.nodes = all_nodes
        self.owner_key_file = owner_key

    @property
    def owner_key(self) -> str:
        return self.owner_key_file.read_text().strip()

    @property
    def front(self) -> nodes.Node:
        """The process that takes requests."""
        return self.nodes[0]

    def start(self) -> None:
        """Starts what does not run, and waits until all of it is ready."""
        starting = [node for node in self.nodes if not node.alive()]
        for node in starting:
            node.start(wait=False)
        for node in starting:
            node.wait_ready()

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()

    def kill(self) -> None:
        """kill -9 of every process."""
        for node in self.nodes:
            node.kill()

    def client(self, key: str | None = None) -> Client:
        """Speaks with this key, by default with the owner's."""
        return Client(self.url, key or self.owner_key)

    def tool(self, *arguments: str) -> subprocess.CompletedProcess:
        """Runs a tool of the binary on this installation."""
        places, environment = self.tool_place()
        return subprocess.run([str(self.binary), *arguments, *places], text=True, check=False,
                              capture_output=True, timeout=60, env={**os.environ, **environment})

    def tool_place(self) -> tuple[list[str], dict[str, str]]:
        """What tells a tool where the installation is: arguments and environment."""
        raise NotImplementedError


class Embedded(Outlay):
    """One process over the SQLite files of a folder."""

    is_embedded = True

    def __init__(self, binary: Path, folder: Path, data: str = "data"):
        port, admin = free_ports(2)
        self.data = folder / data
        node = nodes.server(binary, self.data, port, admin, folder / f"{data}.log")
        super().__init__(binary, f"http://127.0.0.1:{port}", self.data / "owner.key", [node],
                         folder)

    def tool_place(self) -> tuple[list[str], dict[str, str]]:
        return ["--data", str(self.data)], {}


class ScaleOut(Outlay):
    """The form with services: apis, of which the first is the front, and workers."""

    is_embedded = False

    def __init__(self, binary: Path, kafka: str, postgres: str, folder: Path,
                 environment: dict[str, str] | None = None):
        """A database and a topic of its own on the services; `postgres` is a superuser's URL.

        `environment` holds settings of all of its processes.
        """
        name = f"outlay_{uuid.uuid4().hex[:12]}"
        run_sql(postgres, f"CREATE DATABASE {name}")
        database = urlsplit(postgres)._replace(path=f"/{name}").geturl()
        self.places = nodes.Places(kafka, database, folder / "root.secret", f"{name}.journal.v1",
                                   environment or {})
        nodes.prepare(binary, self.places, folder / "owner.key", folder / "prepare.log")
        super().__init__(binary, "", folder / "owner.key", [], folder)
        self.workers: list[nodes.Node] = []
        self.urls: list[str] = []  # of the apis
        self.url = self.add_api()

    def add_api(self) -> str:
        """Adds an api without starting it; returns its address."""
        port, admin = free_ports(2)
        log = self.folder / f"api-{port}.log"
        self.nodes.append(nodes.api(self.binary, self.places, port, admin, log))
        self.urls.append(f"http://127.0.0.1:{port}")
        return self.urls[-1]

    def add_workers(self, count: int, *, named: bool = True) -> list[nodes.Node]:
        """Adds workers without starting them."""
        first = len(self.workers) + 1
        added = [nodes.worker(self.binary, self.places, number, free_ports(1)[0],
                              self.folder / f"worker-{number}.log", named=named)
                 for number in range(first, first + count)]
        self.nodes += added
        self.workers += added
        return added

    @contextmanager
    def workers_paused(self) -> Iterator[None]:
        """Nothing is projected in the meantime."""
        for worker in self.workers:
            worker.pause()
        try:
            yield
        finally:
            for worker in self.workers:
                worker.resume()

    def stop_workers(self) -> None:
        for worker in self.workers:
            worker.stop()

    def tool_place(self) -> tuple[list[str], dict[str, str]]:
        return [], self.places.environment()
