"""The number of steps that are kept covers every window that a forecast cuts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gated import Forecaster
from gated.forecast.live.reach import LONGEST_CYCLE_PAST, rows_read


@pytest.mark.parametrize(
    ("freq", "least", "most"), [("D", 1100, 1400), ("h", 1000, 2500), ("MS", 64, 700)]
)
def test_what_the_windows_read(freq, least, most):
    y = np.random.default_rng(0).normal(size=150)
    frame = pd.DataFrame({"ds": pd.date_range("2015-01-01", periods=150, freq=freq), "y": y})
    fit = Forecaster(h=12).fit(frame)._fit
    alone = replace(fit.fitted.combination, share=1.0, views={"plain": 0.5, "negated": 0.5})
    season = fit.table.frequency.season_length
    plain = replace(fit.fitted, combination=alone)
    assert least <= rows_read(plain, season, 12) <= most
    assert rows_read(plain, season, 400) >= rows_read(plain, season, 12)
    with_baseline = replace(plain, combination=replace(alone, share=0.8))
    assert rows_read(with_baseline, season, 12) == 4096
    cycles = replace(plain, combination=replace(alone, views={"own cycle": 1.0}))
    assert rows_read(cycles, season, 12) == max(LONGEST_CYCLE_PAST, rows_read(plain, season, 12))
