"""Nobody sees or changes what their role does not give them, and a role ends when it is taken away.

A removed member and a revoked key never write or read again, however many caches knew them: no
expense of theirs stands behind the removal in the journal. A workspace that is not yours looks like
one that does not exist.
"""
import json
import threading
from uuid import uuid4

import pytest
from bulk import send_bulk
from client import Client, Workspace, at_once, expect, expect_problem, expense
from waiting import wait_until

HAMMERS = 6
REFUSALS = 15  # of each hammer after the removal


def writes_of(workspace: Workspace, own: str, budget: str, category: str) -> dict:
    """One request per route that changes something, by the least role that may send it."""
    path = f"/expenses/{own}"
    return {
        "record": ("member", lambda: workspace.post("/expenses", expense())),
        "amend": ("member", lambda: workspace.patch(path, {"note": "x"})),
        "void": ("member", lambda: workspace.delete(path)),
        "restore": ("member", lambda: workspace.post(f"{path}/restore")),
        "category": ("member", lambda: workspace.post("/categories", {"name": uuid4().hex})),
        "rename": ("member", lambda: workspace.patch(f"/categories/{category}", {"name": "F"})),
        "budget": ("admin", lambda: workspace.patch(f"/budgets/{budget}", {"name": uuid4().hex})),
        "settings": ("admin", lambda: workspace.patch("", {"name": uuid4().hex})),
        "close": ("admin", lambda: workspace.post("/close_period", {"through": "1999-12-31"})),
        "people": ("admin", lambda: workspace.post("/members", {
            "name": "N", "email": "n@example.com", "role": "viewer"})),
        "bots": ("admin", lambda: workspace.post("/service_accounts", {
            "name": uuid4().hex, "role": "viewer"})),
        "reopen": ("owner", lambda: workspace.post("/reopen_period", {
            "through": None, "reason": "late receipts"})),
        "archive": ("owner", lambda: workspace.post("/archive")),
    }


ROLES = ["viewer", "member", "admin", "owner"]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_it_may_and_no_more(workspace, role):
    member, seen = workspace.add_person(role)
    own = workspace.record(member=member["id"])["id"]
    writes = writes_of(seen, own, workspace.budget("All", 100)["id"], workspace.category("Food"))
    for name, (least, write) in writes.items():
        answer = write()
        if ROLES.index(role) >= ROLES.index(least):
            assert answer.status_code in (200, 201), f"{name}: {answer.text}"
        else:
            expect_problem(403, "forbidden", answer)
    for path in ("", "/expenses", f"/expenses/{own}", "/budgets", "/categories", "/alerts",
                 "/members", "/reports/spending?group_by=month"):
        expect(200, seen.get(path))


def test_a_member_changes_only_their_own_expenses(workspace):
    _, seen = workspace.add_person("member")
    others, own = workspace.record()["id"], seen.record()["id"]
    for path, status in ((f"/expenses/{others}", 403), (f"/expenses/{own}", 200)):
        answers = [seen.patch(path, {"note": "mine"}), seen.delete(path),
                   seen.post(f"{path}/restore")]
        assert [answer.status_code for answer in answers] == [status] * 3
    assert expect(200, workspace.get(f"/expenses/{others}"))["version"] == 1
    expect(200, workspace.patch(f"/expenses/{own}", {"note": "by the owner"}))


def test_a_changed_role_counts_at_once(workspace):
    member, seen = workspace.add_person("member")
    seen.record()
    expect(200, workspace.patch(f"/members/{member['id']}", {"role": "viewer"}))
    expect_problem(403, "forbidden", seen.post("/expenses", expense()))
    expect(200, workspace.patch(f"/members/{member['id']}", {"role": "member"}))
    seen.record()


class Hammer(threading.Thread):
    """Writes without a pause until it was refused often enough after the removal was answered."""

    def __init__(self, workspace: Workspace, removed: threading.Event):
        super().__init__(daemon=True)
        self.before, self.after = [], []  # answers to requests sent before and after the removal
        self._workspace, self._removed = workspace, removed

    def run(self) -> None:
        while len(self.after) < REFUSALS:
            answers = self.after if self._removed.is_set() else self.before
            answers.append(self._workspace.post("/expenses", expense()))


