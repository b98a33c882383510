"""Tests windows: they have exactly the expected rows."""

import numpy as np
import pytest

from gated.forecast.data.patching import CONTEXT, PatchLayout
from gated.forecast.data.windows import WindowSource

LAYOUT = PatchLayout(patch=2, leads=2, context=3)


def source(layout: PatchLayout = LAYOUT) -> WindowSource:
    """Two series of 20 and 9 steps whose values are 100·series + step; step 4 unobserved."""
    values = np.concatenate([np.arange(20), 100 + np.arange(9)]).astype(np.float32)
    values[[4, 24]] = np.nan
    rows = np.arange(29, dtype=np.float32)
    return WindowSource(
        values,
        covariates=rows[:, None],
        calendar=np.stack([rows, -rows], 1),
        offsets=np.array([0, 20, 29]),
        zero=np.array([0.0, -1.0], dtype=np.float32),
        layout=layout,
    )


def steps(window) -> list[float | None]:
    """The values of the first window in order, None where masked."""
    flat, mask = window.values[0].flatten().tolist(), window.mask[0].flatten().tolist()
    return [v if m else None for v, m in zip(flat, mask, strict=True)]


def test_a_window_contains_the_steps_around_its_cutoff() -> None:
    window = source().cut(np.array([0]), np.array([10]))
    # reach 2 + context 3 patches before row 10, leads 2 patches from it
    assert steps(window) == [0, 1, 2, 3, None, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert window.values[0, window.read].flatten().tolist() == [0, 5, 6, 7, 8, 9]
    assert window.origins(2).tolist() == [8, 10]
    assert window.targets(window.origins(2), np.array([1, 2])).tolist() == [[4, 5], [5, 6]]


def test_a_window_has_no_rows_of_other_series() -> None:
    late = source().cut(np.array([0]), np.array([19]))
    assert steps(late)[-4:] == [19, None, None, None]
    early = source().cut(np.array([1]), np.array([1]))
    assert steps(early) == [None] * 9 + [100, 101, 102, 103, None]
    assert np.abs(early.covariates[0, :4]).sum() == 0
    assert np.abs(early.calendar[0, :4]).sum() == 0


def test_no_value_after_the_cutoff_is_visible() -> None:
    window = source().cut(np.array([0]), np.array([10]))
    assert window.mask[0].sum(-1).tolist() == [2, 2, 1, 2, 2, 2, 2]
    assert window.visible[0].sum(-1).tolist() == [2, 2, 1, 2, 2, 0, 0]


def test_steps_from_the_end_on_are_masked() -> None:
    window = source().cut(np.array([0]), np.array([10]), end=np.array([11]))
    assert steps(window)[-4:] == [10, None, None, None]


def test_unobserved_steps_are_counted_from_the_last_value() -> None:
    found = source().steps_unobserved(np.array([0, 0, 0, 1, 1]), np.array([10, 5, 6, 0, 5]))
    assert found.tolist() == [0, 1, 0, 0, 1]


def test_another_horizon_is_cut_from_the_same_source() -> None:
    window = source().cut(np.array([0]), np.array([10]), h=5)
    assert window.layout.leads == 3
    assert steps(window)[-6:] == [10, 11, 12, 13, 14, 15]


def test_long_lags_are_in_the_past_and_have_the_phase_or_the_date() -> None:
    year = PatchLayout(patch=7, leads=60, long_season=365.25)
    for lead in (1, 52, 53, 60):
        lags = year.long_lags(lead)
        assert len(lags) == 6
        assert min(lags) >= 7 * lead
        assert all(lag % 7 == 0 for lag in lags[::2])
    assert year.long_lags(53)[0] == 728  # a year ago is not known 53 weeks ahead
    week = PatchLayout(patch=24, leads=2, long_season=168.0)
    assert week.long_lags(2) == [168, 168, 336, 336, 504, 504]


def test_without_covariates_and_calendar() -> None:
    bare = WindowSource(
        np.arange(4, dtype=np.float32),
        np.zeros((4, 0), np.float32),
        np.zeros((4, 0), np.float32),
        np.array([0, 4]),
        np.zeros(1, np.float32),
        LAYOUT,
    )
    assert bare.cut(np.array([0]), np.array([2])).covariates.shape == (1, 7, 2, 0)


@pytest.mark.parametrize(
    ("season", "long", "horizon", "longest", "expected"),
    [
        (24, 168, 48, 900, (24, 168, True, 2)),
        (7, 364, 28, 739, (7, 365.25, True, 4)),
        (12, None, 18, 100, (12, 0, True, 2)),
        (1, None, 6, 20, (4, 0, False, 2)),  # nothing comes back: four steps are read at once
        (2, None, 6, 20, (4, 0, True, 2)),
        (52, None, 13, 300, (4, 52.18, False, 4)),  # a year of weeks
        (5, 260, 20, 900, (5, 260.9, True, 4)),
        (96, 672, 96, 9000, (96, 672, True, 1)),
        (96, 672, 96, 500, (12, 96, False, 8)),  # five days of quarter-hours
        (61, None, 5, 500, (4, 61, False, 2)),
        (365, None, 30, 3000, (5, 365, False, 6)),
    ],
)
def test_the_layout_follows_the_season(season, long, horizon, longest, expected) -> None:
    layout = PatchLayout.plan(season, long, horizon, longest)
    found = (layout.patch, layout.long_season, layout.seasonal, layout.leads)
    assert found == expected
    assert layout.context == CONTEXT
