"""Journals that were written once, by builds of their time, come to the state that is checked in.

golden_life.py makes them. The state is that of the read models: a column that comes in changes it, and then the digest
is written anew by whoever looked at the reason; what was stored never changes.
"""
import gzip
import json
import re
from pathlib import Path

import pytest
from installations import Embedded
from moving import run

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((ROOT / "tests/golden").glob("*.gz"))
EVENT = re.compile(r'"type":"([a-z_.]+)","schema":(\d+)')


@pytest.mark.parametrize("journal", GOLDEN, ids=lambda file: file.stem)
def test_a_golden_journal_comes_to_its_state(binary, tmp_path, journal):
    outlay = Embedded(binary, tmp_path)
    run(outlay, "journal", "import", str(journal))
    state = json.loads(run(outlay, "verify", "--journal-only", "--json").stdout)
    assert state["state_digest"] == journal.with_suffix(".state").read_text().strip()


def test_golden_journals_hold_an_event_of_every_type_and_version():
    stored = set()
    for journal in GOLDEN:
        for line in gzip.open(journal, "rt"):
            stored |= {f"{name}.v{version}" for name, version in EVENT.findall(line.replace('\\"', '"'))}
    known = {schema.stem for schema in (ROOT / "events/schemas").glob("*.json")}
    assert stored >= known, f"golden_life.py does not make {sorted(known - stored)}"
