"""Records that no node of ours wrote, at the end of a journal of either form.

A forged commit is one from a history that this journal does not have; it halts its partition.
"""
import json
import uuid

from journal_fold import id_of_bytes, partition_of
from kafka_records import produce
from moving import JournalFile
from test_restored_data import PARTITIONS


def commits_of(outlay, workspace: str) -> list[dict]:
    lines = outlay.tool("journal", "cat", "--workspace", workspace, "--kind", "commit", "--json").stdout
    return [json.loads(line)["record"] for line in lines.splitlines()]


def forged_commit(outlay, workspace: str) -> dict:
    """The next change of what changed last, if seven others were there that this journal does not have."""
    commit = commits_of(outlay, workspace)[-1]
    event = commit["events"][-1]
    return {**commit, "command": id_of_bytes("cmd", uuid.uuid4().bytes),
            "events": [{**event, "version": event["version"] + 8, "prev": "0" * 32}]}


def plant(outlay, workspace: str, record: dict) -> str:
    """Appends a record to the workspace's partition and returns its position; an embedded server is stopped."""
    value = json.dumps(record, separators=(",", ":")).encode()
    if not outlay.is_embedded:
        partition = partition_of(workspace, PARTITIONS)
        offset = produce(outlay.places.kafka, outlay.places.topic, partition, workspace.encode(), value)
        return f"{partition}:{offset}"
    journal = JournalFile(outlay.data / "journal.db")
    records = journal.records()
    journal.rewrite([*records, (records[-1][0], workspace.encode(), value)])
    return f"0:{len(records)}"
