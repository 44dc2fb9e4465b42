"""Commands of documents, run as they are written there, and their output compared with what is shown.

A fenced block marked `console` holds commands after `$ ` and below each what it prints. One shell runs
all commands of a document in their order, in a folder where `docs` and `build/release/outlay` are.
What differs from run to run is compared by these rules and no others:

- white space does not count, since long answers are folded; `...` stands for anything;
- an id, a code or a secret stands for the one that appears in its place when it is shown first, there
  and in all that follows;
- an address 127.0.0.1:PORT stands for one with a free port, the same wherever it is written;
- times are any times; so are digests of 32 or 64 hexadecimal digits, signatures and rates ("683/s").

A command that only looks (it sends nothing and starts nothing) is repeated until it prints what is
shown, as somebody does who waits for a mail.
"""
import os
import re
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from processes import free_ports
from waiting import PAUSE_S, wait_until

ADDRESS = re.compile(r"127\.0\.0\.1:(\d{4,5})")
COMMAND_S = 60
BOUND = {  # classes of texts that stand for others
    "id": r"\b[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}\b",
    "code": r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b",
    "secret": r"whsec_[A-Za-z0-9+/]{32,}=*",
}
FREE = {  # classes of texts that are any of their class
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)",
    "digest": r"\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b",
    "signature": r"v1,[A-Za-z0-9+/]{43}=",
    "rate": r"\d+/s",
    "anything": r"\.\.\.",
}
ANYTHING = r".*?"
TOKEN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in {**BOUND, **FREE}.items()))
SENDS = re.compile(r" (-d|-X|--data\S*) |&$|<<")


@dataclass
class Command:
    text: str
    shown: str  # "" : nothing is shown
    line: int   # in the document

    def only_looks(self) -> bool:
        return not SENDS.search(self.text) and "=" not in self.text.split(" ")[0]


def commands_of(document: Path, sections: int | None = None) -> list[Command]:
    """All of them, or those of the first sections with a heading of the second order."""
    found, is_inside, headings = [], False, 0
    for number, line in enumerate(document.read_text().splitlines(), 1):
        headings += line.startswith("## ") and not is_inside
        if sections is not None and headings > sections:
            break
        if line.startswith("```"):
            is_inside = line == "```console"
        elif is_inside and line.startswith("$ "):
            found.append(Command(line[2:], "", number))
        elif is_inside and not found[-1].shown and not is_complete(found[-1].text):
            found[-1].text += "\n" + line
        elif is_inside:
            found[-1].shown += line + "\n"
    return found


def is_complete(text: str) -> bool:
    """Whether a shell would run it rather than ask for more."""
    checked = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
    return not checked.stderr and not text.endswith("\\")


class Reading:
    """What the texts of a document stand for in this run."""

    def __init__(self):
        self._bound: dict[str, str] = {}

    def address(self, port: str) -> str:
        if port not in self._bound:
            self._bound[port] = str(free_ports(1)[0])
        return f"127.0.0.1:{self._bound[port]}"

    def translated(self, text: str) -> str:
        """A command with what its texts stand for."""
        text = ADDRESS.sub(lambda found: self.address(found[1]), text)
        for written, meant in self._bound.items():
            if not written.isdigit():
                text = text.replace(written, meant)
        return text

    def fits(self, shown: str, printed: str) -> bool:
        """Compares; where it fits, new texts are bound."""
        pattern, names = self._pattern(shown)
        found = re.fullmatch(pattern, squeezed(printed), re.DOTALL)
        if found:
            self._bound |= {written: found[group] for written, group in names.items()}
        return found is not None

    def _pattern(self, shown: str) -> tuple[str, dict[str, str]]:
        shown = ADDRESS.sub(lambda found: self.address(found[1]), shown)
        parts, names, at = [], {}, 0
        for token in TOKEN.finditer(shown):
            parts.append(re.escape(squeezed(shown[at:token.start()])))
            parts.append(self._part(token, names))
            at = token.end()
        return "".join(parts) + re.escape(squeezed(shown[at:])), names

    def _part(self, token: re.Match, names: dict[str, str]) -> str:
        kind, written = token.lastgroup, token[0]
        if kind == "anything":
            return ANYTHING
        if kind in FREE:
            return FREE[kind].replace(r"\b", "")
        if written in self._bound:
            return re.escape(self._bound[written])
        if written in names:
            return f"(?P={names[written]})"
        names[written] = f"text{len(names)}"
        return f"(?P<{names[written]}>{BOUND[kind]})".replace(r"\b", "")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


class Session:
    """One shell in a folder of its own; ends with everything that it started."""

    def __init__(self, folder: Path, environment: dict[str, str]):
        self.reading = Reading()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAY_")}
        # The kernel ends the shell together with whoever started it.
        self._shell = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "bash", "--norc"], cwd=folder, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            # A reader's server has a terminal of its own.
            env={**clean, "OUTLAY_ACCESS_LOG_EVERY": "0", **environment})

    def close(self) -> None:
        os.killpg(self._shell.pid, signal.SIGKILL)
        self._shell.wait()
        self._shell.stdin.close()
        self._shell.stdout.close()

    def run(self, command: Command) -> str:
        """Fails unless it does what is shown; returns what it printed."""
        if command.only_looks() and command.shown:
            answers: list[str] = []

            def is_as_shown() -> bool:
                answers[:] = [self._run_once(command)[1]]
                return self.reading.fits(command.shown, answers[0])
            try:
                wait_until(is_as_shown, "it prints what is shown", COMMAND_S)
            except AssertionError:
                raise AssertionError(self._difference(command, answers[0])) from None
            return answers[0]
        status, printed = self._run_once(command)
        assert status == 0, f"line {command.line}: {command.text}\nended with {status}:\n{printed}"
        assert not command.shown or self.reading.fits(command.shown, printed), self._difference(command, printed)
        return printed

    def _difference(self, command: Command, printed: str) -> str:
        return f"line {command.line}: {command.text}\nshown:\n{command.shown}\nprinted:\n{printed}"

    def _run_once(self, command: Command) -> tuple[int, str]:
        mark = "outlay-guide-command-ended"
        self._shell.stdin.write(self.reading.translated(command.text) + f"\nprintf '\\n{mark} %s\\n' $?\n")
        printed: list[str] = []
        reader = threading.Thread(target=self._read_until, args=(mark, printed), daemon=True)
        reader.start()
        reader.join(COMMAND_S)
        assert not reader.is_alive() and printed, f"line {command.line}: {command.text}\ndoes not end:\n{printed}"
        status = int(printed.pop().split()[1])
        threading.Event().wait(PAUSE_S)
        return status, "".join(printed)

    def _read_until(self, mark: str, printed: list[str]) -> None:
        for line in self._shell.stdout:
            printed.append(line)
            if line.startswith(mark):
                return
