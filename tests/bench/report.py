"""What a benchmark hands over: tables of texts, and the machine that they were measured on."""
import os
import platform
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Table:
    """One question's answer. Notes say what the numbers rest on."""
    title: str
    columns: tuple[str, ...]
    rows: list[tuple] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells) -> None:
        assert len(cells) == len(self.columns), cells
        self.rows.append(cells)

    def text(self) -> str:
        rows = [self.columns, *[tuple(map(shown, row)) for row in self.rows]]
        widths = [max(len(row[column]) for row in rows) for column in range(len(self.columns))]
        lines = [f"## {self.title}", ""]
        for number, row in enumerate(rows):
            cells = [cell.ljust(width) if column == 0 else cell.rjust(width)
                     for column, (cell, width) in enumerate(zip(row, widths))]
            lines.append("| " + " | ".join(cells) + " |")
            if number == 0:
                lines.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
        lines += ["", *[f"- {note}" for note in self.notes], ""]
        return "\n".join(lines)


def shown(cell) -> str:
    """Numbers with as many digits as mean something."""
    if not isinstance(cell, float):
        return f"{cell:,}" if isinstance(cell, int) else str(cell)
    if abs(cell) >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.2f}"


def verdict(reached: bool) -> str:
    return "yes" if reached else "NO"


def ratio(value: float, limit: float) -> float:
    return value / limit if limit else 0.0


def machine() -> str:
    """Hardware and software in a few words; the load tells whether others were at work."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text()).group(1))
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    return (f"{os.cpu_count()} x {cpu.group(1) if cpu else platform.machine()}, "
            f"{memory / 2**20:.0f} GiB, Linux {platform.release()}, {_system()}; "
            f"load average before the run {load}")


def _system() -> str:
    found = re.search(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())
    return found.group(1) if found else "unknown"


def version_of(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout)
    return found.group() if found else "unknown"
