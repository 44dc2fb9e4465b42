"""Runs the fuzzers, one per core at a time, and says what each did.

A fuzzer begins with the inputs in tests/fuzz/corpus/NAME and with what earlier runs found, which stays in
build/fuzz/corpus/NAME. An input that breaks something is kept in tests/fuzz/crashes/NAME; the unit tests run both
folders. The exit code is 0 only if every fuzzer ran its time and nothing broke. Called by `./dev fuzz`.
"""
import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUZZ = ROOT / "tests" / "fuzz"
INPUT_BYTES_MAX = 4096
CORPUS_BYTES_MAX = 40_000  # of one fuzzer; what has no room stays in the build folder
ONE_INPUT_S = 20  # an input that takes longer is a finding


@dataclass(frozen=True)
class Fuzzer:
    name: str
    program: Path
    found: Path  # inputs that runs on this machine found

    @property
    def corpus(self) -> Path:
        return FUZZ / "corpus" / self.name

    @property
    def crashes(self) -> Path:
        return FUZZ / "crashes" / self.name

    @property
    def log(self) -> Path:
        return self.program.with_suffix(".log")


def main() -> int:
    options = _options()
    fuzzers = [fuzzer for fuzzer in _fuzzers(options.build) if options.name in ("", fuzzer.name)]
    if not fuzzers:
        print(f"dev: no fuzzer is called {options.name}", file=sys.stderr)
        return 1
    print(f"== {len(fuzzers)} fuzzers, {options.seconds} s each", flush=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        sound = list(pool.map(lambda fuzzer: _fuzz(fuzzer, options.seconds), fuzzers))
    if not all(sound):
        return 1
    if options.keep:
        for fuzzer in fuzzers:
            _keep(fuzzer)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev fuzz")
    parser.add_argument("name", nargs="?", default="", help="of one fuzzer; all if there is none")
    parser.add_argument("--seconds", type=int, default=60, help="that each fuzzer runs")
    parser.add_argument("--keep", action="store_true",
                        help="add to the corpus what reaches more code")
    parser.add_argument("--build", type=lambda text: Path(text).resolve(), required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def _fuzzers(build: Path) -> list[Fuzzer]:
    names = sorted(path.name.removesuffix("_target.cpp") for path in FUZZ.glob("*_target.cpp"))
    return [Fuzzer(name, build / "tests" / "fuzz" / f"fuzz_{name}", build / "corpus" / name) for name in names]


def _fuzz(fuzzer: Fuzzer, seconds: int) -> bool:
    fuzzer.found.mkdir(parents=True, exist_ok=True)
    fuzzer.crashes.mkdir(parents=True, exist_ok=True)
    before = set(fuzzer.crashes.iterdir())
    # The first folder takes what is found.
    code = _run(fuzzer, [f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_MAX}", f"-timeout={ONE_INPUT_S}",
                         f"-artifact_prefix={fuzzer.crashes}/", "-print_final_stats=1",
                         str(fuzzer.found), str(fuzzer.corpus), str(fuzzer.crashes)])
    text = fuzzer.log.read_text(errors="replace")
    executions = re.search(r"stat::number_of_executed_units: (\d+)", text)
    reached = re.findall(r"cov: (\d+) ft: (\d+)", text)
    edges, features = reached[-1] if reached else ("no", "no")
    print(f"   {fuzzer.name:<14} {executions.group(1) if executions else 'unknown':>9} executions, "
          f"{edges:>6} edges, {features:>6} features", flush=True)
    new = sorted(set(fuzzer.crashes.iterdir()) - before)
    if not before and not new:
        fuzzer.crashes.rmdir()
    if code != 0:
        print("\n".join(text.splitlines()[-40:]), f"BROKEN {fuzzer.name} (whole log: {fuzzer.log})",
              *(f"       kept as {path.relative_to(ROOT)}" for path in new), sep="\n", flush=True)
    return code == 0


def _keep(fuzzer: Fuzzer) -> None:
    """Adds found inputs that reach code which the corpus does not reach, the shortest first, while there is room."""
    before = set(fuzzer.corpus.iterdir())
    code = _run(fuzzer, ["-set_cover_merge=1", "-use_counters=0", f"-max_len={INPUT_BYTES_MAX}", str(fuzzer.corpus),
                         str(fuzzer.found)])
    if code != 0:
        raise SystemExit(f"dev: the inputs of {fuzzer.name} could not be merged; see {fuzzer.log}")
    room = CORPUS_BYTES_MAX - sum(path.stat().st_size for path in before)
    added = sorted(set(fuzzer.corpus.iterdir()) - before, key=lambda path: path.stat().st_size)
    for path in added:
        room -= path.stat().st_size
        if room < 0:
            path.unlink()
    kept = list(fuzzer.corpus.iterdir())
    print(f"   {fuzzer.name:<14} keeps {len(kept) - len(before)} of {len(added)} new inputs, has {len(kept)}",
          flush=True)


def _run(fuzzer: Fuzzer, arguments: list[str]) -> int:
    with open(fuzzer.log, "wb") as log:
        return subprocess.run(["setpriv", "--pdeathsig", "KILL", str(fuzzer.program), *arguments], cwd=ROOT,
                              stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
