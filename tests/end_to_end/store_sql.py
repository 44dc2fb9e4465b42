"""Statements on the store of an installation of either form."""
import sqlite3

from services import run_sql


def sql(outlay, statement: str) -> str:
    """The rows as psql prints them unaligned; "gN." stands for the tables of generation N."""
    if outlay.is_embedded:
        with sqlite3.connect(outlay.data / "store.db", timeout=10) as store:
            for number in range(1, 9):
                statement = statement.replace(f"g{number}.", f"read_g{number}_")
            rows = store.execute(statement.replace("outlay.", "outlay_")).fetchall()
        return "\n".join("|".join(str(cell) for cell in row) for row in rows)
    for number in range(1, 9):
        statement = statement.replace(f"g{number}.", f"read_g{number}.")
    return run_sql(outlay.places.postgres, statement)
