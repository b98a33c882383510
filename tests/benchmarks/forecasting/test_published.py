"""Published figures of M4's hourly series: the files agree with each other."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecasting import published
from benchmarks.forecasting.scores import owa


def test_published_owa_follows_from_published_smape_and_mase(m4_hourly):
    _, data, anchors = m4_hourly
    rows = published.m4_hourly(data, anchors)
    naive2 = next(row.scores for row in rows if row.method == "Naive2")
    complete = [row.scores for row in rows if {"owa", "smape", "mase"} <= set(row.scores)]
    assert len(complete) >= 20
    for scores in complete:
        # sMAPE and MASE have three decimals: half a thousandth of each, relative to Naive2.
        assert scores["owa"] == pytest.approx(owa(scores, naive2), abs=2.5e-4)


def test_two_published_files_agree(m4_hourly):
    _, data, anchors = m4_hourly
    scores = pd.read_csv(data.file("forecast/m4_hourly_published_scores.csv"))
    table = pd.read_csv(anchors.file("m4_point_by_frequency.csv"), skiprows=1)
    table = table.dropna(subset="Hourly").set_index("User ID")
    hourly = table.loc[scores["method"], ["Hourly", "Hourly.1", "Hourly.2"]].to_numpy(float)
    np.testing.assert_allclose(hourly, scores.iloc[:, 1:].to_numpy(float), rtol=1e-12)


def test_models_have_the_scores_of_their_task(m4_hourly):
    _, data, anchors = m4_hourly
    rows = {row.method: row.scores for row in published.m4_hourly(data, anchors)}
    assert rows[published.TIREX] == {"owa": 0.364, "mase": 0.7222, "crps": 0.02016}
    assert rows[published.ES_RNN]["msis"] == pytest.approx(7.928)
    assert not any("chronos_bolt" in name for name in rows)  # trained on the test part
