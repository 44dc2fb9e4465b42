"""The levels of tests and how one level is run: a gtest executable or a pytest folder.

Either way a level yields a Count and the names of what failed. An executable that crashes or
passes its deadline is a failure of its own, so a run cannot look green because it ended early.
"""
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parent.parent
HEARTBEAT_S = 15


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.skipped

    def add(self, other: "Count") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures

    def fail(self, name: str) -> None:
        self.failed += 1
        self.failures.append(name)


@dataclass(frozen=True)
class Level:
    """What to run; `deadline_s` bounds a hang and is far above the level's usual time."""
    name: str
    kind: str  # "gtest" or "pytest"
    deadline_s: int


LEVELS = (
    Level("tidy", "pytest", 120),
    Level("domain", "gtest", 120),
    Level("unit", "gtest", 240),
    Level("property", "gtest", 240),
    Level("contract", "gtest", 300),
    Level("simulation", "gtest", 600),
    Level("planted_bugs", "gtest", 300),
    Level("integration", "gtest", 420),
    Level("end_to_end", "pytest", 2400),
)
LONG_DEADLINE_FACTOR = 6


@dataclass(frozen=True)
class Selection:
    """Which tests of a level, where the executables are, and where reports and logs go."""
    build: Path
    reports: Path
    text: str = ""
    long: bool = False
    slow: int = 1  # how many times slower than a release build the executables may be
    without: str = ""  # gtest patterns, with colons between, of what cannot run in this build


def exists(level: Level, selection: Selection) -> bool:
    if level.kind == "gtest":
        return _executable(level, selection).exists()
    return any((ROOT / "tests" / level.name).rglob("test_*.py"))


def run(level: Level, selection: Selection, environment: dict[str, str]) -> Count:
    command, report = _command(level, selection)
    report.unlink(missing_ok=True)
    log = selection.reports / f"{level.name}.log"
    deadline_s = level.deadline_s * selection.slow * (LONG_DEADLINE_FACTOR if selection.long else 1)
    watched = _Watched(level, log)
    code = watched.run(command, environment, deadline_s)
    read, count_partly = READERS[level.kind]
    count = read(report) if report.exists() else None
    if count is None:
        count = count_partly(log)
    how = "did not end in time" if code is None else f"ended with {_describe(code)}"
    if code not in _EXPECTED_CODES[level.kind] or (code != 0 and count.total and not count.failed):
        count.fail(f"{level.name}: {how}{watched.last_started()}")
    if count.failed:
        _show_failures(log)
    return count


def left_out(level: Level, selection: Selection) -> list[str]:
    """The tests of the level that `without` keeps from running."""
    if level.kind != "gtest" or not selection.without:
        return []
    listed = subprocess.run([str(_executable(level, selection)), "--gtest_list_tests",
                             f"--gtest_filter={selection.without}"], text=True, cwd=ROOT,
                            capture_output=True, check=False).stdout
    suite, names = "", []
    for line in listed.splitlines():
        text = line.partition("#")[0].rstrip()
        if text.startswith("  "):
            names.append(suite + text.strip())
        elif text.endswith("."):
            suite = text
    return names


def _executable(level: Level, selection: Selection) -> Path:
    return selection.build / "tests" / f"test_{level.name}"


def _command(level: Level, selection: Selection) -> tuple[list[str], Path]:
    if level.kind == "gtest":
        report = selection.reports / f"{level.name}.json"
        wanted = f"*{selection.text}*" if selection.text else "*"
        unwanted = [selection.without] if selection.without else []
        unwanted += [] if selection.long else ["*.long_*"]
        without = "-" + ":".join(unwanted) if unwanted else ""
        return [str(_executable(level, selection)), f"--gtest_output=json:{report}",
                f"--gtest_filter={wanted}{without}", "--gtest_color=no"], report
    report = selection.reports / f"{level.name}.xml"
    command = [sys.executable, "-m", "pytest", "-v", "--color=no", "--tb=short", "-p",
               "no:cacheprovider", f"--junitxml={report}", f"--rootdir={ROOT / 'tests'}"]
    if selection.text:
        command += ["-k", selection.text]
    if not selection.long:
        command += ["-m", "not long"]
    return [*command, str(ROOT / "tests" / level.name)], report


