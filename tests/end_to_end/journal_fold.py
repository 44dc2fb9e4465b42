"""The journal judged by docs/journal.md alone: which records count, and the commits that they make.

Written from the specification and not from the program, so that two readings of it meet in a test.
"""
import hashlib
import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Iterable

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
KINDS = ("genesis", "commit", "close", "skip", "seal", "imported", "import_end")
AGGREGATE = re.compile(r"workspace|categories|(exp|bud)_[0-7][0-9a-hjkmnp-tv-z]{25}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
BLANK = re.compile(r"[ \t\r\n]*")
DECODER = json.JSONDecoder()


def bytes_of_id(text: str) -> bytes:
    number = 0
    for digit in text.rpartition("_")[2]:
        number = number * 32 + DIGITS.index(digit)
    return number.to_bytes(16, "big")


def id_of_bytes(prefix: str, content: bytes) -> str:
    number = int.from_bytes(content, "big")
    return prefix + "_" + "".join(DIGITS[number >> shift & 31] for shift in range(125, -1, -5))


def named(space: bytes, text: str) -> bytes:
    """The id that follows from another one and a text (section 3)."""
    found = bytearray(hashlib.sha256(space + text.encode()).digest()[:16])
    found[6] = found[6] & 0x0F | 0x50
    found[8] = found[8] & 0x3F | 0x80
    return bytes(found)


def command_of_key(workspace: str, user: str, key: str) -> str:
    """The command that a user's idempotency key makes in a workspace."""
    digits = bytes_of_id(user).hex()
    principal = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return id_of_bytes("cmd", named(bytes_of_id(workspace), f"command:{principal}:{key}"))


def is_keyed(command: str) -> bool:
    """Commands without a key are version 7."""
    return bytes_of_id(command)[6] >> 4 != 7


def partition_of(workspace: str, partitions: int) -> int:
    return int.from_bytes(hashlib.sha256(bytes_of_id(workspace)).digest()[:4], "big") % partitions


class Malformed(Exception):
    """A record whose body cannot be decoded."""


@dataclass(frozen=True)
class Event:
    aggregate: str
    version: int
    prev: str
    hash: str
    type: str
    data: dict


@dataclass(frozen=True)
class Commit:
    """What one command did; admitted if a fold has it."""
    position: str
    workspace: str
    command: str
    member: str
    decided_at: str
    reads: list[tuple[str, int]]
    events: list[Event]


def commit_of(text: str, record: dict, position: str) -> Commit:
    is_good = (is_id(record.get("workspace"), "ws") and is_id(record.get("command"), "cmd")
               and isinstance(record.get("fingerprint"), str)
               and TIME.fullmatch(str(record.get("decided_at")))
               and isinstance(record.get("actor"), dict) and is_id(record["actor"].get("member"), "mem")
               and isinstance(record.get("reads"), list) and isinstance(record.get("events"), list)
               and all(is_version_of(item, 0) for item in record["reads"]))
    if not is_good:
        raise Malformed
    reads = [(item["aggregate"], item["version"]) for item in record["reads"]]
    return Commit(position, record["workspace"], record["command"], record["actor"]["member"],
                  record["decided_at"], reads, events_of(text))


def is_id(value, prefix: str) -> bool:
    return isinstance(value, str) and re.fullmatch(prefix + r"_[0-7][0-9a-hjkmnp-tv-z]{25}", value) is not None


def is_version_of(item, least: int) -> bool:
    return (isinstance(item, dict) and AGGREGATE.fullmatch(str(item.get("aggregate"))) is not None
            and type(item.get("version")) is int and item["version"] >= least)


def events_of(text: str) -> list[Event]:
    """The events with the hashes of their exact bytes; those of one aggregate follow each other."""
    events, heads = [], {}
    for start, end in spans_of_items(text, "events"):
        item = json.loads(text[start:end])
        if not is_version_of(item, 1) or not isinstance(item.get("data"), dict) or not all(
                isinstance(item.get(name), str) for name in ("prev", "type")):
            raise Malformed
        known = hashlib.sha256(text[start:end].encode()).hexdigest()[:32]
        event = Event(item["aggregate"], item["version"], item["prev"], known, item["type"], item["data"])
        if heads.get(event.aggregate, (event.version - 1, event.prev)) != (event.version - 1, event.prev):
            raise Malformed
        heads[event.aggregate] = (event.version, event.hash)
        events.append(event)
    return events


def spans_of_items(text: str, member: str) -> list[tuple[int, int]]:
    """Where the items of a list in the outermost object begin and end."""
    at = after_blank(text, 0)
    while text[at] != "}":
        name, at = DECODER.raw_decode(text, after_blank(text, at + 1))
        at = after_blank(text, after_blank(text, at) + 1)
        if name == member:
            return list(spans_in_list(text, at))
        at = after_blank(text, DECODER.raw_decode(text, at)[1])
    return []


def spans_in_list(text: str, at: int) -> Iterable[tuple[int, int]]:
    at = after_blank(text, at + 1)
    while text[at] != "]":
        end = DECODER.raw_decode(text, at)[1]
        yield at, end
        at = after_blank(text, end)
        at = after_blank(text, at + 1) if text[at] == "," else at


def after_blank(text: str, at: int) -> int:
    return BLANK.match(text, at).end()


class PartitionFold:
    """The records of one partition in their order, judged one after the other."""

    def __init__(self, journal: str, partition: int, partitions: int):
        self.journal, self.partition, self.partitions = journal, partition, partitions
        self.skips: dict[int, str] = {}                       # found further on: offsets and hashes
        self.fates: dict[tuple[str, str], str] = {}           # of commands: "admitted" or "closed"
        self.heads: dict[tuple[str, str], tuple[int, str]] = {}
        self.is_importing = False                             # section 2.5
        self.sealed: set[str | None] = set()                  # workspaces; None: the whole partition
        self.commits: list[Commit] = []
        self.verdicts: Counter = Counter()

    def judge(self, offset: int, text: str) -> str:
        verdict = self._verdict(offset, text)
        if verdict.startswith("halt") and self.skips.get(offset) == hashlib.sha256(text.encode()).hexdigest():
            verdict = "skipped"
        self.verdicts[verdict] += 1
        return verdict

    def _verdict(self, offset: int, text: str) -> str:
        try:
            record = json.loads(text)
        except ValueError:
            return "malformed"
        if not isinstance(record, dict) or type(record.get("v")) is not int or not all(
                isinstance(record.get(name), str) for name in ("journal", "kind")):
            return "malformed"
        if record["journal"] != self.journal:
            return "foreign"
        if record["v"] > 1 or record["kind"] not in KINDS:
            return "halt:version"
        try:
            return self._verdict_by_kind(record, text, f"{self.partition}:{offset}")
        except Malformed:
            return "malformed"

    def _verdict_by_kind(self, record: dict, text: str, position: str) -> str:
        if record["kind"] in ("genesis", "skip", "seal", "import_end"):
            return self._control(record, position)
        is_imported = record["kind"] == "imported"
        if is_imported:
            record, text = self._record_inside(record, text)
        commit = commit_of(text, record, position) if record["kind"] == "commit" else None
        if commit is None and not (is_id(record.get("workspace"), "ws") and is_id(record.get("command"), "cmd")
                                   and isinstance(record.get("problem"), dict)):
            raise Malformed
        if partition_of(record["workspace"], self.partitions) != self.partition:
            return "misrouted"
        command = (record["workspace"], record["command"])
        if command in self.fates:
            return "duplicate" if self.fates[command] == "admitted" else "closed"
        if self.sealed & {None, record["workspace"]}:
            return "sealed"
        if is_imported != self.is_importing:
            return "out_of_turn"
        if commit is None:
            self.fates[command] = "closed"
            return "closed_now"
        rejection = self._rejection(commit)
        if is_imported and rejection == "halt:head":  # one was lost on the way: the import repeats it and this one
            is_read = any(self._compare_read(commit, *read) for read in commit.reads)
            rejection = "precondition" if is_read else "stale"
        return rejection or self._admit(commit)

    def _control(self, record: dict, position: str) -> str:
        if record["kind"] == "genesis" and position.endswith(":0"):
            self.is_importing = "import_of" in record
        elif record["kind"] == "import_end":
            self.is_importing = False
        elif record["kind"] == "seal":
            if "workspace" in record and not is_id(record["workspace"], "ws"):
                raise Malformed
            self.sealed.add(record.get("workspace"))
        return "control"

    def _record_inside(self, record: dict, text: str) -> tuple[dict, str]:
        """The record that was moved, by its exact bytes."""
        inside, origin = record.get("record"), record.get("origin")
        is_good = (isinstance(inside, dict) and inside.get("kind") in ("commit", "close") and isinstance(origin, dict)
                   and all(inside.get(name) == record.get(name) for name in ("workspace", "command"))
                   and inside.get("journal") == origin.get("journal")
                   and re.fullmatch(r"\d+:\d+", str(origin.get("position")))
                   and TIME.fullmatch(str(origin.get("appended_at"))))
        if not is_good:
            raise Malformed
        begin = text.index('"record":') + len('"record":')
        return inside, text[begin:DECODER.raw_decode(text, begin)[1]]

    def _rejection(self, commit: Commit) -> str | None:
        compared = [self._compare_read(commit, *read) for read in commit.reads]
        firsts = {event.aggregate: event for event in reversed(commit.events)}
        compared += [self._compare_event(commit, event) for event in firsts.values()]
        return next((verdict for verdict in ("halt:head", "precondition", "stale") if verdict in compared), None)

    def _compare_read(self, commit: Commit, aggregate: str, version: int) -> str | None:
        current = self._head(commit, aggregate)[0]
        return None if version == current else "halt:head" if version > current else "precondition"

    def _compare_event(self, commit: Commit, event: Event) -> str | None:
        version, known = self._head(commit, event.aggregate)
        if event.version <= version:
            return "stale"
        return None if (event.version, event.prev) == (version + 1, known) else "halt:head"

    def _head(self, commit: Commit, aggregate: str) -> tuple[int, str]:
        return self.heads.get((commit.workspace, aggregate), (0, ""))

    def _admit(self, commit: Commit) -> str:
        self.fates[commit.workspace, commit.command] = "admitted"
        for event in commit.events:
            self.heads[commit.workspace, event.aggregate] = (event.version, event.hash)
        self.commits.append(commit)
        return "admitted"


class JournalFold:
    """All partitions of a journal as they were when it was dumped."""

    def __init__(self, outlay):
        status = json.loads(outlay.tool("status", "--json").stdout)
        ends = {one["partition"]: one["end"] for one in status["partitions"]}
        with ThreadPoolExecutor(2) as pool:
            dumps = list(pool.map(lambda number: dump(outlay, number), sorted(ends)))
        identity = json.loads(dumps[0][0])["journal"]
        self.fates: dict[tuple[str, str], str] = {}
        self.commits: list[Commit] = []
        self.verdicts: Counter = Counter()
        for number, texts in enumerate(dumps):
            assert len(texts) >= ends[number], f"partition {number}: {len(texts)} of {ends[number]} records"
            folded = fold(PartitionFold(identity, number, len(dumps)), texts)
            self.fates |= folded.fates
            self.commits += folded.commits
            self.verdicts += folded.verdicts
        self.by_command = {(commit.workspace, commit.command): commit for commit in self.commits}

    def commits_of(self, workspace: str) -> list[Commit]:
        return [commit for commit in self.commits if commit.workspace == workspace]


def dump(outlay, partition: int) -> list[str]:
    """The records of a partition, of which none is missing in between."""
    done = outlay.tool("journal", "tail", "--from", f"{partition}:0")
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t", 3) for line in done.stdout.split("\n")[:-1]]
    assert [line[0] for line in lines] == [f"{partition}:{offset}" for offset in range(len(lines))]
    return [line[3] for line in lines]


def fold(partition: PartitionFold, texts: list[str]) -> PartitionFold:
    for text in texts:
        if '"kind":"skip"' in text:
            skip = json.loads(text)
            partition.skips[skip["offset"]] = skip["record_hash"]
    for offset, text in enumerate(texts):
        verdict = partition.judge(offset, text)
        assert not verdict.startswith("halt"), f"{partition.partition}:{offset} {verdict}: {text}"
    return partition
