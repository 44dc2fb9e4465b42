"""Load on a server: wrk with create.lua, on this machine."""
import json
import os
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
    cpu_us: float  # of the server, per request

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True)
class Target:
    url: str
    key: str
    workspaces: list[tuple[str, str]]
    pid: int  # of the server


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
    before = cpu_seconds(target.pid)
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False)
    spent = cpu_seconds(target.pid) - before
    if done.returncode != 0:
        raise RuntimeError(f"wrk: {done.stdout}{done.stderr}")
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    shutil.rmtree(targets.parent)
    return Load(cpu_us=spent * 1e6 / max(1, seen["requests"]), **seen)
