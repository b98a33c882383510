"""Reads many files of invented formats whose content is known, and prints how many were right.

    PYTHONPATH=src:. python tools/fuzz_tables.py 100000

Each file is one of: right; a question (the reader asks instead of guessing); wrong (another table);
a traceback. Files that no careful person could read for sure count only if the reader fails with
a traceback. The exit status is 1 if a table is wrong or there is a traceback. Progress goes to
stderr.
"""

import argparse
import os
import random
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from tests.table.fuzz.formats import choose_case
from tests.table.fuzz.outcome import outcome_of

SHOWN = 3  # seeds of each kind of question
PROGRESS = 10  # seconds between two lines of progress
SHOWN_FAULTS = 20  # and of each kind of wrong table or traceback
TOGETHER = 20  # files that a process is given at once

Found = tuple[int, str, str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=int, help="how many files are written and read")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--show", type=int, default=None, help="the seed of one case to print")
    arguments = parser.parse_args()
    if arguments.show is not None:
        print(choose_case(random.Random(arguments.show).choice))
        return 0
    counts: Counter[str] = Counter()
    seeds: dict[tuple[str, str], list[int]] = {}
    every = range(arguments.first_seed, arguments.first_seed + arguments.files)
    with get_context("spawn").Pool(arguments.processes) as pool:
        found = pool.imap_unordered(_one, every, TOGETHER)
        for seed, outcome, why in _with_progress(found, len(every)):
            counts[outcome] += 1
            kind = outcome, re.sub(r"\d+|\"[^\"]*\"|'[^']*'|`[^`]*`", "…", why)[:110]
            seeds.setdefault(kind, []).append(seed)
    for (outcome, text), cases in sorted(seeds.items(), key=lambda pair: -len(pair[1])):
        if outcome in ("question", "wrong", "traceback"):
            shown = sorted(cases)[: SHOWN if outcome == "question" else SHOWN_FAULTS]
            print(f"{len(cases):6} {outcome}: {text}   seeds {shown}")
    decided = sum(times for name, times in counts.items() if not name.startswith("undecidable"))
    for outcome, times in counts.most_common():
        share = "" if outcome.startswith("undecidable") else f" ({100 * times / decided:.2f} %)"
        print(f"{outcome}: {times}{share}")
    return 1 if counts["wrong"] or counts["traceback"] else 0


def _with_progress(found: Iterator[Found], total: int) -> Iterator[Found]:
    """The same, with a line to stderr every few seconds: files done, faults, files per second."""
    begin = shown = time.monotonic()
    faults: list[int] = []
    for done, one in enumerate(found, 1):
        if one[1] in ("wrong", "traceback"):
            faults.append(one[0])
        now = time.monotonic()
        if now - shown >= PROGRESS or done == total:
            shown = now
            last = f", the last one: seed {faults[-1]}" if faults else ""
            print(
                f"{done} of {total} files, {len(faults)} faults{last}, "
                f"{done / (now - begin):.1f} files/s",
                file=sys.stderr,
                flush=True,
            )
        yield one


def _one(seed: int) -> Found:
    """The outcome of one file, and its question or its fault."""
    case = choose_case(random.Random(seed).choice)
    try:
        with tempfile.TemporaryDirectory() as folder:
            outcome, why = outcome_of(case, Path(folder))
    except Exception:  # whatever the reader raises is the finding
        return seed, "traceback", traceback.format_exc().strip().splitlines()[-1]
    return seed, outcome if case.is_decidable else f"undecidable: {outcome}", why


if __name__ == "__main__":
    sys.exit(main())
