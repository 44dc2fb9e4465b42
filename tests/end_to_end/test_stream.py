"""What happens in a workspace is told to whoever listens: at once, in order, once, and to nobody else.

A reader that comes again gets what follows the place it names, after a restart and at another api.
"""
import socket
import time
from urllib.parse import urlsplit

import pytest
from client import Workspace, expect, expect_problem
from event_reader import EventReader
from waiting import wait_until


def stream(workspace: Workspace, after: str | None = None, query: str = "") -> EventReader:
    client = workspace.client
    reader = EventReader(client.url, client.key, workspace.path("/stream") + query, after)
    reader.wait_for_place()
    return reader


def raise_and_resolve(workspace: Workspace, months: range) -> None:
    for month in months:
        made = workspace.record(900, f"2026-{month:02}-05")
        expect(200, workspace.delete(f"/expenses/{made['id']}"))


@pytest.fixture
def watched(workspace) -> Workspace:
    workspace.budget("All", 1000, percents=[80])
    return workspace


def listed(workspace: Workspace) -> list[dict]:
    """What the stream should have told, from the list of messages."""
    return [{"type": item["type"], "timestamp": item["timestamp"], "data": item["data"]}
            for item in reversed(workspace.all("/messages"))]


def told(reader: EventReader) -> list[dict]:
    return [event["data"] for event in reader.events]


def test_a_message_is_streamed_as_it_is_listed(watched):
    with stream(watched) as reader:
        assert reader.headers["content-type"] == "text/event-stream"
        assert reader.headers["cache-control"] == "no-store"
        assert reader.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in reader.headers
        assert reader.text.startswith("retry: ")
        raise_and_resolve(watched, range(1, 2))
        reader.wait_for(2)
        assert [event["event"] for event in reader.events] == ["alert.raised", "alert.resolved"]
        assert told(reader) == listed(watched)
        assert told(reader)[0]["data"]["object"] == "alert"
        assert reader.text.count("retry:") == 1


def test_a_reader_goes_on_after_any_place_without_gap_or_repeat(watched, other_front):
    with stream(watched) as reader:
        raise_and_resolve(watched, range(1, 6))
        whole = list(reader.wait_for(10))
    assert len({event["id"] for event in whole}) == 10
    elsewhere = watched.seen_by(other_front)
    for spot in range(9):
        with stream(elsewhere, whole[spot]["id"]) as again:
            again.wait_for(9 - spot)
            assert again.events == whole[spot + 1:]
    by_query = f"?last_event_id={whole[7]['id']}&types=alert.resolved"
    with stream(elsewhere, query=by_query) as again:
        assert again.wait_for(1) == whole[9:]


def test_a_restart_of_the_api_loses_nothing(outlay, watched):
    with stream(watched) as reader:
        raise_and_resolve(watched, range(1, 2))
        reader.wait_for(2)
        began = time.monotonic()
        outlay.front.stop()
        assert time.monotonic() - began < 8, "streams do not hold a node that stops"
        reader.wait_for_end()
        assert reader.is_whole
        before = reader.events
    outlay.start()
    raise_and_resolve(watched, range(2, 3))
    with stream(watched, before[-1]["id"]) as again:
        again.wait_for(2)
        assert before + again.events == [
            {**event, "data": message}
            for event, message in zip(before + again.events, listed(watched), strict=True)]


def test_who_lost_the_connection_before_the_first_message_misses_none(watched):
    with stream(watched) as reader:
        place = reader.place
    raise_and_resolve(watched, range(1, 2))
    with stream(watched, place) as again:
        again.wait_for(2)
        assert told(again) == listed(watched)


def test_a_place_that_is_none_of_the_stream_is_refused(watched, owner):
    elsewhere = Workspace.make(owner)
    with stream(elsewhere) as reader:
        foreign = reader.place
    for place in ("nonsense", foreign, foreign[:-1]):
        answer = watched.get("/stream", headers={"Last-Event-ID": place})
        expect_problem(400, "cursor_invalid", answer)
    expect_problem(400, "malformed_parameter", watched.get("/stream?types=channel.test"))
    assert watched.client.request("HEAD", watched.path("/stream")).status_code == 200


def test_a_stream_without_news_says_that_it_is_there(watched):
    with stream(watched) as reader:
        wait_until(lambda: reader.heartbeats >= 2, "two heartbeats")
        assert reader.events == []


def test_streams_tell_their_own_workspace_only(watched, owner):
    elsewhere = Workspace.make(owner)
    with stream(elsewhere) as quiet, stream(watched) as reader:
        raise_and_resolve(watched, range(1, 2))
        reader.wait_for(2)
        beats = quiet.heartbeats
        wait_until(lambda: quiet.heartbeats > beats, "a heartbeat after the news")
        assert quiet.events == []
    _, stranger = elsewhere.add_person("admin")
    expect_problem(404, "not_found", watched.seen_by(stranger.client).get("/stream"))


def test_a_stream_ends_with_the_key_and_with_the_membership(watched):
    account, bot = watched.add_service_account("viewer")
    member, person = watched.add_person("viewer")
    with stream(bot) as by_bot, stream(person) as by_person:
        key = f"/service_accounts/{account['id']}/keys/{account['keys'][0]}"
        assert watched.delete(key).status_code == 204
        assert watched.delete(f"/members/{member['id']}").status_code == 204
        by_bot.wait_for_end(60)
        by_person.wait_for_end(60)
        assert by_bot.is_whole and by_person.is_whole


def test_many_idle_streams_are_told_too(watched):
    readers = [stream(watched) for _ in range(60)]
    raise_and_resolve(watched, range(1, 2))
    for reader in readers:
        reader.wait_for(2)
    assert all(reader.events == readers[0].events for reader in readers)
    for reader in readers:
        reader.close()


def test_a_reader_that_takes_nothing_holds_nobody_up(watched):
    """Its connection stays open with a small window, and nothing of it is read."""
    address = urlsplit(watched.client.url)
    with socket.socket() as stalled, stream(watched) as reader:
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.connect((address.hostname, address.port))
        stalled.sendall(f"GET {watched.path('/stream')} HTTP/1.1\r\nHost: {address.netloc}\r\n"
                        f"Authorization: Bearer {watched.client.key}\r\n\r\n".encode())
        raise_and_resolve(watched, range(1, 11))
        reader.wait_for(20)
        assert told(reader) == listed(watched)
