"""A Kafka broker and a PostgreSQL server in folders of their own, for the stack and the tests.

Both listen on loopback only, keep ports and data over a restart, and can be killed and started
again. Importable (test fixtures), and a command: services.py kafka|postgres DIR runs one until
Ctrl-C and prints its address.
"""
import base64
import os
import pwd
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote

from processes import POLL_S, Process, ProcessError, free_port, free_ports

ROOT = Path(__file__).resolve().parent.parent
KAFKA_LIBRARIES = ROOT / "build" / "kafka" / "libs"
START_DEADLINE_S = 90


class KafkaBroker:
    """One broker that is its own controller (KRaft)."""

    def __init__(self, directory: Path, *, settings: dict[str, str] | None = None,
                 tied: bool = True):
        self.directory = Path(directory)
        self.process: Process | None = None
        self._tied = tied
        self._settings = settings or {}
        self._config = self.directory / "server.properties"

    @property
    def port(self) -> int:
        return int((self.directory / "port").read_text())

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.directory / "broker.log"

    def start(self, deadline_s: float = START_DEADLINE_S) -> "KafkaBroker":
        """Starts the broker, over new storage if the folder has none, and waits until it serves."""
        self.prepare()
        self.process = Process.launch(
            "Kafka", [*_java_command("-Xmx384m"), "kafka.Kafka", self._config], self.log,
            tied=self._tied)
        try:
            self.process.wait_ready(lambda: kafka_serves(self.port), deadline_s)
        except ProcessError:
            self.process.kill()
            raise
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop(20)

    def kill(self) -> None:
        """As kill -9 or a power cut of the process: nothing is flushed or said goodbye to."""
        if self.process is not None:
            self.process.kill()

    def pause(self) -> None:
        """The broker hangs: connections stay open, nothing answers."""
        self.process.send(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send(signal.SIGCONT)

    def prepare(self) -> None:
        """Makes settings and formatted storage, if the folder has none."""
        if self._config.exists():
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        port, controller = free_ports(2)
        partial = self.directory / "server.properties.new"
        settings = {**_kafka_settings(self.directory / "data", port, controller), **self._settings}
        partial.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        # The first bit is off, so that the id never begins with a dash and looks like an option.
        identity = bytes([secrets.randbits(7)]) + secrets.token_bytes(15)
        cluster = base64.urlsafe_b64encode(identity).decode().rstrip("=")
        done = subprocess.run(
            [*_java_command("-Xmx128m"), "kafka.tools.StorageTool", "format", "-t", cluster,
             "-c", str(partial)], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            raise ProcessError(f"formatting Kafka's storage failed\n{done.stdout}{done.stderr}")
        (self.directory / "port").write_text(str(port))
        partial.rename(self._config)


def _kafka_settings(data: Path, port: int, controller: int) -> dict[str, str]:
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(data),
        # A journal topic has a partition count and settings that only `topics apply` knows.
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        # The default buffer of the log cleaner alone is a third of this small heap.
        "log.cleaner.dedupe.buffer.size": "8388608",
        "num.io.threads": "4",
        # After a kill the controller takes the broker back when its old session has run out.
        "broker.session.timeout.ms": "4000",
        "broker.heartbeat.interval.ms": "1000",
    }


def set_topic_option(kafka: str, topic: str, option: str, value: str) -> None:
    _alter(kafka, "topics", topic, f"{option}={value}")


def add_kafka_user(kafka: str, name: str, password: str) -> None:
    """Somebody who logs in by SCRAM-SHA-512."""
    _alter(kafka, "users", name, f"SCRAM-SHA-512=[password={password}]")


def _alter(kafka: str, kind: str, name: str, setting: str) -> None:
    done = subprocess.run(
        [*_java_command("-Xmx128m"), "kafka.admin.ConfigCommand", "--bootstrap-server", kafka,
         "--alter", "--entity-type", kind, "--entity-name", name, "--add-config", setting],
        capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise ProcessError(f"setting {setting} failed\n{done.stdout}{done.stderr}")


def delete_topic(kafka: str, topic: str) -> None:
    """Deletes a topic with all that is in it."""
    name = topic.encode()
    body = struct.pack(f">ih{len(name)}si", 1, len(name), name, 30_000)
    answer = ask_kafka(int(kafka.rpartition(":")[2]), 20, 1, body)
    (error,) = struct.unpack(">h", answer[-2:])
    if error != 0:
        raise ProcessError(f"deleting {topic} failed with error {error}")


def _java_command(heap: str) -> list[str]:
    if not any(KAFKA_LIBRARIES.glob("kafka_2.13-*.jar")):
        raise ProcessError(
            f"no Kafka in {KAFKA_LIBRARIES}; `./dev test` and `./dev stack up` fetch it")
    logger = "-Dorg.slf4j.simpleLogger."
    return [_java(), heap, "-XX:+UseSerialGC", "-Djava.net.preferIPv4Stack=true",
            f"{logger}defaultLogLevel=warn", f"{logger}log.kafka.server.KafkaRaftServer=info",
            f"{logger}showDateTime=true", f"{logger}dateTimeFormat=HH:mm:ss.SSS",
            "-cp", f"{KAFKA_LIBRARIES}/*"]


def _java() -> str:
    """The newest Java of the distribution that the broker can run on (17 or later)."""
    for version in ("21", "17"):
        for found in sorted(Path("/usr/lib/jvm").glob(f"java-{version}-openjdk-*/bin/java")):
            return str(found)
    return shutil.which("java") or "java"


def kafka_serves(port: int) -> bool:
    """The broker is in its own metadata, and idempotent producers get their ids.

    Both come a moment after the port opens, and a client that is too early backs off for seconds.
    """
    try:
        metadata = ask_kafka(port, 3, 1, struct.pack(">i", 0))
        (brokers,) = struct.unpack_from(">i", metadata)
        producer = ask_kafka(port, 22, 0, struct.pack(">hi", -1, 60_000))
        _, error = struct.unpack_from(">ih", producer)
    except OSError:
        return False
    return brokers > 0 and error == 0


def ask_kafka(port: int, api_key: int, version: int, body: bytes) -> bytes:
    """One request of Kafka's protocol with a version 1 header; the answer after its header."""
    request = struct.pack(">hhih6s", api_key, version, 1, 6, b"outlay") + body
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        (size,) = struct.unpack(">i", _receive(connection, 4))
        return _receive(connection, size)[4:]


def _receive(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        part = connection.recv(size - len(received))
        if not part:
            raise ConnectionError("the broker closed the connection")
        received += part
    return received


class PostgresServer:
    """The distribution's PostgreSQL over data of its own; TCP on loopback, passwords on."""

    SUPERUSER = "outlay_admin"

    def __init__(self, directory: Path, *, settings: dict[str, str] | None = None,
                 tied: bool = True):
        self.directory = Path(directory)
        self.process: Process | None = None
        self._tied = tied
        self._settings = settings or {}
        self._paused: list[Process] = []
        self._programs = _postgres_programs()

    @property
    def port(self) -> int:
        return int((self.directory / "port").read_text())

    @property
    def log(self) -> Path:
        return self.directory / "postgres.log"

    def url(self, database: str = "postgres", user: str = SUPERUSER,
            password: str | None = None) -> str:
        if password is None:
            password = (self.directory / "password").read_text()
        return f"postgresql://{user}:{quote(password)}@127.0.0.1:{self.port}/{database}"

    def start(self, deadline_s: float = START_DEADLINE_S) -> "PostgresServer":
        """Starts the server, over a new cluster if there is none, and waits until it serves."""
        if not (self.directory / "port").exists():
            self._make_cluster()
        self.process = Process.launch(
            "PostgreSQL", [self._programs / "postgres", "-D", self.directory / "data"], self.log,
            user=_postgres_user(), cwd="/", tied=self._tied)
        try:
            self.process.wait_ready(self._answers, deadline_s)
        except ProcessError:
            self.process.kill()
            raise
        return self

    def stop(self) -> None:
        """Fast shutdown: open sessions are ended, everything is flushed."""
        if self.process is not None:
            self.process.stop(20, signal.SIGINT)

    def kill(self) -> None:
        """As a crash; returns when the last backend let go of the shared memory."""
        if self.process is None:
            return
        backends = _children(self.process.pid)
        self.process.kill()
        for backend in backends:
            backend.wait_exit(10)

    def pause(self) -> None:
        """Nothing answers: neither a new connection nor a session that is there."""
        self.process.send(signal.SIGSTOP)
        self._paused = _children(self.process.pid)
        for backend in self._paused:
            backend.send(signal.SIGSTOP)

    def resume(self) -> None:
        for process in (*self._paused, self.process):
            process.send(signal.SIGCONT)
        self._paused = []

    def run_sql(self, sql: str, database: str = "postgres") -> str:
        """Runs statements as superuser; returns the rows as psql prints them unaligned."""
        return run_sql(self.url(database), sql)

    def _answers(self) -> bool:
        return subprocess.run(
            [self._programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)],
            check=False).returncode == 0

    def _make_cluster(self) -> None:
        """initdb refuses to run as root, so the folder is given to an unprivileged user."""
        user = _postgres_user()
        self.directory.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.directory / "data", ignore_errors=True)
        password = self.directory / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(18))
        identity = {}
        if user is not None:
            entry = pwd.getpwnam(user)
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
            os.chown(self.directory, entry.pw_uid, entry.pw_gid)
            os.chown(password, entry.pw_uid, entry.pw_gid)
        done = subprocess.run(
            [self._programs / "initdb", "-D", self.directory / "data", "-U", self.SUPERUSER,
             "-E", "UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password}",
             "--no-sync"], capture_output=True, text=True, cwd="/", check=False, **identity)
        if done.returncode != 0:
            raise ProcessError(f"initdb failed\n{done.stdout}{done.stderr}")
        port = free_port()
        with open(self.directory / "data" / "postgresql.conf", "a") as settings:
            settings.write(_POSTGRES_SETTINGS.format(port=port))
            settings.writelines(f"{name} = {value}\n" for name, value in self._settings.items())
        (self.directory / "port").write_text(str(port))


