"""`./dev stack`: the scale-out form on this machine, without containers, as detached processes.

Everything lies in build/stack: logs, process records, data, `owner.key` and `env`. The data stays
over down and up, and so do the ports.
"""
import argparse
import json
import secrets
import shlex
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nodes
from processes import Process, ProcessError, accepts_connections, free_port
from services import KafkaBroker, PostgresServer, reachable_by_postgres

ROOT = Path(__file__).resolve().parent.parent
STACK = ROOT / "build" / "stack"
BINARY = ROOT / "build" / "release" / "outlay"
WORKERS_AT_FIRST = 2
DATABASE = "outlay"


class Stack:
    """The processes by name, found again by their records; nothing is kept in memory."""

    def __init__(self):
        for folder in (STACK, STACK / "logs", STACK / "processes"):
            folder.mkdir(parents=True, exist_ok=True)

    def up(self, port: int | None) -> None:
        port = port or self._setting("port", 8080)
        if not self._running("api") and accepts_connections(port):
            raise ProcessError(f"port {port} is taken; choose another with --port")
        if self._running("api") and port != self._setting("port", port):
            raise ProcessError(f"the api runs on port {self._setting('port', 0)}; stop it first")
        self._set("port", port)
        self._start_services()
        self._write_environment(port)
        say("migrations and topics")
        self._log("prepare").unlink(missing_ok=True)
        nodes.prepare(BINARY, self._places(), STACK / "owner.key", self._log("prepare"))
        if not self._running("api"):
            node = nodes.api(BINARY, self._places(), port, port + 1, self._log("api"), tied=False)
            self._start_nodes({"api": node})
        self.workers(max(len(self._worker_names()), self._setting("workers", WORKERS_AT_FIRST)))
        print(f"api        http://127.0.0.1:{port}", f"owner key  {relative(STACK / 'owner.key')}",
              f"addresses  {relative(STACK / 'env')}", sep="\n")

    def workers(self, wanted: int) -> None:
        """Starts or stops workers, the last started first, until `wanted` of them run."""
        for name in ("kafka", "postgres"):
            if not self._running(name):
                raise ProcessError(f"{name} does not run; start the stack with `./dev stack up`")
        running = self._worker_names()
        for name in reversed(running[wanted:]):
            say(f"stopping {name}")
            self._end(name)
        taken, starting = set(running), {}
        for number in range(1, wanted + len(running) + 1):
            if len(running) + len(starting) >= wanted:
                break
            if (name := f"worker-{number}") not in taken:
                starting[name] = nodes.worker(BINARY, self._places(), number, free_port(),
                                              self._log(name), tied=False)
        self._start_nodes(starting)
        self._set("workers", wanted)

    def down(self, purge: bool) -> None:
        """First who takes requests, then who works them off, then what both stand on."""
        for name in ["api", *reversed(self._worker_names()), "kafka", "postgres"]:
            if self._running(name):
                say(f"stopping {name}")
                self._end(name)
        if purge:
            shutil.rmtree(self._postgres_folder(), ignore_errors=True)
            shutil.rmtree(STACK)

    def status(self) -> bool:
        """Prints a table; True if all runs that a stack has."""
        names = ["kafka", "postgres", "api", *self._worker_names()]
        rows = [self._status_row(name) for name in names]
        header = ("process", "pid", "state", "address", "memory", "up for")
        widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
        for row in [header, *rows]:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        return all(row[2] in ("ready", "running") for row in rows)

    def _status_row(self, name: str) -> tuple[str, ...]:
        process = self._running(name)
        if process is None:
            return (name, "-", "down", "-", "-", "-")
        admin = self._record(name, "admin")
        state, address = "running", ""
        if admin.exists():
            address = f"admin 127.0.0.1:{admin.read_text()}"
            state = "ready" if nodes.answers_ready(int(admin.read_text())) else "not ready"
        if name == "api":
            address = f"127.0.0.1:{self._setting('port', 0)}, {address}"
        elif name in ("kafka", "postgres"):
            address = f"127.0.0.1:{self._service(name).port}"
        return (name, str(process.pid), state, address, f"{resident_mib(process.pid)} MiB",
                f"{time.time() - self._record(name, 'pid').stat().st_mtime:.0f} s")

    def _start_services(self) -> None:
        absent = [name for name in ("kafka", "postgres") if not self._running(name)]
        if absent:
            say("starting " + " and ".join(absent))
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(self._start_service, name) for name in absent]:
                done.result()

    def _start_service(self, name: str) -> None:
        service = self._service(name)
        service.start()
        service.process.record(self._record(name, "pid"))
        if name == "postgres" and not service.run_sql(
                f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):
            service.run_sql(_NEW_DATABASE.format(name=DATABASE, password=self._database_password()))

    def _start_nodes(self, starting: dict[str, nodes.Node]) -> None:
        for name, node in starting.items():
            say(f"starting {name}")
            node.start(wait=False)
            node.process.record(self._record(name, "pid"))
            self._record(name, "admin").write_text(str(node.admin_port))
        for node in starting.values():
            node.wait_ready()

    def _service(self, name: str) -> KafkaBroker | PostgresServer:
        if name == "kafka":
            return KafkaBroker(STACK / "kafka", tied=False)
        return PostgresServer(self._postgres_folder(), tied=False)

    def _postgres_folder(self) -> Path:
        """Below the stack, unless the server's user may not go there (a checkout in /root)."""
        chosen = self._setting("postgres_folder", None)
        if chosen is None:
            reachable = reachable_by_postgres(STACK)
            chosen = str(STACK / "postgres") if reachable else tempfile.mkdtemp(
                prefix="outlay-stack-", dir="/var/tmp")
            self._set("postgres_folder", chosen)
        return Path(chosen)

    def _database_password(self) -> str:
        path = STACK / "database.password"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(18))
        return path.read_text()

    def _places(self) -> nodes.Places:
        database = self._service("postgres").url(DATABASE, DATABASE, self._database_password())
        return nodes.Places(self._service("kafka").address, database, STACK / "root.secret")

    def _write_environment(self, port: int) -> None:
        values = {"OUTLAY_API_URL": f"http://127.0.0.1:{port}", **self._places().environment()}
        path = STACK / "env"
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()))

    def _end(self, name: str) -> None:
        process = self._running(name)
        if process is not None and name == "postgres":
            service = self._service(name)
            service.process = process
            service.stop()
        elif process is not None and not process.stop(20):
            print(f"{name} did not stop in 20 s and was killed; see {relative(process.log)}",
                  file=sys.stderr)
        for kind in ("pid", "admin"):
            self._record(name, kind).unlink(missing_ok=True)

    def _running(self, name: str) -> Process | None:
        log = self._service(name).log if name in ("kafka", "postgres") else self._log(name)
        return Process.recorded(name, self._record(name, "pid"), log)

    def _worker_names(self) -> list[str]:
        names = [path.stem for path in (STACK / "processes").glob("worker-*.pid")]
        running = [name for name in names if self._running(name)]
        return sorted(running, key=lambda name: int(name.rpartition("-")[2]))

    def _record(self, name: str, kind: str) -> Path:
        return STACK / "processes" / f"{name}.{kind}"

    def _log(self, name: str) -> Path:
        return STACK / "logs" / f"{name}.log"

    def _setting(self, name: str, default):
        path = STACK / "settings.json"
        return json.loads(path.read_text()).get(name, default) if path.exists() else default

    def _set(self, name: str, value) -> None:
        path = STACK / "settings.json"
        settings = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**settings, name: value}))


