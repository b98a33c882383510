"""Reports to look at."""

from typing import Any

import numpy as np

from gated.report import Ahead, Coverage, Curves, Report, Series, Sheet

DAYS = np.arange("2023-01-01", "2024-06-01", dtype="M8[D]").astype("M8[ns]")
PAST, H = 120, 14


def one_series(label: str, level: float = 100.0, cutoffs: int = 1) -> Series:
    """A weekly series, forecast as it came, from one cutoff or several."""
    ahead = []
    y = level * (1 + 0.3 * np.sin(2 * np.pi * np.arange(PAST + cutoffs * H) / 7))
    for cutoff in range(cutoffs):
        rows = slice(PAST + cutoff * H, PAST + (cutoff + 1) * H)
        bands = {80.0: (y[rows] - level / 5, y[rows] + level / 5)}
        ahead.append(Ahead(DAYS[rows], y[rows], bands, {"naive": np.full(H, level)}))
    until = PAST if cutoffs == 1 else PAST + cutoffs * H
    return Series(label, DAYS[:until], y[:until], tuple(ahead), {"MASE": f"{level / 100:.3g}"})


def hostile(text: str) -> Report:
    """A report whose every word is the same text."""
    one = one_series(text)
    [ahead] = one.ahead
    ahead = Ahead(ahead.ds, ahead.median, ahead.bands, {text: ahead.median})
    one = Series(text, one.ds, one.y, (ahead,), {text: text})
    return Report(
        title=text,
        verdict=(text,),
        series=[one, one],
        y_label=text,
        sheets=(Sheet(text, (text, text), ((text, text), (text, 1.0)), note=text, best="lowest"),),
        curves=(Curves(text, text, text, np.arange(3.0), {text: np.ones(3)}),),
        memory=((text, 1.0),),
        read=(text,),
        warnings=(text,),
        left_out={text: text},
        settings={text: text},
    )


def report(series: list[Series], **changed: Any) -> Report:
    """A report with something in every part."""
    parts: dict[str, Any] = {
        "title": "Sales of 2024",
        "verdict": ("31 % more accurate than seasonal naive.",),
        "y_label": "£ a day",
        "sheets": (
            Sheet(
                "Accuracy",
                ("method", "MASE"),
                (("gated", 0.7), ("naive", 1.0), ("drift", None)),
                best="lowest",
            ),
        ),
        "curves": (
            Curves(
                "Error by step", "steps ahead", "MASE", np.arange(1.0, 4), {"gated": np.ones(3)}
            ),
        ),
        "coverage": Coverage((95.0, 80.0), (93.0, 79.0)),
        "memory": (("1 week before", 0.6), ("2 weeks before", 0.4)),
        "read": ("time: column `ds`.",),
        "warnings": ("`noise` told nothing.",),
        "left_out": {"odd": "its times are not regular."},
        "settings": {"seed": "0"},
    }
    return Report(series=series, **{**parts, **changed})
