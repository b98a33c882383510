"""Tasks: the number of windows."""

import numpy as np

from benchmarks.zero_shot.tasks import Task


def test_the_number_of_windows_follows_gift_evals_rule():
    task = Task("births", 30, 7)
    assert task.cutoffs(np.array([7_000, 100])) == 1
    assert task.cutoffs(np.array([1_000])) == 4
    assert task.cutoffs(np.array([100_000])) == 20
    assert Task("m4_hourly", 48, 24, windows=1).cutoffs(np.array([10_000])) == 1
