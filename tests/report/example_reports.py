"""Reports that the tests write and open."""

from typing import Any

import numpy as np

from gated.report import (
    Coverage,
    Headline,
    LineChart,
    Memory,
    OverviewColumn,
    Report,
    ReportTable,
    Series,
    SeriesForecast,
    Zone,
)

DAYS = np.arange("2023-01-01", "2024-06-01", dtype="M8[D]").astype("M8[ns]")
PAST, H = 120, 14
ROWS = "#rows tbody tr:not(.space)"  # those of the overview


def one_series(label: str, level: float = 100.0, cutoffs: int = 1) -> Series:
    """A weekly series whose forecasts are its actual values, from one cutoff or several."""
    forecasts = []
    y = level * (1 + 0.3 * np.sin(2 * np.pi * np.arange(PAST + cutoffs * H) / 7))
    for cutoff in range(cutoffs):
        rows = slice(PAST + cutoff * H, PAST + (cutoff + 1) * H)
        bands = {80.0: (y[rows] - level / 5, y[rows] + level / 5)}
        forecasts.append(SeriesForecast(DAYS[rows], y[rows], bands, {"naive": np.full(H, level)}))
    until = PAST if cutoffs == 1 else PAST + cutoffs * H
    return Series(label, DAYS[:until], y[:until], tuple(forecasts))


def overview_of(series: list[Series]) -> tuple[OverviewColumn, ...]:
    """Last and next totals, the change and an error, from the series' own values."""
    before = np.array([np.nansum(one.y[-H:]) for one in series])
    after = np.array([one.forecasts[0].point.sum() for one in series])
    with np.errstate(all="ignore"):
        change = after / before - 1
    return (
        OverviewColumn("last 14 days", before),
        OverviewColumn("next 14 days", after),
        OverviewColumn("change", change, "change"),
        OverviewColumn("MASE", np.arange(len(series)) / 10, "ratio"),
    )


def hostile(text: str) -> Report:
    """A report with the same text in every part."""
    one = one_series(text)
    [forecast] = one.forecasts
    closed = np.arange(H) == 3
    forecast = SeriesForecast(
        forecast.ds, forecast.point, forecast.bands, {text: forecast.point}, closed
    )
    one = Series(text, one.ds, one.y, (forecast,), point_name=text)
    table = ReportTable(text, (text, text), ((text, text), (text, 1.0)), note=text, best="lowest")
    return Report(
        title=text,
        summary=(text,),
        series=[one, one, one],
        y_label=text,
        headline=Headline(text, text, text, ((text, text, text),)),
        totals=(table,),
        overview=(OverviewColumn(text, np.ones(3)), OverviewColumn(text, np.ones(3), "change")),
        sort_by=text,
        has_total=True,
        zone=Zone(text, DAYS[:1], np.array([3600])),
        drivers=(text,),
        events=((text, text),),
        tables=(table,),
        line_charts=(LineChart(text, text, text, np.arange(3.0), {text: np.ones(3)}),),
        memory=Memory(
            text,
            ((text, 1.0),),
            (text,),
            LineChart(text, text, text, np.arange(3.0), {text: np.ones(3)}),
        ),
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
        "memory": Memory(
            "Shares of what moves the forecast of `a` away from the mean of the last 24 weeks.",
            (("same weekday, last 4 weeks", 0.6), ("growth in proportion to the level", 0.4)),
            ("2024-03-11: 132 = 101 + 31 (same weekday, last 4 weeks) + 0 (all others).",),
            LineChart("Weights", "days before", "weight", np.arange(1.0, 4), {"w": np.ones(3)}),
        ),
        "reading": ("time: column `ds`.",),
        "notes": ("`noise` has no effect.",),
        "left_out": {"odd": "its times are not regular."},
        "settings": {"seed": "0"},
    }
    if series and all(len(one.forecasts[0].ds) for one in series):
        parts |= {"overview": overview_of(series), "sort_by": ""}
    return Report(series=series, **{**parts, **changed})


def texts(tab: Any, selector: str) -> list[str]:
    """The texts of some elements of an opened page."""
    return [str(text) for text in tab.locator(selector).all_text_contents()]
