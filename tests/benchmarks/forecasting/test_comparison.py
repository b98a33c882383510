"""The tables that compare methods: ratios, ranking, parts."""

import math

import pytest

from benchmarks.forecasting.comparison import part_sheets, ratio_sheet, score_sheet
from benchmarks.forecasting.methods import POOLED, Method


def method(name, *wape, parts=()):
    runs = {key: [{"wape": one} for one in wape] for key in (*parts, POOLED)}
    return Method(name, "baseline", runs)


OURS = method("gated", 0.2, 0.3, 0.4)
BASELINES = [method("seasonal_naive", 0.6), method("seasonal_mean", 0.5), method("drift", math.nan)]


def test_ratios_divide_by_the_best_known_score():
    sheet = ratio_sheet("shop", OURS, BASELINES, [])
    medians = [row["wape"].median for row in sheet.rows]
    assert medians == pytest.approx([0.3 / 0.6, 0.3 / 0.5, 0.3 / 0.5])


def test_methods_are_ranked_by_their_median_and_unknown_scores_last():
    sheet = score_sheet("shop", [OURS, *BASELINES])
    assert [row["method"] for row in sheet.rows] == [
        *("gated", "seasonal_mean", "seasonal_naive", "drift")
    ]
    assert sheet.ours == {"gated"}


def test_parts_have_one_score_of_every_method_and_all_scores_of_ours():
    parts = ("yearly", "monthly")
    methods = [method("gated", 0.2, parts=parts), method("naive", 0.4, parts=parts)]
    by_part, ours = part_sheets("shop", parts, methods)
    assert by_part.rows[1] == {"method": "naive", "yearly": 0.4, "monthly": 0.4, "pooled": 0.4}
    assert [row["part"] for row in ours.rows] == ["yearly", "monthly", "pooled"]
