"""Reads many files of invented formats whose content is known, and prints how many were right.

    PYTHONPATH=src:. python tools/fuzz_tables.py 100000

Each file is one of: right; a question (the reader asks instead of guessing); wrong (another table);
a traceback. Files that no careful person could read for sure count only if the reader fails with
a traceback. The exit status is 1 if a table is wrong or there is a traceback.
"""

import argparse
import random
import re
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path

from tests.table.fuzz.formats import choose_case
from tests.table.fuzz.outcome import outcome_of

SHOWN = 3  # cases of each kind of outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=int, help="how many files are written and read")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=None, help="the seed of one case to print")
    arguments = parser.parse_args()
    if arguments.show is not None:
        print(choose_case(random.Random(arguments.show).choice))
        return 0
    counts: Counter[str] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    seeds: dict[tuple[str, str], list[int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(arguments.first_seed, arguments.first_seed + arguments.files):
            case = choose_case(random.Random(seed).choice)
            try:
                outcome, why = outcome_of(case, Path(folder))
            except Exception:  # whatever the reader raises is the finding
                outcome, why = "traceback", traceback.format_exc().strip().splitlines()[-1]
            if not case.is_decidable and outcome != "traceback":
                outcome = f"undecidable: {outcome}"
            counts[outcome] += 1
            kind = outcome, re.sub(r"\d+|\"[^\"]*\"|'[^']*'|`[^`]*`", "…", why)[:110]
            kinds[kind] += 1
            seeds.setdefault(kind, []).append(seed)
    for (outcome, text), times in kinds.most_common():
        if outcome != "right" and not outcome.startswith("undecidable"):
            print(f"{times:6} {outcome}: {text}   seeds {seeds[outcome, text][:SHOWN]}")
    decided = sum(times for name, times in counts.items() if not name.startswith("undecidable"))
    for outcome, times in counts.most_common():
        share = "" if outcome.startswith("undecidable") else f" ({100 * times / decided:.2f} %)"
        print(f"{outcome}: {times}{share}")
    return 1 if counts["wrong"] or counts["traceback"] else 0


if __name__ == "__main__":
    sys.exit(main())
