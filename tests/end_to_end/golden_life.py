"""A life that makes an event of every type, for golden journals.

    build/venv/bin/python tests/end_to_end/golden_life.py build/release/outlay tests/golden/NAME.gz

lives it with that binary, and writes the export, and beside it what it comes to. A journal that was made once is never
changed: when an event type or a version comes in, another one is made beside it.
"""
import json
import os
import re
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "dev.d")]

from client import Client, Workspace, expect  # noqa: E402
from installations import Embedded  # noqa: E402
from moving import run  # noqa: E402
from receiver import Receiver  # noqa: E402
from waiting import wait_until  # noqa: E402

EUROS = {"currency": "EUR"}


def euros(amount: int) -> dict:
    return {"amount": amount, **EUROS}


def live(owner: Client, receiver: Receiver) -> None:
    place = Workspace.make(owner, "Golden")
    live_with_days(place)
    live_with_people(place)
    food = live_with_categories(place)
    live_with_expenses(place, food)
    live_with_budgets(place, food)
    live_with_channels(place, receiver)
    expect(200, place.patch("", {"name": "Golden years", "week_start": "sunday"}))
    expect(200, place.post("/close_period", {"through": "2024-12-31"}))
    expect(200, place.post("/reopen_period", {"through": "2024-11-30", "reason": "a late bill"}))
    expect(200, place.post("/archive")), expect(200, place.post("/restore"))


def live_with_days(place: Workspace) -> None:
    """It is a later day at the other end of the world, and a forecast is told of it."""
    expect(200, place.patch("", {"time_zone": "Pacific/Pago_Pago"}))
    ahead = expect(201, place.post("/budgets", {
        "name": "Ahead", "limit": euros(100_00), "period": {"every": "month"},
        "thresholds": [{"percent": 100, "basis": "forecast"}]}))
    expect(200, place.patch("", {"time_zone": "Pacific/Kiritimati"}))
    wait_until(lambda: expect(200, place.get(f"/budgets/{ahead['id']}"))["version"] > ahead["version"],
               "a day passes", 60)


def live_with_people(place: Workspace) -> None:
    member, _ = place.add_person("member")
    path = f"/members/{member['id']}"
    expect(200, place.patch(path, {"role": "admin"}))
    expect(200, place.patch(path, {"time_zone": "Asia/Tokyo", "quiet_hours": {"from": "22:00", "to": "07:00"}}))
    assert place.delete(path).status_code == 204
    account = expect(201, place.post("/service_accounts", {"name": "bot", "role": "member"}))
    key = expect(201, place.post(f"/service_accounts/{account['id']}/keys"))
    assert place.delete(f"/service_accounts/{account['id']}/keys/{key['id']}").status_code < 300


def live_with_categories(place: Workspace) -> str:
    food, sweets = place.category("Food"), place.category("Sweets")
    path = f"/categories/{sweets}"
    expect(200, place.patch(path, {"parent": food}))
    expect(200, place.patch(path, {"name": "Cakes"}))
    expect(200, place.post(f"{path}/archive")), expect(200, place.post(f"{path}/restore"))
    return food


def live_with_expenses(place: Workspace, food: str) -> None:
    made = place.record(12_50, "2025-03-01", category=food, merchant="Café \u201eMüller\u201c", note="für zwei",
                        tags=["a"])
    path = f"/expenses/{made['id']}"
    expect(200, place.patch(path, {"note": None, "amount": euros(13_00)}))
    expect(200, place.delete(path)), expect(200, place.post(f"{path}/restore"))
    refunded = expect(201, place.post(f"{path}/refunds", {"amount": euros(50), "received_on": "2025-04-01"}))
    expect(200, place.delete(f"{path}/refunds/{refunded['refunds'][0]['id']}"))
    expect(201, place.post(f"{path}/refunds", {"amount": euros(70), "received_on": "2025-04-02",
                                               "counts_in": "original"}))
    place.record(500, "2025-03-02", currency="JPY")


def live_with_budgets(place: Workspace, food: str) -> None:
    budget, other = place.budget("All", 20_00), place.budget("Other", 50_00)
    path = f"/budgets/{budget['id']}"
    expect(200, place.patch(path, {"name": "Everything"}))
    expect(200, place.patch(path, {"scope": {"categories": [food]}}))
    expect(200, place.patch(path, {"thresholds": [{"percent": 90}, {"amount": euros(10_00)}]}))
    expect(200, place.patch(path, {"limit": euros(25_00)}))
    expect(200, place.patch(path, {"rollover": {"carry": "unspent"}}))
    expect(200, place.post(f"{path}/adjust", {"day": "2025-03-01", "amount": euros(500), "reason": "guests"}))
    expect(200, place.post(f"{path}/move-funds", {"day": "2025-03-01", "amount": euros(100), "to": other["id"]}))
    place.record(90_00, date.today().isoformat(), category=food)
    alert = "/alerts/" + place.all("/alerts", budget=budget["id"])[0]["id"]
    expect(200, place.post(f"{alert}/snooze", {"until": "2099-01-01T00:00:00Z"}))
    expect(200, place.post(f"{alert}/acknowledge"))
    for action in ("mute", "unmute", "pause", "resume", "archive", "restore"):
        expect(200, place.post(f"{path}/{action}", {} if action == "mute" else None))


def live_with_channels(place: Workspace, receiver: Receiver) -> None:
    webhook = expect(201, place.post("/channels", {"kind": "webhook", "url": receiver.url, "events": ["*"]}))
    path = f"/channels/{webhook['id']}"
    expect(200, place.patch(path, {"description": "golden", "severities": ["critical"]}))
    expect(200, place.post(f"{path}/rotate_secret"))
    expect(200, place.patch(path, {"state": "paused"})), expect(200, place.patch(path, {"state": "active"}))
    chat = expect(201, place.post("/channels", {"kind": "slack", "url": f"{receiver.url}/services/T0/B0/x"}))
    wait_until(lambda: [one for one in receiver.requests if one["path"].startswith("/services")], "the test message")
    greeting = next(one["body"] for one in receiver.requests if one["path"].startswith("/services"))
    code = re.search(rb"[A-Z2-9]{4}-[A-Z2-9]{4}", greeting)[0]
    expect(200, place.post(f"/channels/{chat['id']}/confirm", {"code": code.decode()}))
    assert place.delete(path).status_code < 300


def main(binary: str, out: str) -> None:
    receiver = Receiver()
    environment = {"OUTLAY_EGRESS_ALLOW": "127.0.0.0/8", "OUTLAY_EGRESS_HTTP": "1"}
    os.environ.update(environment)
    with tempfile.TemporaryDirectory() as folder:
        outlay = Embedded(Path(binary).resolve(), Path(folder))
        outlay.start()
        live(outlay.client(), receiver)
        outlay.stop()
        run(outlay, "journal", "export", "-o", out)
        state = json.loads(run(outlay, "verify", "--journal-only", "--json").stdout)
    Path(out).with_suffix(".state").write_text(state["state_digest"] + "\n")
    receiver.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
