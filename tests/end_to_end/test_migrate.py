"""The schema of a store: one migration at a time, whole whenever it was killed, told and proven."""
import json
import os
import re
import subprocess
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from client import Workspace
from services import run_sql
from store_sql import sql
from waiting import wait_until


class Database:
    """An empty database, and what `outlay migrate` needs to fill it."""

    def __init__(self, binary: Path, server: str, folder: Path):
        name = f"outlay_{uuid.uuid4().hex[:12]}"
        run_sql(server, f"CREATE DATABASE {name}")
        self.binary = binary
        self.url = urlsplit(server)._replace(path=f"/{name}").geturl()
        self.environment = {**os.environ, "OUTLAY_POSTGRES_URL": self.url,
                            "OUTLAY_ROOT_SECRET_FILE": str(folder / "root.secret")}

    def sql(self, statement: str) -> str:
        return run_sql(self.url, statement)

    def begin(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen([str(self.binary), "migrate", *arguments], text=True, env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        process = self.begin(*arguments)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def states(self) -> dict[str, str]:
        found = json.loads(self.run("status", "--json").stdout)
        return {one["name"]: one["state"] for one in found["migrations"]}

    def sleep_at(self, statement: int) -> None:
        """The database falls asleep within the n-th statement that defines something."""
        self.sql(f"""
            CREATE SEQUENCE public.definitions;
            CREATE FUNCTION public.sleep_at() RETURNS event_trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('public.definitions') = {statement} THEN PERFORM pg_sleep(600); END IF;
            END $$;
            CREATE EVENT TRIGGER sleeping ON ddl_command_end EXECUTE FUNCTION public.sleep_at();""")

    def sleeper(self) -> str:
        return self.sql("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                        " AND wait_event = 'PgSleep'")


@pytest.fixture
def database(binary, postgres_url, tmp_path):
    return Database(binary, postgres_url, tmp_path)


def test_several_at_once_make_one_schema_and_one_owner(database):
    running = [database.begin() for _ in range(4)]
    ended = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0] * 4, ended
    printed = [out for out, _ in ended]
    assert sum("olk_" in out for out in printed) == 1
    assert set(database.states().values()) == {"applied"}
    assert database.sql("SELECT count(*) FROM outlay.api_keys WHERE instance_owner") == "1"


def test_one_waits_for_the_end_of_another(database):
    database.sleep_at(5)
    first = database.begin()
    sleeper = wait_until(database.sleeper, "the first migration in its middle")
    second = database.begin()
    assert second.stderr.readline() == "outlay: another migration is under way; waiting for its end\n"
    database.sql(f"SELECT pg_cancel_backend({sleeper})")
    # The statement that was cancelled fails the first one; the second one does all of it.
    assert (first.wait(60), second.wait(60)) == (1, 0)
    assert "olk_" in second.stdout.read()
    assert set(database.states().values()) == {"applied"}


@pytest.mark.parametrize("statement", [1, 4, 12, 30, 45, 60, 75, 90])
def test_killed_at_any_statement_the_next_one_goes_on(database, statement):
    database.sleep_at(statement)
    first = database.begin()
    sleeper = wait_until(lambda: database.sleeper() or first.poll() is not None, "the middle")
    if sleeper is True:  # there are fewer statements than that
        pytest.fail(f"a migration has no statement {statement}: {first.communicate()}")
    first.kill()
    first.wait()
    before = database.states()
    assert "missing" in before.values()
    database.sql(f"SELECT pg_terminate_backend({sleeper})")
    again = database.run()
    assert again.returncode == 0, again.stderr
    assert set(database.states().values()) == {"applied"}
    assert database.run("verify").returncode == 0


def test_status_of_an_empty_database_misses_all_and_makes_nothing(database):
    done = database.run("status")
    assert done.returncode == 1 and "`outlay migrate` applies them" in done.stderr
    assert re.search(r"^generation_0001@1 +missing +-$", done.stdout, re.M)
    assert database.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'outlay'") == "0"


def test_alone_it_is_up(database):
    assert database.run("up").stdout.startswith("The schema is up to date.\n")
    assert database.run().stdout == "The schema is up to date.\n"
    misplaced = database.run("--owner-key-file", "x", "status")
    assert misplaced.returncode == 2 and "has to stand behind the command" in misplaced.stderr


@pytest.mark.parametrize("form", ["embedded", "scale_out"])
def test_what_was_applied_is_proven(request, form):
    outlay = request.getfixturevalue(form)()
    well = outlay.tool("migrate", "verify")
    assert (well.returncode, well.stdout) == (0, "what was applied is what this program would apply\n")
    sql(outlay, "UPDATE outlay.schema_checksums SET checksum = 'other' WHERE name = '0001_fixed'")
    changed = outlay.tool("migrate", "verify", "--json")
    found = {one["name"]: one for one in json.loads(changed.stdout)["migrations"]}
    assert changed.returncode == 1 and found["0001_fixed"]["state"] == "changed"
    assert {one["state"] for name, one in found.items() if name != "0001_fixed"} == {"applied"}
    assert outlay.tool("migrate", "status").returncode == 0


@pytest.mark.parametrize("form", ["embedded", "scale_out"])
def test_a_program_goes_on_beside_a_newer_schema(request, form):
    outlay = request.getfixturevalue(form)()
    workspace = Workspace.make(outlay.client())
    sql(outlay, "INSERT INTO outlay.schema_migrations VALUES ('9999_later', '2026-11-20T08:15:00Z')")
    outlay.stop()
    outlay.start()
    workspace.record()
    told = outlay.tool("migrate", "verify")
    assert told.returncode == 0 and "9999_later was applied by a newer program" in told.stdout
    assert re.search(r"^9999_later +newer ", outlay.tool("migrate", "status").stdout, re.M)


def test_a_folder_is_migrated_where_nobody_serves_it(embedded):
    outlay = embedded()
    taken = outlay.tool("migrate")
    assert taken.returncode == 1 and "is serving" in taken.stderr
    outlay.stop()
    # As a program before the checksums left it.
    sql(outlay, "DROP TABLE outlay.schema_checksums")
    unknown = outlay.tool("migrate", "status")
    assert unknown.returncode == 0 and "(no checksum)" in unknown.stdout
    done = outlay.tool("migrate")
    assert (done.returncode, done.stdout) == (0, "The schema is up to date.\n")
