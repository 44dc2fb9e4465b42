"""Fixtures that start real processes: the binary in both forms, and services of a test's own.

`outlay` is an installation that all tests share, once in each form; a test takes a workspace of its
own and may stop or kill processes: the next one starts them again. `embedded` and `scale_out` make
installations for one test. The shared services come from `./dev test` by OUTLAY_TEST_KAFKA and
OUTLAY_TEST_POSTGRES; what needs them fails without.
"""
import json
import os
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

# Receivers of tests listen on loopback without TLS.
os.environ.setdefault("OUTLAY_EGRESS_ALLOW", "127.0.0.0/8")
os.environ.setdefault("OUTLAY_EGRESS_HTTP", "1")
# Streams without news say so soon enough for a test to wait for it.
os.environ.setdefault("OUTLAY_STREAM_HEARTBEAT", "1")

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "dev.d"))

from chaos import Chaos  # noqa: E402
from client import Client, Workspace  # noqa: E402
from installations import Embedded, ScaleOut  # noqa: E402
from log_lines import lines_of  # noqa: E402
from mail_server import Mailbox  # noqa: E402
from services import KafkaBroker, PostgresServer  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "long: takes long; runs only with --long")


@pytest.fixture(scope="session", autouse=True)
def mailbox():
    """The server that takes the mails of all installations; they are told of it when they start."""
    made = Mailbox()
    os.environ.update(OUTLAY_SMTP_URL=made.url, OUTLAY_SMTP_FROM="outlay@example.org",
                      OUTLAY_SMTP_PLAIN="1", OUTLAY_SMTP_NAME="notifier.outlay.example",
                      OUTLAY_PUBLIC_URL="https://outlay.example/")
    yield made
    made.stop()


@pytest.fixture(scope="session", autouse=True)
def no_secret_in_any_log(tmp_path_factory):
    """Looks through the logs of all processes that the run has started: keys and signing secrets."""
    yield
    secret = re.compile(r"olk_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{8}|whsk_[0-9A-Za-z+/]{8}|Bearer ")
    for log in sorted(tmp_path_factory.getbasetemp().rglob("*.log")):
        for line in lines_of(log):
            assert not secret.search(json.dumps(line)), f"{log}: {line}"


@pytest.fixture(scope="session")
def binary() -> Path:
    path = Path(os.environ.get("OUTLAY_BINARY", ROOT / "build" / "release" / "outlay"))
    assert path.exists(), f"{path} is not built; run the tests with ./dev test"
    return path


@pytest.fixture(scope="session")
def kafka_address() -> str:
    """host:port of the broker that all tests share; each test uses topics of its own."""
    return needed_from_environment("OUTLAY_TEST_KAFKA")


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """URL of a superuser on the server that all tests share; each test makes its own database."""
    return needed_from_environment("OUTLAY_TEST_POSTGRES")


@pytest.fixture
def services_folder():
    """A folder that PostgreSQL's user may enter, which pytest's own folders do not let him."""
    folder = Path(tempfile.mkdtemp(prefix="outlay-e2e-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_kafka(services_folder):
    """A broker that this test alone uses, so that it may kill, pause and restart it."""
    broker = KafkaBroker(services_folder / "kafka").start()
    yield broker
    broker.kill()


@pytest.fixture
def own_postgres(services_folder):
    """A PostgreSQL server that this test alone uses."""
    server = PostgresServer(services_folder / "postgres").start()
    yield server
    server.kill()


@pytest.fixture
def chaos():
    """Faults of a seed, which is printed; OUTLAY_TEST_SEED gives one."""
    found = int(os.environ.get("OUTLAY_TEST_SEED", random.SystemRandom().randrange(2 ** 32)))
    print(f"OUTLAY_TEST_SEED={found}", flush=True)
    running = Chaos(found)
    yield running
    running.close()


@pytest.fixture
def embedded(binary, tmp_path):
    """Makes embedded servers: embedded() starts one over a folder of this test."""
    made = []

    def start(data: str = "data") -> Embedded:
        outlay = Embedded(binary, tmp_path, data)
        made.append(outlay)
        outlay.start()
        return outlay

    yield start
    for outlay in made:
        outlay.kill()


@pytest.fixture
def scale_out(binary, tmp_path, request):
    """Makes scale-out forms: scale_out(workers=2) with a database and a topic of its own.

    Pass kafka= or postgres= (an address, a URL of a superuser) to stand on services of the test.
    """
    made = []

    def start(workers: int = 2, *, kafka: str | None = None, postgres: str | None = None,
              environment: dict[str, str] | None = None) -> ScaleOut:
        folder = tmp_path / f"scale-out-{len(made)}"
        folder.mkdir()
        outlay = ScaleOut(binary, kafka or request.getfixturevalue("kafka_address"),
                          postgres or request.getfixturevalue("postgres_url"), folder, environment)
        made.append(outlay)
        outlay.add_workers(workers)
        outlay.start()
        return outlay

    yield start
    for outlay in made:
        outlay.kill()


@pytest.fixture(scope="session")
def shared_embedded(binary, tmp_path_factory):
    outlay = Embedded(binary, tmp_path_factory.mktemp("embedded"))
    yield outlay
    outlay.kill()


@pytest.fixture(scope="session")
def shared_scale_out(binary, tmp_path_factory, kafka_address, postgres_url):
    outlay = ScaleOut(binary, kafka_address, postgres_url, tmp_path_factory.mktemp("scale-out"))
    outlay.add_workers(2)
    yield outlay
    outlay.kill()


@pytest.fixture(params=["embedded", "scale_out"])
def outlay(request):
    """The shared installation of one form, all of its processes ready."""
    found = request.getfixturevalue(f"shared_{request.param}")
    found.start()
    return found


@pytest.fixture
def shared_workers(shared_scale_out):
    """The shared installation of the form that has workers."""
    shared_scale_out.start()
    return shared_scale_out


@pytest.fixture
def owner(outlay):
    """The installation's owner."""
    client = outlay.client()
    yield client
    client.close()


@pytest.fixture
def other_front(outlay, owner) -> Client:
    """The owner at another api of the installation, or at the same server where there is one."""
    if outlay.is_embedded:
        return owner
    if len(outlay.urls) < 2:
        outlay.add_api()
        outlay.start()
    return Client(outlay.urls[1], outlay.owner_key)


@pytest.fixture
def workspace(owner) -> Workspace:
    """A workspace of this test, seen by its owner."""
    return Workspace.make(owner)


def needed_from_environment(name: str) -> str:
    value = os.environ.get(name)
    assert value, f"{name} is not set; ./dev test starts the services and sets it"
    return value
