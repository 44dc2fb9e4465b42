"""PostgreSQL by verified TLS, on a real server with a certificate that is made here."""
import os
import pwd
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from authority import Authority
from client import Workspace
from services import PostgresServer, run_sql

AT_ONCE_S = 20  # far below the minute that a start waits for what is away


@pytest.fixture
def authority(services_folder) -> Authority:
    made = Authority(services_folder / "authority")
    made.folder.chmod(0o711)
    made.certificate.chmod(0o644)
    return made


@pytest.fixture
def server(services_folder, authority):
    shown = authority.issue("DNS:localhost")
    if os.geteuid() == 0:  # then the server is another user
        owner = pwd.getpwnam("postgres")
        os.chown(shown.key, owner.pw_uid, owner.pw_gid)
        shown.certificate.chmod(0o644)
    made = PostgresServer(services_folder / "postgres", settings={
        "ssl": "on", "ssl_cert_file": f"'{shown.certificate}'", "ssl_key_file": f"'{shown.key}'"})
    made.start()
    yield made
    made.kill()


def verified(server: PostgresServer, certificate: Path, host: str = "localhost", **changed: str) -> str:
    url = server.url(**changed).replace("@127.0.0.1:", f"@{host}:")
    return f"{url}?sslmode=verify-full&sslrootcert={quote(str(certificate))}"


def test_an_installation_speaks_tls_with_a_server_that_it_verifies(scale_out, server, authority):
    outlay = scale_out(1, postgres=verified(server, authority.certificate))
    workspace = Workspace.make(outlay.client())
    made = workspace.record()
    assert workspace.all("/expenses") == [made]
    count = "SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl) FROM pg_stat_ssl" \
            " JOIN pg_stat_activity USING (pid) WHERE application_name = 'outlay'"
    by_tls, without = map(int, run_sql(server.url(), count).split("|"))
    assert by_tls > 0 and without == 0
    assert all("without proof" not in node.log.read_text() for node in outlay.nodes)


def test_who_is_not_believed_is_told_why(binary, server, authority, tmp_path):
    others = Authority(tmp_path / "others", "Others")
    told = {
        "certificate verify failed": verified(server, others.certificate),
        "does not match host name": verified(server, authority.certificate, "127.0.0.1"),
        "does not exist": verified(server, tmp_path / "nowhere.crt"),
        "password authentication failed": verified(server, authority.certificate, password="wrong"),
    }
    secret = tmp_path / "root.secret"
    secret.write_text("0" * 64)
    secret.chmod(0o600)
    for words, url in told.items():
        began = time.monotonic()
        done = subprocess.run(
            [binary, "api", "--admin", "off", "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=90,
            check=False, env={"PATH": os.environ["PATH"], "OUTLAY_POSTGRES_URL": url,
                              "OUTLAY_KAFKA_BROKERS": "127.0.0.1:9", "OUTLAY_ROOT_SECRET_FILE": str(secret)})
        assert done.returncode == 1 and words in done.stderr.partition("outlay: ")[2], f"{words}\n{done.stderr}"
        assert time.monotonic() - began < AT_ONCE_S
        assert "wrong@" not in done.stderr and ":wrong" not in done.stderr
