"""Waiting on a condition with a deadline: the only way in which these tests wait."""
import threading
import time
from typing import Callable, TypeVar

T = TypeVar("T")
PAUSE_S = 0.02
DEADLINE_S = 30


def wait_until(condition: Callable[[], T], what: str, deadline_s: float = DEADLINE_S) -> T:
    """Asks again and again; returns the first answer that counts as true, or fails with `what`."""
    end = time.monotonic() + deadline_s
    never = threading.Event()
    while not (answer := condition()):
        assert time.monotonic() < end, f"{what}: not within {deadline_s} s, last answer {answer!r}"
        never.wait(PAUSE_S)
    return answer
