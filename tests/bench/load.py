"""Load on a server: wrk with create.lua, on this machine."""
import json
import os
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ground import Ground, cpu_seconds

SCRIPT = Path(__file__).with_name("create.lua")


@dataclass(frozen=True)
class Load:
    """What wrk saw, and what the server spent on it."""
    requests: int
    seconds: float
    failed: int
    created: int
    accepted: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    # Per request: what the server, the broker (if there is one) and wrk itself spent.
    cpu_us: float
    broker_us: float
    wrk_us: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True)
class Target:
    url: str
    key: str
    workspaces: list[tuple[str, str]]
    pid: int  # of the server
    uses_kafka: bool = True


def create(ground: Ground, target: Target, connections: int, prefer: str = "default", *,
           counts_statuses: bool = False, seconds: int | None = None) -> Load:
    """Creates expenses for a while; a server that was just started is warmed up first."""
    targets = ground.new_folder("load") / "targets"
    targets.write_text("".join(f"{workspace} {category}\n" for workspace, category
                               in target.workspaces))
    seed = ground.seed + int.from_bytes(os.urandom(3), "big")  # keys must differ between runs
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds or ground.seconds}s",
               "--timeout", "20s", "-s", SCRIPT, target.url, "--", targets, target.key, str(seed),
               prefer, "count" if counts_statuses else "fast"]
    before = _spent(ground, target)
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False)
    spent = [now - then for now, then in zip(_spent(ground, target), before)]
    if done.returncode != 0:
        raise RuntimeError(f"wrk: {done.stdout}{done.stderr}")
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    shutil.rmtree(targets.parent)
    micros = [seconds * 1e6 / max(1, seen["requests"]) for seconds in spent]
    return Load(cpu_us=micros[0], broker_us=micros[1], wrk_us=micros[2], **seen)


def _spent(ground: Ground, target: Target) -> tuple[float, float, float]:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    broker = cpu_seconds(ground.kafka.process.pid) if target.uses_kafka else 0.0
    return cpu_seconds(target.pid), broker, children.ru_utime + children.ru_stime