def hammer(removal, *places: Workspace) -> list:
    """Writes from all sides while `removal` happens; returns the answers to what was sent after."""
    removed = threading.Event()
    hammers = [Hammer(places[number % len(places)], removed) for number in range(HAMMERS)]
    for thread in hammers:
        thread.start()
    wait_until(lambda: all(len(thread.before) > 5 for thread in hammers), "every hammer writes")
    assert removal().status_code == 204
    removed.set()
    for thread in hammers:
        thread.join(60)
    assert any(answer.status_code == 201 for thread in hammers for answer in thread.before)
    return [answer for thread in hammers for answer in thread.after]


def offset_of(position: str) -> int:
    return int(position.partition(":")[2])


def position_of(workspace: Workspace, expense_id: str) -> str:
    return workspace.all(f"/expenses/{expense_id}/history")[0]["position"]


def removal_in_journal(outlay, workspace: Workspace, event_type: str) -> int:
    """The offset of the first record of the workspace that holds such an event."""
    partition = position_of(workspace, workspace.record()["id"]).partition(":")[0]
    tail = outlay.tool("journal", "tail", "--from", f"{partition}:0")
    for line in tail.stdout.splitlines():
        position, _, key, value = line.split("\t", 3)
        events = json.loads(value).get("events", []) if key == workspace.id else []
        if event_type in [event["type"] for event in events]:
            return offset_of(position)
    raise AssertionError(f"no {event_type} in the journal of {workspace.id}: {tail.stderr}")


def check_nothing_behind(outlay, workspace: Workspace, author: str, event_type: str) -> None:
    end = removal_in_journal(outlay, workspace, event_type)
    written = [item for item in workspace.all("/expenses", state="any", limit=100)
               if item["created_by"] == author]
    assert written
    for item in written:
        assert offset_of(position_of(workspace, item["id"])) < end


def test_a_removed_member_never_writes_or_reads_again(outlay, workspace, other_front):
    member, seen = workspace.add_person("member")
    there = seen.seen_by(Client(other_front.url, seen.client.key))
    seen.record(), there.record()
    elsewhere = workspace.seen_by(other_front)

    refused = hammer(lambda: elsewhere.delete(f"/members/{member['id']}"), seen, there)

    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {
        (404, "not_found")}
    check_nothing_behind(outlay, workspace, member["id"], "member.removed")
    for place in (seen, there):
        for path in ("", "/expenses", "/members", "/reports/spending", "/expenses/export"):
            expect_problem(404, "not_found", place.get(path))
        assert place.client.all("/v1/workspaces") == []


def test_a_repeated_change_shows_the_member_as_it_was(workspace):
    member, _ = workspace.add_person("member")
    change = {"role": "viewer"}
    first = workspace.patch(f"/members/{member['id']}", change, key="once")
    assert expect(200, first)["name"] == member["name"]
    assert workspace.delete(f"/members/{member['id']}").status_code == 204

    again = workspace.patch(f"/members/{member['id']}", change, key="once")

    assert expect(200, again) == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_revoked_key_never_writes_or_reads_again(outlay, workspace, other_front):
    account, seen = workspace.add_service_account("member")
    there = seen.seen_by(Client(other_front.url, account["key"]))
    spare = expect(201, workspace.post(f"/service_accounts/{account['id']}/keys"))
    kept = seen.seen_by(Client(seen.client.url, spare["key"]))
    seen.record(), there.record(), kept.record()
    path = f"/service_accounts/{account['id']}/keys/{account['keys'][0]}"

    refused = hammer(lambda: workspace.seen_by(other_front).delete(path), seen, there)

    assert {answer.status_code for answer in refused} <= {401, 404}
    check_nothing_behind(outlay, workspace, account["id"], "key.revoked")
    for place in (seen, there):
        assert place.get("/expenses").status_code in (401, 404)
    kept.record()


def test_a_revoked_key_is_told_that_it_is_no_key(workspace):
    account, seen = workspace.add_service_account("member")
    seen.record()
    path = f"/service_accounts/{account['id']}/keys/{account['keys'][0]}"
    assert workspace.delete(path).status_code == 204
    # Nodes may know a key from before for 5 s.
    for answer in (lambda: seen.client.get("/v1/me"), lambda: seen.get("/expenses")):
        wait_until(lambda: answer().status_code == 401, "401 for a revoked key", 7)


def test_a_removed_service_account_takes_all_its_keys_along(workspace):
    account, seen = workspace.add_service_account("admin")
    spare = expect(201, workspace.post(f"/service_accounts/{account['id']}/keys"))
    assert workspace.delete(f"/members/{account['id']}").status_code == 204
    for key in (account["key"], spare["key"]):
        place = seen.seen_by(Client(seen.client.url, key))
        assert place.get("/expenses").status_code in (401, 404)
        assert place.post("/expenses", expense()).status_code in (401, 404)


