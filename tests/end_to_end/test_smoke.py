"""`outlay smoke` finds out whether an installation works, and leaves nothing that counts behind."""
import http.server
import json
import re
import subprocess
import threading
from contextlib import contextmanager

import httpx
import pytest
from client import Workspace
from processes import free_ports

STEPS = ["know the key", "find a workspace", "record an expense", "read it back", "send it again",
         "find it in the report", "void it", "miss it in the report"]


def smoke(outlay, *arguments: str, url: str | None = None, key: str | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(outlay.binary), "smoke", "--url", url or outlay.url, "--key-file",
         key or str(outlay.owner_key_file), *arguments], text=True, capture_output=True, timeout=60, check=False)


@contextmanager
def changing_proxy(url: str, pattern: str, replacement: str):
    """A server that hands on what it is asked, and changes the answers."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def hand_on(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sent = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            answer = httpx.request(self.command, url + self.path, headers=sent, content=body)
            text = re.sub(pattern, replacement, answer.text).encode()
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_DELETE = hand_on

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_installation_that_works(outlay):
    done = smoke(outlay, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0 and found["ok"] and [step["what"] for step in found["steps"]] == STEPS
    again = json.loads(smoke(outlay, "--json").stdout)
    assert again["ok"] and again["workspace"] == found["workspace"]
    workspace = Workspace(outlay.client(), found["workspace"])
    assert workspace.get("/reports/spending").json()["data"] == []


def test_a_workspace_of_ones_own_keeps_its_sums(outlay, workspace):
    workspace.record()
    before = workspace.get("/reports/spending").json()["data"]
    done = smoke(outlay, "--workspace", workspace.id)
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == f"{workspace.id} works"
    assert [line.split("  ")[0] for line in done.stdout.splitlines()[:-1]] == STEPS
    assert workspace.get("/reports/spending").json()["data"] == before


@pytest.mark.parametrize("pattern, replacement, told", [
    ('"amount":1234', '"amount":1235', "the amount is"),
    ('"state":"voided"', '"state":"recorded"', 'the state is "recorded" instead of "voided"'),
    ('"id":"exp_(.)', r'"id":"exp_\1\1', "404"),
    ('"merchant":"outlay', '"merchant":"inlay', "the merchant is")])
def test_a_server_that_answers_wrongly_is_found(outlay, pattern, replacement, told):
    with changing_proxy(outlay.url, pattern, replacement) as url:
        done = smoke(outlay, url=url)
    assert done.returncode == 1 and told in done.stdout, done.stdout


def test_a_key_that_is_refused_is_no_silence(outlay, tmp_path):
    wrong = tmp_path / "key"
    wrong.write_text("olk_wrong\n")
    done = smoke(outlay, key=str(wrong))
    assert done.returncode == 1 and "the server answers 401" in done.stdout


def test_nobody_answers(outlay):
    done = smoke(outlay, "--timeout", "1", url=f"http://127.0.0.1:{free_ports(1)[0]}")
    assert done.returncode == 3 and "the server does not answer" in done.stdout


def test_nothing_is_projected(shared_workers):
    assert smoke(shared_workers).returncode == 0
    with shared_workers.workers_paused():
        done = smoke(shared_workers, "--timeout", "3")
    assert done.returncode == 3 and "the command is not projected yet" in done.stdout, done.stdout
    assert smoke(shared_workers).returncode == 0
