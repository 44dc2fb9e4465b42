"""What clients asked for and what they were told: the journal that is compared with Outlay's own.

Each request is written to a file before it is sent and each answer when it came, so that a run that
fails can be followed. An operation is one command with its key, however often it was sent.
"""
import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OK = (200, 201)


@dataclass(frozen=True)
class Answer:
    """`status` is None if the connection broke, so that nobody knows what happened."""
    status: int | None
    body: Any = None
    token: str | None = None

    def is_certain(self) -> bool:
        """It tells whether something was done; 503 says that nothing was."""
        return self.status is not None and self.status not in (202, 500)

    @property
    def code(self) -> str | None:
        """Of the problem, if it is one."""
        is_problem = self.status is not None and self.status >= 400 and isinstance(self.body, dict)
        return self.body["code"] if is_problem else None


@dataclass
class Operation:
    """One command; `intrudes` if its key belongs to another operation, so that it must be refused."""
    workspace: str
    key: str
    method: str
    path: str  # below the workspace
    body: Any = None
    if_match: str | None = None
    prefer: str | None = None
    intrudes: bool = False
    answers: list[Answer] = field(default_factory=list)
    ends: set[str] = field(default_factory=set)  # states that its 202s came to

    def acknowledged(self) -> Answer | None:
        return next((answer for answer in self.answers if answer.status in OK), None)

    def is_closed(self) -> bool:
        return any(answer.code == "command_closed" for answer in self.answers)

    def is_refused(self) -> bool:
        """Every answer said that nothing was done."""
        return all(answer.is_certain() and answer.status not in OK for answer in self.answers)

    def is_open(self) -> bool:
        return self.acknowledged() is None and not self.is_closed() and not self.is_refused()

    def followed_up(self) -> set[str]:
        """The ids of the operations that it was answered with."""
        return {answer.body["id"] for answer in self.answers if answer.status == 202}


class OperationJournal:
    """All operations of a run; any thread."""

    def __init__(self, file: Path):
        self.operations: list[Operation] = []
        self._file = open(file, "w", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()

    def add(self, operation: Operation) -> Operation:
        with self._lock:
            self.operations.append(operation)
        return operation

    def sends(self, operation: Operation, where: str) -> None:
        self._write({"sends": operation.key, "to": where, "workspace": operation.workspace,
                     "method": operation.method, "path": operation.path, "body": operation.body,
                     "if_match": operation.if_match, "prefer": operation.prefer})

    def got(self, operation: Operation, where: str, answer: Answer) -> None:
        with self._lock:
            operation.answers.append(answer)
        self._write({"answered": operation.key, "by": where, "status": answer.status, "body": answer.body})

    def close(self) -> None:
        self._file.close()

    def _write(self, line: dict) -> None:
        with self._lock:
            self._file.write(json.dumps({"at": round(time.time(), 3), **line}) + "\n")
