"""The fold that checks Outlay after faults gives the verdicts that docs/journal.md promises."""
from pathlib import Path

import pytest
from journal_fold import PartitionFold

VECTORS = Path(__file__).resolve().parents[1] / "unit" / "data" / "admission_vectors.txt"


def logs() -> list[list[str]]:
    """The golden logs: each begins with a line about itself."""
    found = []
    for line in VECTORS.read_text().splitlines():
        if line.startswith("log "):
            found.append([])
        if line and not line.startswith("#"):
            found[-1].append(line)
    return found


@pytest.mark.parametrize("lines", logs(), ids=range(len(logs())))
def test_the_golden_verdicts_come_out(lines):
    _, journal, partition, partitions = lines[0].split()
    log, offset = PartitionFold(journal, int(partition), int(partitions)), 0
    for word, _, rest in (line.partition(" ") for line in lines[1:]):
        if word == "skip":
            log.skips[int(rest.split()[0])] = rest.split()[1]
            continue
        assert log.judge(offset, rest) == word, rest
        offset += 1
    assert offset > 0
