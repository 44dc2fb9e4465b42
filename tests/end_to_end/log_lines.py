"""What a process has logged, as the tests read it. What is no JSON is said to people at the start."""
import json
from pathlib import Path


def lines_of(log: Path) -> list[dict]:
    if not log.exists():
        return []
    whole = [line for line in log.read_text(errors="replace").splitlines(keepends=True)
             if line.startswith("{") and line.endswith("}\n")]
    return [json.loads(line) for line in whole]


def said_by(outlay) -> list[dict]:
    return [line for node in outlay.nodes for line in lines_of(node.log)]
