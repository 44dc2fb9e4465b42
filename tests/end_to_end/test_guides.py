"""What the README and the guides show is what happens: their commands are run as they are written.

guide_session.py says what is compared and how.
"""
import os
import sys
from pathlib import Path

import pytest
from guide_session import Command, Reading, Session, commands_of, is_complete

ROOT = Path(__file__).resolve().parents[2]
TOUR = "docs/guides/alerts.md"
# What has to be there before a document begins: nothing, a server, or what the tour begins with.
BEGINNINGS = {
    "README.md": [Command("build/release/outlay serve --data data > outlay.log &", "", 0),
                  Command("curl -s http://127.0.0.1:8081/readyz", "ready", 0)],
    TOUR: [],
    "docs/guides/quiet.md": [],
    "docs/guides/channels.md": commands_of(ROOT / TOUR, sections=1),
    "docs/guides/webhooks.md": commands_of(ROOT / TOUR, sections=1),
}
MODULES = ROOT / "build" / "node" / "node_modules"


@pytest.fixture
def session(binary, tmp_path):
    """A folder that looks like a checkout after `./dev build`, without any installation."""
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    (tmp_path / "build" / "release").mkdir(parents=True)
    (tmp_path / "build" / "release" / "outlay").symlink_to(binary)
    made = Session(tmp_path, {
        # What the guides let people install: the packages of tests/requirements.txt and tests/node.
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NODE_PATH": str(MODULES)})
    made.run(Command("export OUTLAY_LISTEN=127.0.0.1:8080 OUTLAY_ADMIN=127.0.0.1:8081", "", 0))
    yield made
    made.close()


@pytest.mark.parametrize("document", BEGINNINGS)
def test_a_document_shows_what_happens(session, document):
    assert MODULES.exists(), f"{MODULES} is missing; ./dev test makes it"
    commands = commands_of(ROOT / document)
    assert len(commands) > 5, "the blocks are marked as console"
    for command in [*BEGINNINGS[document], *commands]:
        session.run(command)


def test_every_document_that_shows_commands_is_run():
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    assert {str(one.relative_to(ROOT)) for one in documents if commands_of(one)} == set(BEGINNINGS)


def test_the_comparison_can_fail():
    one, other = "exp_" + "0" * 26, "exp_" + "1" * 26
    reading = Reading()
    assert reading.fits('{"id":"%s", ...,\n "at":"2026-01-01T00:00:00Z"}' % one,
                        '{"id":"%s","x":[1],"at":"2027-02-02T01:02:03.000004Z"}\n' % other)
    assert reading.translated(f"GET /{one}") == f"GET /{other}"
    assert reading.fits(one, other) and not reading.fits(one, one)
    assert not reading.fits('{"amount":1}', '{"amount":2}')
    assert not reading.fits("a", "ab") and not reading.fits("...b", "ba")
    assert reading.fits("127.0.0.1:4000", reading.address("4000")) and not reading.fits("127.0.0.1:4000", "127.0.0.1:1")


def test_a_command_ends_where_a_shell_would_run_it():
    assert is_complete("curl x") and not is_complete("curl x \\") and not is_complete("curl -d '{")
    assert not is_complete("cat > a <<'END'\nx") and is_complete("cat > a <<'END'\nx\nEND")
    assert Command("curl -s x", "", 1).only_looks() and not Command("api x -d '{}'", "", 1).only_looks()