# Not a superuser, because row-level security does not hold for those. It may make the role that the
# api runs as; from version 16 on the maker of a role must ask for the right to become it.
_NEW_DATABASE = """
CREATE ROLE {name} LOGIN CREATEROLE PASSWORD '{password}';
SELECT current_setting('server_version_num')::int >= 160000 AS newer \\gset
\\if :newer
ALTER ROLE {name} SET createrole_self_grant = 'set, inherit';
\\endif
CREATE DATABASE {name} OWNER {name};
"""


def resident_mib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def say(text: str) -> None:
    print(f"== {text}", file=sys.stderr, flush=True)


def count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError("a number from 0 on is needed")
    return int(text)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev stack")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start what does not run")
    up.add_argument("--port", type=count, help="the api's port; its admin port is the next one")
    down = commands.add_parser("down", help="stop everything")
    down.add_argument("--purge", action="store_true", help="and remove the data")
    commands.add_parser("status", help="a table of the processes")
    commands.add_parser("workers", help="change their number").add_argument("number", type=count)
    options = parser.parse_args()
    stack = Stack()
    try:
        if options.command == "up":
            stack.up(options.port)
        elif options.command == "down":
            stack.down(options.purge)
        elif options.command == "workers":
            stack.workers(options.number)
        elif not stack.status():
            return 1
    except ProcessError as error:
        print(f"dev: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
