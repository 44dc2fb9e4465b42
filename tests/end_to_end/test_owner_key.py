"""Who runs an installation gets in again: another key of the owner, and one instead of all others."""
import json
import stat

import pytest
from client import Client, Workspace, expect, expect_problem
from store_sql import sql
from waiting import wait_until

REFUSAL_S = 5  # after that no node takes a key that was ended


@pytest.fixture(params=["embedded", "scale_out"])
def installation(request):
    return request.getfixturevalue(request.param)()


def refused(client: Client) -> bool:
    return client.get("/v1/me").status_code == 401


def test_recovery_ends_all_other_keys_within_five_seconds(installation, tmp_path):
    outlay = installation
    lost = outlay.client()
    workspace = Workspace.make(lost)
    kept = workspace.record()["id"]
    file = tmp_path / "recovered.key"

    plan = outlay.tool("admin", "recover", "--dry-run", "--json")
    assert plan.returncode == 0 and [one["works"] for one in json.loads(plan.stdout)] == [True]
    assert not refused(lost)

    done = outlay.tool("admin", "recover", "--owner-key-file", str(file))
    assert done.returncode == 0 and "1 other key ends" in done.stdout, done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    fresh = outlay.client(file.read_text().strip())
    assert expect(200, fresh.get("/v1/me"))["instance_owner"] is True
    wait_until(lambda: refused(lost), "the lost key refused", REFUSAL_S + 1)
    expect_problem(401, "unauthenticated", lost.get(workspace.path("/expenses")))
    assert [one["id"] for one in workspace.seen_by(fresh).all("/expenses")] == [kept]
    workspace.seen_by(fresh).record()

    listed = json.loads(outlay.tool("admin", "owner-key", "--list", "--json").stdout)
    assert [one["works"] for one in listed] == [False, True]
    assert listed[1]["last4"] == fresh.key[-4:]
    audited = sql(outlay, "SELECT operator, action, detail FROM outlay.operator_audit"
                          " WHERE action = 'recover'").split("|")
    assert "@" in audited[0] and json.loads(audited[2])["ended"] == 1


def test_one_more_key_works_beside_the_first(installation):
    outlay = installation
    done = outlay.tool("admin", "owner-key", "--json")
    made = json.loads(done.stdout)
    assert done.returncode == 0 and made["file"] is None and made["ended"] == 0
    for client in (outlay.client(made["key"]), outlay.client()):
        assert expect(200, client.get("/v1/me"))["instance_owner"] is True


def test_recovery_of_a_folder_replaces_its_key(embedded):
    outlay = embedded()
    lost = outlay.owner_key
    workspace = Workspace.make(outlay.client())
    outlay.stop()
    assert outlay.tool("admin", "recover").returncode == 0
    assert outlay.owner_key != lost
    outlay.start()
    workspace.seen_by(outlay.client()).record()
    assert refused(outlay.client(lost))
    assert outlay.tool("migrate", "status").returncode == 0


def test_a_key_that_cannot_be_kept_changes_nothing(embedded, tmp_path):
    outlay = embedded()
    done = outlay.tool("admin", "recover", "--owner-key-file", str(tmp_path / "none" / "key"))
    assert done.returncode == 1 and "cannot write the key" in done.stderr
    assert expect(200, outlay.client().get("/v1/me"))["instance_owner"] is True
    assert len(json.loads(outlay.tool("admin", "owner-key", "--list", "--json").stdout)) == 1


def test_a_store_without_an_owner_says_what_makes_one(scale_out):
    outlay = scale_out(workers=0)
    sql(outlay, "DELETE FROM outlay.api_keys")
    done = outlay.tool("admin", "recover")
    assert done.returncode == 1 and "there is no owner yet; `outlay migrate`" in done.stderr
