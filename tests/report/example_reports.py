"""Reports that the tests write and open."""

from typing import Any

import numpy as np

from gated.report import Coverage, LineChart, Report, ReportTable, Series, SeriesForecast

DAYS = np.arange("2023-01-01", "2024-06-01", dtype="M8[D]").astype("M8[ns]")
PAST, H = 120, 14


def one_series(label: str, level: float = 100.0, cutoffs: int = 1) -> Series:
    """A weekly series whose forecasts are its actual values, from one cutoff or several."""
    forecasts = []
    y = level * (1 + 0.3 * np.sin(2 * np.pi * np.arange(PAST + cutoffs * H) / 7))
    for cutoff in range(cutoffs):
        rows = slice(PAST + cutoff * H, PAST + (cutoff + 1) * H)
        bands = {80.0: (y[rows] - level / 5, y[rows] + level / 5)}
        forecasts.append(SeriesForecast(DAYS[rows], y[rows], bands, {"naive": np.full(H, level)}))
    until = PAST if cutoffs == 1 else PAST + cutoffs * H
    return Series(label, DAYS[:until], y[:until], tuple(forecasts), {"MASE": f"{level / 100:.3g}"})


def hostile(text: str) -> Report:
    """A report with the same text in every part."""
    one = one_series(text)
    [forecast] = one.forecasts
    competitors = {text: forecast.median}
    forecast = SeriesForecast(forecast.ds, forecast.median, forecast.bands, competitors)
    one = Series(text, one.ds, one.y, (forecast,), {text: text})
    return Report(
        title=text,
        summary=(text,),
        series=[one, one],
        y_label=text,
        tables=(
            ReportTable(text, (text, text), ((text, text), (text, 1.0)), note=text, best="lowest"),
        ),
        line_charts=(LineChart(text, text, text, np.arange(3.0), {text: np.ones(3)}),),
        memory=((text, 1.0),),
        reading=(text,),
        notes=(text,),
        left_out={text: text},
        settings={text: text},
    )


def report(series: list[Series], **changed: Any) -> Report:
    """A report with something in every part."""
    parts: dict[str, Any] = {
        "title": "Sales of 2024",
        "summary": ("31 % more accurate than seasonal naive.",),
        "y_label": "£ a day",
        "tables": (
            ReportTable(
                "Accuracy",
                ("method", "MASE"),
                (("gated", 0.7), ("naive", 1.0), ("drift", None)),
                best="lowest",
            ),
        ),
        "line_charts": (
            LineChart(
                "Error by step", "steps ahead", "MASE", np.arange(1.0, 4), {"gated": np.ones(3)}
            ),
        ),
        "coverage": Coverage((95.0, 80.0), (93.0, 79.0)),
        "memory": (("1 week before", 0.6), ("2 weeks before", 0.4)),
        "reading": ("time: column `ds`.",),
        "notes": ("`noise` has no effect.",),
        "left_out": {"odd": "its times are not regular."},
        "settings": {"seed": "0"},
    }
    return Report(series=series, **{**parts, **changed})
