"""Facts on all past values: of stored series, and of values that are added later."""

import numpy as np

from gated.forecast.data.series.past_facts import PastFacts

VALUES = np.array([0.0, 2.0, np.nan, -1.0, 0.5, 3.0, 0.0])
OFFSETS = np.array([0, 3, 5, 7])


def test_facts_of_stored_series():
    facts = PastFacts.of(VALUES, OFFSETS)
    assert facts.observed.tolist() == [2, 2, 2]
    assert facts.zeros.tolist() == [1, 0, 1]
    assert facts.negative.tolist() == [False, True, False]
    assert facts.fractional.tolist() == [False, True, False]


def test_values_that_are_added_one_by_one_give_the_same_facts():
    whole = PastFacts.of(VALUES, OFFSETS)
    facts = PastFacts.of(np.full(3, np.nan), np.arange(4))
    series = np.repeat(np.arange(3), np.diff(OFFSETS))
    for one, value in zip(series, VALUES, strict=True):
        facts.add(np.array([one]), np.array([value]))
    assert all((vars(facts)[name] == vars(whole)[name]).all() for name in vars(whole))


def test_a_series_may_be_added_to_several_times_at_once():
    facts = PastFacts.of(np.zeros(2), np.arange(3))
    facts.add(np.array([0, 0, 1]), np.array([0.0, 1.0, -2.5]))
    assert facts.part(np.array([0])).observed.tolist() == [3]
    assert facts.zeros.tolist() == [2, 1]
    assert facts.negative.tolist() == [False, True]