class _Watched:
    """Runs one command, its output into a log, with a line of progress now and then."""
    _STARTS = re.compile(r"^\[ RUN      \] (\S+)|^(\S+::\S.*?) (?=PASSED|FAILED|ERROR|SKIPPED|$)")
    _ENDS = re.compile(r"\[       OK \]|^\[  FAILED  \] \S+ \(\d| PASSED | FAILED ", re.MULTILINE)

    def __init__(self, level: Level, log: Path):
        self._level, self._log = level, log
        self._ended = threading.Event()

    def run(self, command: list[str], environment: dict[str, str], deadline_s: float) -> int | None:
        """The exit code; None if the deadline passed, after which the whole session is killed."""
        with open(self._log, "wb") as output:
            child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command], stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, env=environment, cwd=ROOT,
                start_new_session=True)
        beat = threading.Thread(target=self._report_progress, daemon=True)
        beat.start()
        try:
            return child.wait(timeout=deadline_s)
        except subprocess.TimeoutExpired:
            return None
        finally:
            self._ended.set()
            _kill_session(child)

    def last_started(self) -> str:
        found = None
        for line in self._log.read_text(errors="replace").splitlines():
            found = self._STARTS.match(line) or found
        return f" in or after {found.group(1) or found.group(2)}" if found else ""

    def _report_progress(self) -> None:
        began = time.monotonic()
        while not self._ended.wait(HEARTBEAT_S):
            text = self._log.read_text(errors="replace")
            done = len(self._ENDS.findall(text))
            print(f"   {self._level.name:<12} {done} done, {time.monotonic() - began:.0f} s"
                  f"{self.last_started()}", flush=True)


def _kill_session(child: subprocess.Popen) -> None:
    """Ends the level's process group, whatever is left of it (a hang, or a test's own children)."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def _read_gtest(report: Path) -> Count | None:
    try:
        document = json.loads(report.read_text())
    except ValueError:
        return None
    count = Count()
    for suite in document["testsuites"]:
        for case in suite["testsuite"]:
            name = f"{suite['name']}.{case['name']}"
            if case.get("failures"):
                count.fail(name)
            elif case["result"] == "SKIPPED" or case["status"] == "NOTRUN":
                count.skipped += 1
                count.failures.append(f"{name} (skipped)")
            else:
                count.passed += 1
    return count


def _count_gtest_log(log: Path) -> Count:
    """What a crashed executable had finished; the crash itself is counted by the caller."""
    text = log.read_text(errors="replace")
    count = Count(passed=len(re.findall(r"^\[       OK \] ", text, re.MULTILINE)))
    for name in re.findall(r"^\[  FAILED  \] (\S+).* \(\d+ ms\)$", text, re.MULTILINE):
        count.fail(name)
    return count


def _read_pytest(report: Path) -> Count | None:
    try:
        tree = xml.parse(report)
    except xml.ParseError:
        return None
    count = Count()
    for case in tree.iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            count.fail(name)
        elif case.find("skipped") is not None:
            count.skipped += 1
            count.failures.append(f"{name} (skipped)")
        else:
            count.passed += 1
    return count


def _count_pytest_log(log: Path) -> Count:
    text = log.read_text(errors="replace")
    count = Count(passed=len(re.findall(r" PASSED +\[", text)))
    for name in re.findall(r"^(\S+::.*?) (?:FAILED|ERROR) +\[", text, re.MULTILINE):
        count.fail(name)
    return count


def _show_failures(log: Path) -> None:
    """The parts of the log that speak of failures, else its end."""
    text = log.read_text(errors="replace")
    parts = re.findall(r"^\[ RUN      \] (?:(?!^\[ ).*\n)*^\[  FAILED  \].*\n", text, re.MULTILINE)
    at = text.find("= FAILURES =")
    at = at if at >= 0 else text.find("= ERRORS =")
    if at >= 0:
        parts.append(text[text.rfind("\n", 0, at) + 1:])
    shown = "".join(parts) if parts else "\n".join(text.splitlines()[-40:])
    print(shown.rstrip()[-20000:], f"(whole log: {log})", sep="\n", flush=True)


def _describe(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


READERS: dict[str, tuple[Callable, Callable]] = {
    "gtest": (_read_gtest, _count_gtest_log),
    "pytest": (_read_pytest, _count_pytest_log),
}
# pytest's 5 means that the filter chose nothing, which is no fault of one level.
_EXPECTED_CODES = {"gtest": (0, 1), "pytest": (0, 1, 5)}
