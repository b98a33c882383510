"""Reads tables of random formats: each is read to its truth, or a question is asked.

Longer runs: `pytest --hypothesis-profile=nightly`, or `make fuzz-tables`.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.table.fuzz.formats import Case, choose_case
from tests.table.fuzz.outcome import outcome_of

MOST_QUESTIONS = 0.1  # share of the files; a rule that asks too often is a fault as well


@st.composite
def cases(draw: st.DrawFn) -> Case:
    return choose_case(lambda options: draw(st.sampled_from(options)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def test_a_table_is_its_truth_or_a_question_is_asked(folder: Path) -> None:
    outcomes: list[str] = []

    @settings(
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
    )
    @given(cases())
    def check(case: Case) -> None:
        outcome, why = outcome_of(case, folder)
        if case.is_decidable:
            outcomes.append(outcome)
            assert outcome != "wrong", why

    check()
    assert outcomes.count("question") <= MOST_QUESTIONS * len(outcomes)
