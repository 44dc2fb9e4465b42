"""What a process holds on to: resident memory, descriptors, threads."""
import os
from dataclasses import dataclass
from pathlib import Path

from nodes import Node

MIB = 2 ** 20


@dataclass(frozen=True)
class Footprint:
    resident: int  # bytes
    descriptors: int
    threads: int

    @classmethod
    def of(cls, node: Node) -> "Footprint":
        folder = Path("/proc") / str(node.process.pid)
        lines = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        return cls(int(lines["VmRSS"].split()[0]) * 1024, len(os.listdir(folder / "fd")), int(lines["Threads"]))

    def __str__(self) -> str:
        return f"{self.resident // MIB} MiB, {self.descriptors} descriptors, {self.threads} threads"
