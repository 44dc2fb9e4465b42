"""Faults in a seeded order: processes are killed, paused and restarted while others do the same.

A lane is a sequence of faults that come one after the other; lanes run at the same time, each on
victims of its own. Every fault is in a lane's first round, and ends before the lane does.
"""
import json
import os
import random
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import Callable, Protocol

from nodes import Node
from processes import Process

SESSION_S = 10  # after which the group takes a silent worker for dead
SHORT = (0.1, 2.0)
SOME = (3.0, 6.0)
BEYOND_SESSION = (SESSION_S + 1.0, SESSION_S + 3.0)
CALM = (1.0, 3.0)   # between two faults of a lane


class Victim(Protocol):
    """A node or a service."""
    process: Process

    def start(self): ...
    def stop(self): ...
    def kill(self): ...
    def pause(self): ...
    def resume(self): ...


@dataclass(frozen=True)
class Fault:
    """Something that is wrong for `lasts` seconds (from, to)."""
    name: str
    hit: Callable[[], object]
    heal: Callable[[], object]
    lasts: tuple[float, float]


def kill(name: str, *victims: Victim) -> Fault:
    return Fault(f"kill {name}", lambda: each(victims, "kill"), lambda: start(victims), SHORT)


def restart(name: str, victim: Victim) -> Fault:
    return Fault(f"restart {name}", lambda: each((victim,), "stop"), lambda: start((victim,)), SHORT)


def pause(name: str, victim: Victim, lasts: tuple[float, float] = SOME) -> Fault:
    return Fault(f"pause {name}", lambda: each((victim,), "pause"), victim.resume, lasts)


def each(victims: tuple[Victim, ...], action: str) -> None:
    for victim in victims:
        supervise(victim)
        getattr(victim, action)()


def supervise(victim: Victim) -> None:
    """Starts a node again that gave up while a service was away; nothing may end in another way."""
    if victim.process.alive():
        return
    log = victim.process.log_tail()
    assert isinstance(victim, Node) and victim.process.exit_code() == 1, f"crashed: {victim.process.exit_code()}\n{log}"
    print(f"{victim.name} gave up: {log.splitlines()[-1]}", flush=True)
    victim.start(wait=False)


def start(victims: tuple[Victim, ...]) -> None:
    """A node becomes ready when the services let it; the next fault does not wait for that."""
    for victim in victims:
        victim.start(wait=False) if isinstance(victim, Node) else victim.start()


class Rebuilds:
    """`outlay rebuild`, started again and again, and killed as often as it comes to its end."""

    def __init__(self, outlay):
        self.violations: list[str] = []
        self.ended = 0
        self._outlay = outlay
        self._process: subprocess.Popen | None = None

    def fault(self) -> Fault:
        return Fault("rebuild", self._start, self._end, (0.2, 8.0))

    def _start(self) -> None:
        places, environment = self._outlay.tool_place()
        self._process = subprocess.Popen(
            [str(self._outlay.binary), "rebuild", "--json", *places], text=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={**os.environ, **environment})

    def _end(self) -> None:
        self._process.kill()
        text = self._process.communicate()[0]
        if self._process.returncode == 0:
            self.ended += 1
        if self._process.returncode == 1 and text and json.loads(text)["difference"]:
            self.violations.append(f"a rebuild found a difference: {text}")


class Lane(threading.Thread):
    """Goes through its faults until the time is up, the first round in any case.

    The kernel ends a tied process together with the thread that started it, so a lane whose faults
    are over stays until it is released.
    """

    def __init__(self, faults: list[Fault], chance: random.Random, until: float):
        super().__init__(daemon=True)
        self.problem: Exception | None = None
        self.count = 0
        self.over, self.released = threading.Event(), threading.Event()
        self._faults, self._chance, self._until = faults, chance, until
        self._never = threading.Event()

    def run(self) -> None:
        try:
            is_first = True
            while is_first or time.monotonic() < self._until:
                for fault in self._chance.sample(self._faults, len(self._faults)):
                    if is_first or time.monotonic() < self._until:
                        self._commit(fault)
                is_first = False
        except Exception as problem:
            self.problem = problem
        self.over.set()
        self.released.wait()

    def _commit(self, fault: Fault) -> None:
        lasts = self._chance.uniform(*fault.lasts)
        print(f"{time.strftime('%H:%M:%S')} {fault.name} for {lasts:.1f} s", flush=True)
        fault.hit()
        try:
            self._never.wait(lasts)
        finally:
            fault.heal()
        self.count += 1
        self._never.wait(self._chance.uniform(*CALM))


class Chaos:
    """Some lanes at once, drawn from one seed."""

    def __init__(self, seed: int):
        self.seed = seed
        self._lanes: list[Lane] = []

    def run(self, seconds: float, *lanes: list[Fault]) -> int:
        """Returns how many faults there were, when all is healed and all processes are started."""
        until = time.monotonic() + seconds
        self._lanes = [Lane(faults, random.Random(f"{self.seed}:{number}"), until)
                       for number, faults in enumerate(lanes)]
        for lane in self._lanes:
            lane.start()
        for lane in self._lanes:
            lane.over.wait()
        for lane in self._lanes:
            if lane.problem:
                raise lane.problem
        return sum(lane.count for lane in self._lanes)

    def close(self) -> None:
        """What the lanes started may end now."""
        for lane in self._lanes:
            lane.released.set()
