"""`./dev bench [NAME]`: runs the benchmarks whose name contains NAME and prints their tables.

docs/benchmarks.md says what is measured and against what.
"""
import argparse
import signal
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in ("dev.d", "tests/end_to_end"):
    sys.path.insert(0, str(ROOT / folder))

import alerts  # noqa: E402
import appends  # noqa: E402
import bulk_load  # noqa: E402
import growth  # noqa: E402
import live_projection  # noqa: E402
import memory  # noqa: E402
import reads  # noqa: E402
import report  # noqa: E402
import visible_creates  # noqa: E402
from ground import DURABILITY, Ground  # noqa: E402

BENCHMARKS = {
    "appends": appends.measure,
    "visible": visible_creates.measure,
    "live": live_projection.measure,
    "bulk": bulk_load.measure,
    "footprint": memory.measure,
    "reads": reads.measure,
    "growth": growth.measure,
    "alerts": alerts.measure,
}


def main() -> int:
    options = _options()
    chosen = {name: measure for name, measure in BENCHMARKS.items() if options.name in name}
    if not chosen:
        print(f"no benchmark is called {options.name}: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    print(f"# Outlay benchmarks\n\n- {report.machine()}")
    print("\n".join(f"- {line}" for line in DURABILITY))
    print(f"- seed {options.seed}, scale {options.scale}, {options.seconds} s per load\n", flush=True)
    with Ground(options.build, options.scale, options.seconds, options.seed) as ground:
        for name, measure in chosen.items():
            began = time.monotonic()
            for table in measure(ground):
                print(table.text(), flush=True)
            print(f"({name}: {time.monotonic() - began:.0f} s)\n", flush=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("name", nargs="?", default="", help=f"a part of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--scale", type=float, default=1.0, help="of row counts; 1 is the question")
    parser.add_argument("--seconds", type=int, default=10, help="how long each load lasts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", type=lambda text: Path(text).resolve(), required=True,
                        help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
