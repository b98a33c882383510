"""GIFT-Eval's windows and scores, compared with the published seasonal naive."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.zero_shot.gift_eval_scores import (
    LEVELS,
    Window,
    score,
    seasonal_naive,
    windows_of,
)
from benchmarks.zero_shot.tasks import GIFT_EVAL
from gated import read_table
from tests.benchmarks.zero_shot.example_tables import daily_series


@pytest.mark.parametrize("task", [task for task in GIFT_EVAL if task.is_same], ids=lambda t: t.name)
def test_the_seasonal_naive_has_the_published_scores(task, data, anchors):
    if not data.path.is_dir() or not anchors.path.is_dir():
        pytest.skip(
            f"{data.path} or {anchors.path} is missing: no published scores to compare with"
        )
    table = task.read(data)
    windows = [
        window
        for window in windows_of(table, task.h, task.cutoffs(table.lengths))
        if np.isfinite(window.y).any() and np.isfinite(window.past).any()
    ]
    quantiles = np.stack([seasonal_naive(window, task.season) for window in windows])
    scores = score(windows, quantiles, task.season)
    for name, ours in (("mase", scores.mase), ("crps", scores.crps)):
        published = pd.read_csv(anchors.file(f"gift_eval_{name}.csv")).set_index("task")
        theirs = float(published.loc[task.published, "seasonal_naive"])
        assert ours == pytest.approx(theirs, rel=2e-3, abs=5e-4), name


def test_windows_are_the_last_ones_and_do_not_overlap():
    table = read_table(daily_series(1, 100))
    windows = list(windows_of(table, 10, 3))
    assert [window.cutoff for window in windows] == [70, 80, 90]
    assert np.array_equal(np.concatenate([w.y for w in windows]), table.y[70:])
    assert all(len(window.past) == window.cutoff for window in windows)


def test_scores_by_their_definitions():
    past = np.array([1.0, 2.0, 4.0, np.nan, 3.0])
    window = Window(0, 5, past, np.array([2.0, np.nan, 6.0]))
    deciles = np.linspace(1, 5, 9)
    quantiles = np.stack([np.concatenate([[0.5], deciles, [5.2]])] * 3)
    scores = score([window], quantiles[None], 1)
    assert scores.mase == pytest.approx((1 + 3) / 2 / 1.5)
    loss = [
        2 * max(q * (y - f), (q - 1) * (y - f))
        for y in (2.0, 6.0)
        for q, f in zip(LEVELS[1:-1], deciles, strict=True)
    ]
    assert scores.crps == pytest.approx(sum(loss) / 9 / 8)
    assert scores.smape == pytest.approx((200 / 5 + 600 / 9) / 2)
    assert scores.coverage == 0.5
    # The 95 % interval is 4.7 wide; 6.0 is 0.8 above it, and a miss costs 2 / 0.05 times that.
    assert scores.msis == pytest.approx((4.7 + 40 * 0.8 / 2) / 1.5)


def test_a_perfect_forecast_has_no_error():
    window = Window(0, 4, np.array([1.0, 3.0, 1.0, 3.0]), np.array([1.0, 3.0]))
    perfect = np.repeat(window.y[:, None], len(LEVELS), axis=1)
    scores = score([window], perfect[None], 1)
    assert (scores.mase, scores.crps, scores.msis, scores.smape, scores.coverage) == (0, 0, 0, 0, 1)


def test_the_interval_of_the_seasonal_naive_is_that_of_a_normal_distribution():
    window = Window(0, 5, np.array([1.0, 2.0, 4.0, 3.0, 5.0]), np.zeros(2))
    quantiles = seasonal_naive(window, 1)
    deviation = np.sqrt((1 + 4 + 1 + 4) / 4)
    np.testing.assert_allclose(quantiles[0, [0, -1]], 5 + np.array([-1.96, 1.96]) * deviation, 1e-4)
    np.testing.assert_allclose(quantiles[1, -1], 5 + 1.96 * np.sqrt(2) * deviation, rtol=1e-4)
