"""Reads tables of random formats: each is read to its truth, or a question is asked.

`make fuzz-tables` reads 100,000 of them.
"""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.table.fuzz.formats import choose_case
from tests.table.fuzz.outcome import outcome_of

TABLES, PART = 2000, 100  # a test reads one part, so that several processes share them
MOST_QUESTIONS = 0.1  # share of the tables; a rule that asks too often is a fault as well


@pytest.mark.parametrize("first", range(0, TABLES, PART))
def test_a_table_is_its_truth_or_a_question_is_asked(tmp_path: Path, first: int) -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(first, first + PART):
        case = choose_case(random.Random(seed).choice)
        outcome, why = outcome_of(case, tmp_path)
        if case.is_decidable:
            outcomes[outcome] += 1
            assert outcome != "wrong", f"tools/fuzz_tables.py 1 --show {seed}: {why}"
    assert outcomes["question"] <= MOST_QUESTIONS * outcomes.total()
