"""https: certificates made here, renewed while the server serves, and refused where they must be."""
import signal
import ssl
import subprocess
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from authority import Authority
from bulk import send_bulk
from client import Client, Workspace, expect, expense
from processes import Process, free_ports
from waiting import wait_until


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "authority")


class HttpsServer:
    """An embedded server with a certificate that the test may replace."""

    def __init__(self, binary, folder, authority: Authority, *more: str):
        self.certificate, self.key = folder / "server.crt", folder / "server.key"
        self.install(authority, "DNS:localhost", "IP:127.0.0.1")
        self.data, self.log = folder / "data", folder / "log"
        port, admin = free_ports(2)
        self.url = f"https://127.0.0.1:{port}"
        self._trusted = ssl.create_default_context(cafile=str(authority.certificate))
        self.process = Process.launch(
            "serve", [binary, "serve", "--data", self.data, "--listen", f"127.0.0.1:{port}",
                      "--admin", f"127.0.0.1:{admin}", "--tls-cert-file", self.certificate,
                      "--tls-key-file", self.key, *more], self.log)

        def ready() -> bool:
            try:
                return httpx.get(f"http://127.0.0.1:{admin}/readyz").status_code == 200
            except httpx.TransportError:
                return False

        self.process.wait_ready(ready, 30)

    def install(self, authority: Authority, *names: str) -> None:
        made = authority.issue(*names)
        self.certificate.write_bytes(made.certificate.read_bytes())
        self.key.write_bytes(made.key.read_bytes())

    def client(self) -> Client:
        return Client(self.url, (self.data / "owner.key").read_text().strip(), trusted=self._trusted)

    def serial(self) -> int:
        """Of the certificate that a new connection gets."""
        found = urlsplit(self.url)
        pem = ssl.get_server_certificate((found.hostname, found.port))
        done = subprocess.run(["openssl", "x509", "-noout", "-serial"], input=pem, text=True, capture_output=True,
                              check=True)
        return int(done.stdout.strip().partition("=")[2], 16)


@contextmanager
def running(*arguments):
    server = HttpsServer(*arguments)
    try:
        yield server
    finally:
        server.process.kill()


def test_everything_works_over_https(binary, tmp_path, authority):
    with running(binary, tmp_path, authority) as server:
        assert f"Outlay serves {server.url}" in server.log.read_text()
        workspace = Workspace.make(server.client())
        made = workspace.record(4711)
        assert workspace.all("/expenses") == [made]
        results = send_bulk(workspace, [expense(number) for number in range(1, 501)])
        assert [one["status"] for one in results] == [201] * 500
        assert workspace.get("/expenses/export?format=csv").text.count("\n") >= 501
        with pytest.raises(httpx.ConnectError, match="certificate"):
            httpx.get(server.url + "/v1/me")
        plain = httpx.get(server.url.replace("https", "http") + "/v1/me")
        assert plain.status_code == 400 and "https" in plain.text


def test_a_hangup_serves_the_renewed_certificate_and_keeps_the_old_one_if_it_is_bad(binary, tmp_path, authority):
    with running(binary, tmp_path, authority) as server:
        assert server.serial() == 1
        workspace = Workspace.make(server.client())
        failures, ended = [], threading.Event()

        def spend():
            while not ended.is_set():
                try:
                    workspace.seen_by(server.client()).record()
                except (AssertionError, httpx.TransportError) as problem:
                    failures.append(problem)

        spending = threading.Thread(target=spend)
        spending.start()
        server.install(authority, "DNS:localhost", "IP:127.0.0.1")
        server.process.send(signal.SIGHUP)
        wait_until(lambda: server.serial() == 2, "the renewed certificate")

        server.certificate.write_text("half a certificate")
        server.process.send(signal.SIGHUP)
        wait_until(lambda: "the old one stays" in server.log.read_text(), "a refusal in the log")
        assert server.serial() == 2
        ended.set()
        spending.join()
        assert not failures
        assert expect(200, workspace.get("/expenses"))["data"], "connections from before go on"


@pytest.mark.parametrize("missing", ["--tls-cert-file", "--tls-key-file"])
def test_a_certificate_and_its_key_come_together(binary, tmp_path, authority, missing):
    made = authority.issue("DNS:localhost")
    files = {"--tls-cert-file": made.certificate, "--tls-key-file": made.key}
    del files[missing]
    (option, file), = files.items()
    done = subprocess.run([binary, "serve", "--data", tmp_path / "data", option, file], capture_output=True, text=True,
                          timeout=30, check=False)
    assert done.returncode == 1 and missing in done.stderr


def test_a_key_of_another_certificate_is_refused_at_the_start(binary, tmp_path, authority):
    one, other = authority.issue("DNS:localhost"), authority.issue("DNS:localhost")
    done = subprocess.run(
        [binary, "serve", "--data", tmp_path / "data", "--listen", f"127.0.0.1:{free_ports(1)[0]}", "--admin", "off",
         "--tls-cert-file", one.certificate, "--tls-key-file", other.key], capture_output=True, text=True, timeout=30,
        check=False)
    assert done.returncode == 1 and str(other.key) in done.stderr and "mismatch" in done.stderr
