"""Windows show exactly the rows they should, and no other."""

import numpy as np
import pytest
import torch

from gated.forecast.windows import CONTEXT, Layout, WindowSource

LAYOUT = Layout(patch=2, context=3, recent=2, long_season=0, leads=2)


def source(layout: Layout = LAYOUT) -> WindowSource:
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


def test_a_window_lies_around_its_cutoff() -> None:
    window = source().cut(torch.tensor([0]), torch.tensor([10]))
    # reach 1 + context 3 patches before row 10, leads 2 patches from it
    assert steps(window) == [2, 3, None, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert window.values[0, window.read].flatten().tolist() == [0, 5, 6, 7, 8, 9]
    assert window.origins(2).tolist() == [2, 3]
    assert window.targets(window.origins(2)).tolist() == [[3, 4], [4, 5]]


def test_a_window_never_shows_the_neighbouring_series() -> None:
    late = source().cut(torch.tensor([0]), torch.tensor([19]))
    assert steps(late)[-4:] == [19, None, None, None]
    early = source().cut(torch.tensor([1]), torch.tensor([1]))
    assert steps(early) == [None] * 7 + [100, 101, 102, 103, None]
    assert early.covariates[0, :3].abs().sum() == 0
    assert early.calendar[0, :3].abs().sum() == 0


def test_the_network_never_sees_past_the_cutoff() -> None:
    window = source().cut(torch.tensor([0]), torch.tensor([10]))
    assert window.mask[0].sum(-1).tolist() == [2, 1, 2, 2, 2, 2]
    assert window.seen[0].sum(-1).tolist() == [2, 1, 2, 2, 0, 0]


def test_end_hides_what_does_not_exist_yet() -> None:
    window = source().cut(torch.tensor([0]), torch.tensor([10]), end=torch.tensor([11]))
    assert steps(window)[-4:] == [10, None, None, None]


def test_stale_hides_the_newest_patches_from_the_network_but_keeps_them_as_targets() -> None:
    window = source().cut(torch.tensor([0, 0]), torch.tensor([10, 10]), stale=torch.tensor([2, 0]))
    assert window.seen[0].sum(-1).tolist() == [2, 1, 0, 0, 0, 0]
    assert window.mask[0].sum(-1).tolist() == [2, 1, 2, 2, 2, 2]
    assert window.seen[1].sum(-1).tolist() == [2, 1, 2, 2, 0, 0]


def test_extra_context_reaches_further_back() -> None:
    longer = source().cut(torch.tensor([0]), torch.tensor([14]), extra_context=2)
    assert longer.context == 5
    assert steps(longer)[0] == 2
    assert longer.values.shape[1] == 1 + 5 + 2


def test_without_covariates_and_calendar() -> None:
    bare = WindowSource(
        np.arange(4, dtype=np.float32),
        np.zeros((4, 0), np.float32),
        np.zeros((4, 0), np.float32),
        np.array([0, 4]),
        np.zeros(1, np.float32),
        LAYOUT,
    )
    assert bare.cut(torch.tensor([0]), torch.tensor([2])).covariates.shape == (1, 6, 2, 0)


@pytest.mark.parametrize(
    ("season", "long", "horizon", "longest", "expected"),
    [
        (24, 168, 48, 900, (24, 0, 2)),  # a week of hours is within the recent fourteen days
        (7, 364, 28, 739, (7, 52, 4)),
        (7, 364, 28, 200, (7, 0, 4)),  # no year to look back to
        (12, None, 18, 100, (12, 0, 2)),
        (1, None, 6, 20, (1, 0, 6)),
        (52, None, 13, 300, (4, 13, 4)),  # six years of weeks: months, and a year to look back
        (96, 672, 96, 9000, (96, 0, 1)),
        (96, 672, 96, 500, (12, 8, 8)),  # five days of quarter-hours
        (61, None, 5, 500, (1, 61, 5)),  # prime: single steps
        (365, None, 30, 3000, (5, 73, 6)),
    ],
)
def test_plan_fits_patches_to_the_season(season, long, horizon, longest, expected) -> None:
    layout = Layout.plan(season, long, horizon, longest)
    assert (layout.patch, layout.long_season, layout.leads) == expected
    assert layout.context == CONTEXT