def run_sql(url: str, sql: str) -> str:
    """Runs statements with psql; returns the rows, unaligned."""
    done = subprocess.run(
        [_postgres_programs() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
         "-d", url], input=sql, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ProcessError(f"psql: {done.stderr.strip()}")
    return done.stdout.strip()


def dump_sql(url: str) -> str:
    """A database as statements that make it anew in an empty one."""
    done = subprocess.run([_postgres_programs() / "pg_dump", "-d", url], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise ProcessError(f"pg_dump: {done.stderr.strip()}")
    return done.stdout


_POSTGRES_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 200
shared_buffers = 64MB
timezone = 'UTC'
log_line_prefix = '%m [%p] '
"""


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"),
                   key=lambda path: int(path.parts[-3]))
    if not found:
        raise ProcessError("no PostgreSQL server below /usr/lib/postgresql; install `postgresql`")
    return found[-1].parent


def _postgres_user() -> str | None:
    """Whom the server runs as: the caller, or the package's own user if the caller is root."""
    return "postgres" if os.geteuid() == 0 else None


def _children(pid: int) -> list[Process]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            found.append(Process("backend", int(folder.name), fields[19], Path(os.devnull)))
    return found


def reachable_by_postgres(directory: Path) -> bool:
    """False where root's server user may not enter, such as a checkout in /root."""
    user = _postgres_user()
    if user is None:
        return True
    entry = pwd.getpwnam(user)
    return subprocess.run(["test", "-x", str(directory)], user=entry.pw_uid, group=entry.pw_gid,
                          extra_groups=[], cwd="/", check=False).returncode == 0


def main(arguments: list[str]) -> int:
    kinds = {"kafka": KafkaBroker, "postgres": PostgresServer}
    if len(arguments) != 2 or arguments[0] not in kinds:
        print("usage: services.py kafka|postgres DIR", file=sys.stderr)
        return 2
    server = kinds[arguments[0]](Path(arguments[1]).resolve()).start()
    print(server.address if isinstance(server, KafkaBroker) else server.url(), flush=True)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    while not ended.is_set() and not server.process.wait_exit(POLL_S * 10):
        pass
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