def test_a_foreign_workspace_looks_like_a_missing_one(workspace, owner):
    stranger = Client(owner.url, expect(201, owner.post(
        "/v1/users", {"name": "Eve", "email": "eve@example.com"}))["key"])
    bot = Workspace.make(owner, "Elsewhere").add_service_account("owner")[1].client
    made, category = workspace.record()["id"], workspace.category("Food")
    budget = workspace.budget("All", 100)["id"]
    for outsider in (stranger, bot):
        for place in (workspace.seen_by(outsider), Workspace(outsider, "ws_" + "0" * 26)):
            answers = [
                place.get(), place.get("/expenses"), place.get(f"/expenses/{made}"),
                place.get(f"/expenses/{made}/history"), place.get("/expenses/export"),
                place.get("/categories"), place.get(f"/budgets/{budget}/periods"),
                place.get("/reports/spending"), place.get("/alerts"), place.get("/members"),
                *(write() for _, write in writes_of(place, made, budget, category).values())]
            told = {(answer.status_code, answer.json()["code"], answer.json()["detail"])
                    for answer in answers}
            assert {(status, code) for status, code, _ in told} == {(404, "not_found")}
        (result,) = send_bulk(workspace.seen_by(outsider), [expense()])
        assert (result["status"], result["problem"]["code"]) == (404, "not_found")
    assert len(workspace.all("/expenses", state="any")) == 1


def test_the_same_expense_id_in_two_workspaces_is_two_expenses(workspace, owner):
    elsewhere = Workspace.make(owner, "Elsewhere")
    identity = workspace.record(100)["id"]
    assert elsewhere.record(200, id=identity)["id"] == identity
    expect(200, elsewhere.patch(f"/expenses/{identity}", {"note": "elsewhere"}))
    here, there = (expect(200, place.get(f"/expenses/{identity}"))
                   for place in (workspace, elsewhere))
    assert (here["amount"]["amount"], here["note"], here["version"]) == (100, None, 1)
    assert (there["amount"]["amount"], there["note"], there["version"]) == (200, "elsewhere", 2)
    expect(200, workspace.delete(f"/expenses/{identity}"))
    assert expect(200, elsewhere.get(f"/expenses/{identity}"))["state"] == "recorded"
    assert len(elsewhere.all(f"/expenses/{identity}/history")) == 2


def test_an_id_chosen_by_the_client_is_taken_once(workspace):
    identity = "exp_" + "1" * 26
    made = workspace.record(id=identity, note="mine")
    assert workspace.record(id=identity, note="mine") == made
    expect_problem(409, "already_exists",
                   workspace.post("/expenses", expense(id=identity, note="other")))


def test_the_last_owner_stays(workspace):
    (founder,) = workspace.all("/members")
    path = f"/members/{founder['id']}"
    expect_problem(422, "last_owner", workspace.delete(path))
    expect_problem(422, "last_owner", workspace.patch(path, {"role": "admin"}))
    bot, _ = workspace.add_service_account("owner")
    expect_problem(422, "last_owner", workspace.delete(path))
    _, second = workspace.add_person("owner")
    assert workspace.delete(path).status_code == 204
    expect_problem(404, "not_found", workspace.get())
    assert [item["id"] for item in second.all("/members") if item["id"] == bot["id"]]


def test_two_owners_who_remove_each_other_leave_one(workspace):
    (founder,) = workspace.all("/members")
    second, seen = workspace.add_person("owner")
    attempts = [(workspace, second["id"]), (seen, founder["id"])]
    answers = at_once(2, lambda number: attempts[number][0].delete(
        f"/members/{attempts[number][1]}"))
    assert sorted(answer.status_code for answer in answers)[0] == 204
    remaining = {place.get().status_code for place in (workspace, seen)}
    assert remaining == {200, 404}


@pytest.mark.parametrize("key", [None, "olk_" + "0" * 49, "nonsense", ""])
def test_without_a_good_key_nothing_is_said(workspace, key):
    stranger = workspace.seen_by(Client(workspace.client.url, key))
    for answer in (stranger.get(), stranger.get("/expenses"), stranger.post("/expenses", expense()),
                   stranger.client.get("/v1/workspaces"), stranger.client.get("/v1/me")):
        expect_problem(401, "unauthenticated", answer)
        assert answer.headers["www-authenticate"].startswith("Bearer")
