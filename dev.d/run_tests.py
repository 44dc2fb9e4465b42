"""Runs the levels of tests against one Kafka and one PostgreSQL, and counts.

The last line is `N passed, N failed, N skipped`. The exit code is 0 only if something ran and
nothing failed or was skipped. Called by `./dev test` and `./dev sanitize`.
"""
import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import levels
from services import KafkaBroker, PostgresServer

NEED_SERVICES = {"contract", "integration", "end_to_end"}


def main() -> int:
    options = _options()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    reports = options.build / "test-reports"
    reports.mkdir(parents=True, exist_ok=True)
    selection = levels.Selection(options.build, reports, options.filter, options.long, options.slow,
                                 options.without)
    chosen = [level for level in levels.LEVELS
              if levels.exists(level, selection) and level.name in options.levels]
    total, began = levels.Count(), time.monotonic()
    with contextlib.ExitStack() as stack:
        environment = dict(os.environ, OUTLAY_BINARY=str(options.build / "outlay"),
                           OUTLAY_TEST_LONG="1" if options.long else "")
        services_up = False
        for level in chosen:
            if level.name in NEED_SERVICES and not services_up:
                environment.update(_start_services(stack))
                services_up = True
            total.add(_run_level(level, selection, environment))
    return report(total, time.monotonic() - began)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev test")
    parser.add_argument("filter", nargs="?", default="", help="a part of a test's name")
    parser.add_argument("--long", action="store_true", help="also tests that take long")
    parser.add_argument("--build", type=lambda text: Path(text).resolve(), required=True,
                        help=argparse.SUPPRESS)
    parser.add_argument("--slow", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--without", default="", help=argparse.SUPPRESS)
    parser.add_argument("--levels", type=lambda text: text.split(","),
                        default=[level.name for level in levels.LEVELS],
                        help="only these levels, separated by commas")
    return parser.parse_args()


def _start_services(stack: contextlib.ExitStack) -> dict[str, str]:
    """The addresses as the tests read them; the servers end with the stack."""
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="outlay-test-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    # The server of a root's run is another user, who has to reach its folder in here.
    folder.chmod(0o711)
    kafka, postgres = KafkaBroker(folder / "kafka"), PostgresServer(folder / "postgres")
    # The data goes away with the folder, so nobody waits for an orderly end.
    stack.callback(kafka.kill)
    stack.callback(postgres.kill)
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(kafka.prepare)
        postgres.start()
        starting.result()
    kafka.start()
    print(f"== Kafka and PostgreSQL are up ({time.monotonic() - began:.1f} s)", flush=True)
    return {"OUTLAY_TEST_KAFKA": kafka.address, "OUTLAY_TEST_POSTGRES": postgres.url()}


def _run_level(level: levels.Level, selection: levels.Selection,
               environment: dict[str, str]) -> levels.Count:
    print(f"== {level.name}", flush=True)
    began = time.monotonic()
    left_out = levels.left_out(level, selection)
    if left_out:
        print(f"   {level.name:<12} LEFT OUT in this build: {len(left_out)} tests:", flush=True)
        print("\n".join(f"      {name}" for name in left_out), flush=True)
    count = levels.run(level, selection, environment)
    print(f"   {level.name:<12} {count.passed} passed, {count.failed} failed, "
          f"{count.skipped} skipped  ({time.monotonic() - began:.1f} s)", flush=True)
    return count


def report(total: levels.Count, seconds: float) -> int:
    for name in total.failures:
        print(f"FAILED {name}")
    if total.total == 0:
        total.fail("no test was run")
        print("FAILED no test was run")
    print(f"-- {total.total} tests in {seconds:.0f} s")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped", flush=True)
    return 0 if total.failed == 0 and total.skipped == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
