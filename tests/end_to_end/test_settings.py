"""Settings by flag, variable and file: what counts, what stops a start, and what nobody gets to see."""
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from client import Workspace
from processes import Process, free_ports
from waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [["serve"], ["api"], ["worker"], ["migrate"], ["topics", "check"], ["status"], ["verify"],
            ["rebuild"], ["journal", "stats"], ["admin", "reseal"]]


def run(binary, arguments, cwd, **variables) -> subprocess.CompletedProcess:
    return subprocess.run([str(binary), *arguments], text=True, capture_output=True, timeout=30,
                          check=False, cwd=cwd, env={"PATH": os.environ["PATH"], **variables})


@pytest.mark.parametrize("arguments", COMMANDS)
def test_an_unknown_variable_stops_every_command_and_names_itself(binary, tmp_path, arguments):
    done = run(binary, arguments, tmp_path, OUTLAY_DATAS=str(tmp_path / "data"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "outlay: OUTLAY_DATAS is no setting; the nearest is OUTLAY_DATA\n"
    assert list(tmp_path.iterdir()) == []


def test_all_that_is_wrong_is_told_at_once(binary, tmp_path):
    file = tmp_path / "outlay.conf"
    file.write_text("listn = 127.0.0.1:1\nio-threads = many\n")
    done = run(binary, ["serve", "--admin", "nowhere"], tmp_path, OUTLAY_CONFIG=str(file),
               OUTLAY_LOG_LEVEL="loud")
    assert (done.returncode, done.stderr.splitlines()) == (2, [
        f"outlay: {file}, line 1: listn is no setting; the nearest is listen",
        f'outlay: {file}, line 2: io-threads: "many" is no whole number from 1 to 64',
        'outlay: --admin: "nowhere" is neither HOST:PORT nor off',
        'outlay: OUTLAY_LOG_LEVEL: "loud" is none of debug, info, warning and error'])


def test_a_server_runs_from_a_file_alone(binary, tmp_path):
    port, admin, other = free_ports(3)
    file = tmp_path / "outlay.conf"
    file.write_text(f"# ours\ndata = '{tmp_path}/house'\nlisten = 127.0.0.1:{other}\n"
                    f"admin = \"127.0.0.1:{admin}\"\n")
    log = tmp_path / "log"
    server = Process.launch("serve", [binary, "serve", "--config", file], log,
                            env={"PATH": os.environ["PATH"], "OUTLAY_LISTEN": f"127.0.0.1:{port}"})
    try:
        wait_until(lambda: f"Outlay serves http://127.0.0.1:{port} " in log.read_text(), "a start")
        assert (tmp_path / "house" / "journal.db").exists()
    finally:
        server.kill()


def test_mails_need_an_address_that_one_click_can_end(binary, tmp_path):
    listen, admin = (f"127.0.0.1:{port}" for port in free_ports(2))
    mail = {"OUTLAY_SMTP_URL": "smtp://127.0.0.1:9", "OUTLAY_SMTP_FROM": "outlay@example.org",
            "OUTLAY_LISTEN": listen, "OUTLAY_ADMIN": admin}
    plain = {**mail, "OUTLAY_PUBLIC_URL": "http://outlay.example"}
    refused = run(binary, ["serve"], tmp_path, **plain)
    assert refused.returncode == 1 and "OUTLAY_PUBLIC_URL must begin with https://" in refused.stderr
    for name, variables, is_warned in (("plain", {**plain, "OUTLAY_EGRESS_HTTP": "1"}, False), ("none", mail, True)):
        log = tmp_path / name
        server = Process.launch("serve", [binary, "serve"], log, cwd=tmp_path,
                                env={"PATH": os.environ["PATH"], **variables})
        try:
            wait_until(lambda log=log: "Outlay serves http://" in log.read_text(), "a start")
            assert ("no List-Unsubscribe" in log.read_text()) == is_warned
        finally:
            server.kill()


def test_print_tells_values_and_sources_and_no_secret(binary, tmp_path):
    secret = tmp_path / "database"
    secret.touch(mode=0o600)
    secret.write_text("postgresql://outlay:canary1@db/outlay\n")
    variables = {"OUTLAY_SMTP_URL": "smtp://me:canary2@mail:587", "OUTLAY_CHANNEL_KEY": "canary3",
                 "OUTLAY_POSTGRES_URL_FILE": str(secret)}
    done = run(binary, ["config", "print", "--listen", "127.0.0.1:9", "--json"], tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    found = {one["name"]: (one["value"], one["from"]) for one in json.loads(done.stdout)}
    assert found["listen"] == ("127.0.0.1:9", "--listen")
    assert found["smtp-url"] == ("smtp://me:***@mail:587", "OUTLAY_SMTP_URL")
    assert found["postgres-url"] == ("postgresql://outlay:***@db/outlay", "OUTLAY_POSTGRES_URL_FILE")
    assert found["channel-key"] == ("***", "OUTLAY_CHANNEL_KEY")
    assert found["kafka-topic"] == ("outlay.journal.v1", "default")
    table = run(binary, ["config", "print"], tmp_path, **variables)
    assert "canary" not in done.stdout + table.stdout + table.stderr
    assert re.search(r"^smtp-url +smtp://me:\*\*\*@mail:587 +OUTLAY_SMTP_URL$", table.stdout, re.M)


def test_check_tells_what_is_wrong(binary, tmp_path):
    well = run(binary, ["config", "check"], tmp_path)
    assert (well.returncode, well.stdout) == (0, "every setting can be used\n")
    wrong = run(binary, ["config", "check", "--json"], tmp_path, OUTLAY_SMTP_URL="mail",
                OUTLAY_DAT="x")
    assert (wrong.returncode, json.loads(wrong.stdout)) == (1, {"findings": [
        "OUTLAY_DAT is no setting; the nearest is OUTLAY_DATA",
        "OUTLAY_SMTP_URL: is none like smtp://host:587"]})


def test_check_tells_what_a_role_lacks(binary, tmp_path):
    assert run(binary, ["config", "check", "serve"], tmp_path).returncode == 0
    lacking = run(binary, ["config", "check", "api"], tmp_path, OUTLAY_KAFKA_BROKERS="k:1",
                  OUTLAY_ROOT_SECRET_FILE="none")
    assert (lacking.returncode, lacking.stderr.splitlines()[0]) == (
        1, "outlay: api needs --postgres-url or OUTLAY_POSTGRES_URL")
    assert "root-secret-file: " in lacking.stderr
    keys = run(binary, ["config", "check", "serve"], tmp_path, OUTLAY_CHANNEL_KEY="short")
    assert keys.returncode == 1 and "OUTLAY_CHANNEL_KEY: " in keys.stderr and "short" not in keys.stderr


def test_a_tool_takes_the_database_from_a_file(shared_workers, tmp_path):
    Workspace.make(shared_workers.client())
    environment = shared_workers.places.environment()
    secret = tmp_path / "database"
    secret.touch(mode=0o600)
    secret.write_text(environment.pop("OUTLAY_POSTGRES_URL") + "\n")
    done = run(shared_workers.binary, ["status"], tmp_path, OUTLAY_POSTGRES_URL_FILE=str(secret),
               **environment)
    assert done.returncode == 0, done.stderr


def test_the_page_of_settings_is_what_the_binary_prints(binary, tmp_path):
    printed = run(binary, ["config", "list", "--markdown"], tmp_path).stdout
    assert (ROOT / "docs" / "settings.md").read_text() == printed
    listed = {one["variable"] for one in json.loads(run(binary, ["config", "list", "--json"], tmp_path).stdout)}
    plain = run(binary, ["config", "list"], tmp_path).stdout
    assert listed and all(variable in plain for variable in listed)


def test_documents_name_only_variables_that_exist(binary, tmp_path):
    known = set(re.findall(r"OUTLAY_[A-Z_]+", run(binary, ["config", "list"], tmp_path).stdout))
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "guides").glob("*"),
             *(ROOT / "compose").rglob("*.yaml")]
    named = {(page.name, name) for page in pages
             for name in re.findall(r"OUTLAY_[A-Z_]+\b(?!\*)", page.read_text())}
    others = {"OUTLAY_API_URL", "OUTLAY_KAFKA_BROKER"}  # of ./dev run; the mistake that is shown
    assert {one for one in named if one[1] not in known | others} == set()
    assert ("settings.md", "OUTLAY_LISTEN") in named
