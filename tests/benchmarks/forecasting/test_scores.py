"""Scores, rules and published figures agree with each other where they must."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecasting import published
from benchmarks.forecasting.data.cut import Panel, cut
from benchmarks.forecasting.data.datasets import M3, M4_HOURLY, Columns, load
from benchmarks.forecasting.methods import (
    POOLED,
    Method,
    add_owa,
    check_seasonal_naive,
    known_methods,
    simple_rules,
)
from benchmarks.forecasting.scores import Answer, Truth, owa, rule_answer
from gated.errors import GatedError
from gated.forecast import metrics


def small(h, rows=2, length=30, season=4):
    random = np.random.default_rng(h)
    return cut(
        Panel(
            name=f"h{h}",
            h=h,
            ids=np.array([f"{h}-{row}" for row in range(rows)], dtype=object),
            offsets=np.arange(rows + 1) * length,
            ds=np.tile(np.arange(length), rows),
            y=random.normal(10, 2, rows * length),
            covariates=np.ones((rows * length, 0)),
            covariate_names=(),
            season_length=season,
        )
    )


def spread_answer(made):
    """A forecast with deciles and intervals around the seasonal naive."""
    points = rule_answer("seasonal_naive", made).points
    deciles = points[..., None] + np.linspace(-2, 2, 9)
    return Answer(points, deciles, {80: (points - 2, points + 2), 95: (points - 4, points + 4)})


@pytest.fixture(scope="module")
def m4():
    from benchmarks.common.folders import anchors_folder, data_folder

    folders = data_folder(None), anchors_folder(None)
    for folder in folders:
        if not folder.path.is_dir():
            pytest.skip(f"{folder.path} is absent: no published figures to compare with")
    [made] = load(M4_HOURLY, folders[0], columns=Columns(), horizon=None, validation=False)
    return [made], *folders


def test_pooled_scores_count_every_step_of_every_part_once():
    parts = [small(3), small(5)]
    truths = [Truth.of(part) for part in parts]
    answers = [spread_answer(part) for part in parts]
    pooled = Answer.pool(answers).scores(Truth.pool(truths))
    alone = [answer.scores(truth) for answer, truth in zip(answers, truths, strict=True)]
    steps = [part.y.size for part in parts]
    for score in ("smape", "mase", "msis", "coverage_80", "coverage_95"):
        expected = np.average([scores[score] for scores in alone], weights=steps)
        assert pooled[score] == pytest.approx(expected, rel=1e-12)
    weights = [np.abs(part.y).sum() for part in parts]
    for score in ("wape", "crps"):
        expected = np.average([scores[score] for scores in alone], weights=weights)
        assert pooled[score] == pytest.approx(expected, rel=1e-12)


def test_points_alone_have_no_interval_scores():
    made = small(3)
    scores = rule_answer("naive", made).scores(Truth.of(made))
    assert set(scores) == {"smape", "mase", "wape"}


def test_a_missing_series_makes_the_scores_unknown():
    made = small(3)
    points = rule_answer("naive", made).points
    points[0] = np.nan
    assert np.isnan(Answer(points).scores(Truth.of(made))["smape"])


def test_the_rules_are_told_of_shut_days():
    week = np.tile([5.0, 5.0, 0.0], 6)
    is_open = (week > 0).astype(float)[:, None]
    ids, offsets = np.array(["shop"], dtype=object), np.array([0, 18])
    made = cut(Panel("shop", 3, ids, offsets, np.arange(18), week, is_open, ("open",), 2))
    np.testing.assert_array_equal(rule_answer("seasonal_naive", made).points, [[5, 5, 0]])


def test_owa_is_only_added_where_naive2_is_known():
    made = [small(3)]
    rules = simple_rules(made)
    add_owa("shop", rules)
    assert "owa" not in rules[0].runs[POOLED][0]


def test_m4_seasonal_naive_is_the_published_one(m4):
    cuts, data, anchors = m4
    rules = simple_rules(cuts)
    said = check_seasonal_naive(rules, known_methods(M4_HOURLY, cuts, data, anchors))
    assert "sMAPE 13.912 (published 13.912)" in said
    assert "MASE 1.193 (published 1.193)" in said


def test_a_seasonal_naive_that_differs_stops_the_benchmark(m4):
    cuts, data, anchors = m4
    known = known_methods(M4_HOURLY, cuts, data, anchors)
    wrong = Method("seasonal_naive", "", {POOLED: [{"smape": 13.9, "mase": 1.193}]})
    with pytest.raises(GatedError, match=r"13\.900"):
        check_seasonal_naive([wrong], known)


def test_m4_published_owa_follows_from_published_smape_and_mase(m4):
    _, data, anchors = m4
    rows = published.m4_hourly(data, anchors)
    naive2 = next(row.scores for row in rows if row.method == "Naive2")
    whole = [row.scores for row in rows if {"owa", "smape", "mase"} <= set(row.scores)]
    assert len(whole) >= 20
    for scores in whole:
        # sMAPE and MASE are given to three digits: half a thousandth of each, relative to Naive2.
        assert scores["owa"] == pytest.approx(owa(scores, naive2), abs=2.5e-4)


def test_m4_published_files_agree(m4):
    _, data, anchors = m4
    scores = pd.read_csv(data.file("forecast/m4_hourly_published_scores.csv"))
    table = pd.read_csv(anchors.file("m4_point_by_frequency.csv"), skiprows=1)
    table = table.dropna(subset="Hourly").set_index("User ID")
    hourly = table.loc[scores["method"], ["Hourly", "Hourly.1", "Hourly.2"]].to_numpy(float)
    np.testing.assert_allclose(hourly, scores.iloc[:, 1:].to_numpy(float), rtol=1e-12)


def test_m4_models_come_with_the_figures_of_their_task(m4):
    _, data, anchors = m4
    rows = {row.method: row.scores for row in published.m4_hourly(data, anchors)}
    assert rows[published.TIREX] == {"owa": 0.364, "mase": 0.7222, "crps": 0.02016}
    assert rows[published.ES_RNN]["msis"] == pytest.approx(7.928)
    assert not any("chronos_bolt" in name for name in rows)  # they had seen the test part


def test_m3_published_forecasts_are_lined_up_with_the_series(data, anchors):
    if not (data.path / "forecast/m3_published_forecasts.npz").is_file():
        pytest.skip(f"forecast/m3_published_forecasts.npz is not in {data.path}")
    cuts = load(M3, data, columns=Columns(), horizon=None, validation=False)
    known = {method.name: method for method in known_methods(M3, cuts, data, anchors)}
    assert len(known) == 24
    add_owa(M3, list(known.values()))
    assert known["NAIVE2"].runs[POOLED][0]["owa"] == 1
    # Naive2 of series without a season repeats the last value: so does our naive rule.
    yearly = next(part for part in cuts if part.name == "yearly")
    ours = metrics.smape(yearly.y, rule_answer("naive", yearly).points)
    assert known["NAIVE2"].runs["yearly"][0]["smape"] == pytest.approx(ours, abs=1e-3)
    # Two methods left the part "other" out: they have no pooled score.
    assert np.isnan(known["AAM1"].runs[POOLED][0]["smape"])
    assert known["AAM1"].runs["monthly"][0]["smape"] == pytest.approx(15.67, abs=5e-3)
