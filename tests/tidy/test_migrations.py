"""Guards that a program of the version before goes on beside a newer schema: migrations only expand.

What a version needs no more may go in the version after it, in a file whose name ends in _contract.
"""
import re

import pytest

import tree

FIXED = re.compile(r"migrations/(postgres|sqlite)/(\d{4})_(\w+)\.sql")
CONTRACTING = {
    "takes something away": r"\bDROP\s+(TABLE|COLUMN|VIEW|FUNCTION|PROCEDURE|SCHEMA)\b",
    "renames": r"\bRENAME\b",
    "changes a type": r"\bALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE\b",
    "forbids what was allowed": r"\bSET\s+NOT\s+NULL\b|\bADD\s+(CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY)\b",
    "asks for a value that older programs do not give": r"\bADD\s+COLUMN\b(?![^;]*\bDEFAULT\b)[^;]*\bNOT\s+NULL\b",
}


def contractions(path: str, text: str) -> list[str]:
    match = FIXED.fullmatch(path)
    # The first two make the tables.
    if match is None or int(match[2]) < 2 or match[3].endswith("_contract"):
        return []
    code = re.sub(r"--[^\n]*", "", text)
    return [f"{path} {what}" for what, pattern in CONTRACTING.items() if re.search(pattern, code, re.I)]


def test_migrations_only_expand():
    sql = {path.relative_to(tree.ROOT).as_posix(): path.read_text() for path in tree.ROOT.glob("migrations/*/*.sql")}
    assert sum(FIXED.fullmatch(path) is not None for path in sql) > 10
    assert [one for path, text in sorted(sql.items()) for one in contractions(path, text)] == []


def test_both_dialects_have_the_same_steps():
    steps = {dialect: sorted(path.name for path in tree.ROOT.glob(f"migrations/{dialect}/*.sql"))
             for dialect in ("postgres", "sqlite")}
    assert steps["postgres"] == steps["sqlite"]


@pytest.mark.parametrize("text", [
    "DROP TABLE outlay.users", "ALTER TABLE outlay.users RENAME COLUMN name TO title",
    "ALTER TABLE outlay.users ALTER COLUMN name TYPE integer", "ALTER TABLE outlay.users DROP COLUMN name",
    "ALTER TABLE outlay.users ALTER COLUMN email SET NOT NULL",
    "ALTER TABLE outlay.users ADD COLUMN age integer NOT NULL; SELECT 1 DEFAULT"])
def test_a_contraction_is_found(text):
    assert len(contractions("migrations/sqlite/0009_more.sql", text)) == 1
    assert contractions("migrations/sqlite/0009_more_contract.sql", text) == []


def test_an_expansion_is_none():
    text = ("-- no DROP TABLE here\n"
            "ALTER TABLE outlay.users ADD COLUMN age integer NOT NULL DEFAULT 0; DROP INDEX outlay.x")
    assert contractions("migrations/sqlite/0009_more.sql", text) == []
