"""Reads damaged files, and files that change while they are read, with the command line.

    PYTHONPATH=src:. python tools/fuzz_hostile.py 2000 1000

Each file is read by `gated read`, and one in twenty by `gated forecast`, in a process of its own.
It must end with exit code 0 (an answer) or 2 (a question), within 2 GB of memory and a minute.
The exit status is 1 if one does not. Progress is printed to stderr.
"""

import argparse
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path

from tests.table.hostile.changing import CHANGES, change_at_opening
from tests.table.hostile.contents import contents
from tests.table.hostile.damage import damaged
from tests.table.hostile.outcome import Outcome, outcome_of

SHOWN = 5  # seeds of each kind of fault, and the slowest ones
PROGRESS = 10  # seconds between two lines of progress
ROWS = (40, 40, 20_000)  # of each series of a file that changes: larger ones are read for longer
LONGEST_WAIT = 0.3  # seconds until a file changes
LAST_OPENING = 6

Found = tuple[str, int, str, Outcome]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("damaged", type=int, help="how many damaged files are read")
    parser.add_argument("changing", type=int, help="how many files change while they are read")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=Path, help="a folder for the files that end in a fault")
    arguments = parser.parse_args()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.damaged)
    tasks = [("damaged", seed, arguments.keep) for seed in seeds]
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.changing)
    tasks += [("changing", seed, arguments.keep) for seed in seeds]
    ends: Counter[tuple[str, int]] = Counter()
    faults: dict[str, list[str]] = {}
    largest = 0
    times: list[tuple[float, str]] = []
    for kind, seed, what, outcome in _with_progress(_all(tasks, arguments.processes), len(tasks)):
        ends[kind, outcome.code] += 1
        largest = max(largest, outcome.memory)
        times = sorted([*times, (outcome.seconds, f"{kind} {seed} ({what})")])[-SHOWN:]
        if outcome.fault:
            key = re.sub(r"\d+|\"[^\"]*\"|'[^']*'|`[^`]*`", "…", outcome.fault)[:150]
            faults.setdefault(key, []).append(f"{kind} {seed} ({what})")
    for fault, cases in sorted(faults.items(), key=lambda pair: -len(pair[1])):
        print(f"{len(cases):6} {fault}: {'; '.join(cases[:SHOWN])}")
    for seconds, case in reversed(times):
        print(f"slow: {seconds:.1f} s of the processor: {case}")
    for (kind, code), count in sorted(ends.items()):
        print(f"{kind}: exit {code}: {count}")
    print(
        f"most memory of a process: {largest >> 20} MiB; faults: {sum(map(len, faults.values()))}"
    )
    return 1 if faults else 0


def _all(tasks: Sequence[tuple[str, int, Path | None]], processes: int) -> Iterator[Found]:
    with get_context("spawn").Pool(processes, _preload) as pool:
        yield from pool.imap_unordered(_one, tasks)


def _with_progress(found: Iterator[Found], total: int) -> Iterator[Found]:
    """The same, with a line to stderr every few seconds: files done, faults, files per second."""
    begin = shown = time.monotonic()
    faults = 0
    for done, one in enumerate(found, 1):
        faults += bool(one[3].fault)
        now = time.monotonic()
        if now - shown >= PROGRESS or done == total:
            shown = now
            rate = done / (now - begin)
            print(
                f"{done} of {total} files, {faults} faults, {rate:.1f} files/s",
                file=sys.stderr,
                flush=True,
            )
        yield one


def _preload() -> None:
    """Import what the command imports, once, before the process is copied for each file."""
    import narwhals
    import pyarrow

    import gated.forecast
    import gated.table.reader  # noqa: F401
    from gated.cli.app import command

    command()
    narwhals.from_native(pyarrow.table({"y": [1]}), eager_only=True)["y"].is_null()


def _one(task: tuple[str, int, Path | None]) -> Found:
    kind, seed, keep = task
    rng = random.Random(f"{kind} {seed}")
    with tempfile.TemporaryDirectory() as folder:
        what, outcome = (_damaged if kind == "damaged" else _changing)(Path(folder), rng)
        if outcome.fault and keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{kind}-{seed}.stderr").write_text(outcome.errors)
            for path in Path(folder).iterdir():
                if path.is_file():
                    path.rename(keep / f"{kind}-{seed}-{path.name}")
    return kind, seed, what, outcome


def _damaged(folder: Path, rng: random.Random) -> tuple[str, Outcome]:
    files = contents(rng.choice((3, 40)))
    name = rng.choice(sorted(files))
    content, ways = damaged(files[name], rng)
    path = folder / rng.choice((name, name, name, name, "table.csv", "table.json", "table.xlsx"))
    path.write_bytes(content)
    return f"{name}: {ways}", outcome_of(_command(path, rng))


def _changing(folder: Path, rng: random.Random) -> tuple[str, Outcome]:
    files = contents(rng.choice(ROWS))
    name, change = rng.choice(sorted(files)), rng.choice(CHANGES)
    path = folder / name
    path.write_bytes(files[name])

    def changed() -> None:
        change(path, files[name], rng)

    what = f"{name}: {change.__name__.strip('_')}"
    if rng.random() < 0.5:
        number = rng.randint(1, LAST_OPENING)
        at_opening = lambda: change_at_opening(path, number, changed)  # noqa: E731
        return f"{what} at opening {number}", outcome_of(_command(path, rng), before=at_opening)
    wait = rng.uniform(0, LONGEST_WAIT)

    def later() -> None:
        time.sleep(wait)
        changed()

    return what, outcome_of(_command(path, rng), meanwhile=later)


def _command(path: Path, rng: random.Random) -> list[str]:
    if rng.random() < 0.05:
        return ["forecast", str(path), "--horizon", "2"]
    return ["read", str(path)]


if __name__ == "__main__":
    sys.exit(main())
