"""Kafka by TLS with certificates of both sides, and by a login over TLS, on a real broker.

Whoever is not believed is told why at the start, and does not wait.
"""
import os
import subprocess
import time
from pathlib import Path

import pytest
from authority import Authority
from client import Workspace
from secure_kafka import PASSWORD, PLAIN_PASSWORD, USER, SecureKafka

AT_ONCE_S = 20  # far below the minute that a start waits for what is away


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def broker(tmp_path_factory, authority):
    made = SecureKafka(tmp_path_factory.mktemp("secure") / "kafka", authority)
    made.start()
    made.add_user()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def known(authority) -> dict[str, str]:
    """Somebody with a certificate of the authority."""
    own = authority.issue("DNS:outlay")
    return {"OUTLAY_KAFKA_CA_FILE": str(authority.certificate), "OUTLAY_KAFKA_CERT_FILE": str(own.certificate),
            "OUTLAY_KAFKA_KEY_FILE": str(own.key)}


def knows_scram() -> bool:
    """Kafka 4 does not understand librdkafka's SCRAM from before 2.6.1."""
    found = subprocess.run(["pkg-config", "--modversion", "rdkafka"], capture_output=True, text=True, check=True)
    return tuple(map(int, found.stdout.strip().split("."))) >= (2, 6, 1)


def login(authority: Authority, **changed: str) -> dict[str, str]:
    """What logs in: by SCRAM where it works, else by a plain password that TLS hides."""
    mechanism, password = ("SCRAM-SHA-512", PASSWORD) if knows_scram() else ("PLAIN", PLAIN_PASSWORD)
    return {"OUTLAY_KAFKA_CA_FILE": str(authority.certificate), "OUTLAY_KAFKA_SASL_MECHANISM": mechanism,
            "OUTLAY_KAFKA_SASL_USERNAME": USER, "OUTLAY_KAFKA_SASL_PASSWORD": password, **changed}


def check_topic(binary: Path, address: str, settings: dict[str, str]) -> subprocess.CompletedProcess:
    began = time.monotonic()
    done = subprocess.run([binary, "topics", "check", "--kafka-brokers", address], capture_output=True, text=True,
                          timeout=90, check=False, env={"PATH": os.environ["PATH"], **settings})
    assert time.monotonic() - began < AT_ONCE_S, done.stderr
    return done


def test_an_installation_lives_on_a_broker_that_wants_certificates(scale_out, broker, known):
    outlay = scale_out(1, kafka=broker.tls_address, environment=known)
    workspace = Workspace.make(outlay.client())
    made = workspace.record()
    assert workspace.all("/expenses") == [made]


def test_an_installation_lives_on_a_broker_that_wants_a_login(scale_out, broker, authority, tmp_path):
    password = tmp_path / "password"
    settings = login(authority, OUTLAY_KAFKA_SASL_PASSWORD_FILE=str(password))
    secret = settings.pop("OUTLAY_KAFKA_SASL_PASSWORD")
    password.write_text(secret + "\n")
    password.chmod(0o600)
    outlay = scale_out(1, kafka=broker.login_address, environment=settings)
    Workspace.make(outlay.client()).record()
    assert all(secret not in node.log.read_text() for node in outlay.nodes)


def test_a_login_may_send_its_password_where_tls_hides_it(binary, broker, authority):
    plain = {"OUTLAY_KAFKA_SASL_MECHANISM": "PLAIN", "OUTLAY_KAFKA_SASL_PASSWORD": PLAIN_PASSWORD}
    done = check_topic(binary, broker.login_address, login(authority, **plain))
    assert "topic is missing" in done.stdout, done.stderr
    bare = check_topic(binary, broker.login_address, {**plain, "OUTLAY_KAFKA_SASL_USERNAME": USER})
    assert bare.returncode == 1 and "needs TLS" in bare.stderr


def test_a_login_by_scram_works_or_says_what_it_takes(binary, broker, authority):
    scram = {"OUTLAY_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512", "OUTLAY_KAFKA_SASL_PASSWORD": PASSWORD}
    done = check_topic(binary, broker.login_address, login(authority, **scram))
    if knows_scram():
        assert "topic is missing" in done.stdout, done.stderr
    else:
        assert done.returncode == 1 and "librdkafka before 2.6.1" in done.stderr


def test_who_is_not_believed_is_told_why(binary, broker, authority, known, tmp_path):
    others = Authority(tmp_path / "others", "Others")
    stranger = others.issue("DNS:outlay")
    told = {
        "signed by nobody who is trusted": (broker.tls_address,
                                            {**known, "OUTLAY_KAFKA_CA_FILE": str(others.certificate)}),
        "is for another": (broker.tls_address.replace("localhost", "127.0.0.1"), known),
        "certificate unknown": (broker.tls_address, {**known, "OUTLAY_KAFKA_CERT_FILE": str(stranger.certificate),
                                       "OUTLAY_KAFKA_KEY_FILE": str(stranger.key)}),
        "certificate required": (broker.tls_address, {"OUTLAY_KAFKA_CA_FILE": str(authority.certificate)}),
        "uthentication failed": (broker.login_address, login(authority, OUTLAY_KAFKA_SASL_PASSWORD="wrong")),
        "nvalid": (broker.login_address, login(authority, OUTLAY_KAFKA_SASL_USERNAME="nobody")),
        "mechanism": (broker.login_address, login(authority, OUTLAY_KAFKA_SASL_MECHANISM="SCRAM-SHA-256")),
    }
    for words, (address, settings) in told.items():
        done = check_topic(binary, address, settings)
        print(done.stderr)
        assert done.returncode == 1 and words in done.stderr and address in done.stderr, f"{words}\n{done.stderr}"
