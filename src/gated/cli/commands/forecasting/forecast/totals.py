"""Prints the totals of a forecast in words, and the probability that a number is enough."""

from typing import Any

from gated.cli.console.messages import Messages
from gated.cli.output.columns import Columns
from gated.cli.requests.forecasting.forecast_request import ForecastRequest
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.prediction.paths import paths_for_totals
from gated.text import aligned, between, counted, percent, rounded

__all__ = ["path_settings", "print_totals", "totals_level"]

_SERIES_SHOWN = 3


def totals_level(request: ForecastRequest) -> tuple[float, ...]:
    """Return the levels of the intervals of totals: the requested ones, else 80."""
    return request.level or (80.0,)


def path_settings(request: ForecastRequest, made: Forecast) -> dict[str, Any]:
    """Return the number of paths from which totals are computed, and their seed."""
    return {"n_paths": paths_for_totals(len(made.ids), made.h), "seed": request.seed or 0}


def print_totals(messages: Messages, request: ForecastRequest, made: Forecast) -> None:
    """Print the totals over the horizon, and the probability of --enough.

    Totals of series with negative values, such as temperatures, are not printed.
    """
    adds_up = made.marginals.is_non_negative
    if messages.quiet or not (adds_up.any() or request.enough is not None):
        return
    settings = path_settings(request, made)
    level = totals_level(request)[0]
    series = len(made.ids)
    if adds_up.any():
        lines = []
        if series > 1 and adds_up.all():
            whole = Columns.of(made.totals(over_series=True, level=level, **settings))
            lines += _sentences(whole, f"all {series:,} series together", level)
        if series <= _SERIES_SHOWN:
            each = Columns.of(made.totals(level=level, **settings))
            lines += [
                line
                for label, number in zip(made.ids, range(series), strict=True)
                if adds_up[number]
                for line in _sentences(
                    each.rows(number, number + 1), f"`{label}`" if series > 1 else "", level
                )
            ]
        else:
            lines.append("--totals horizon writes the total of each series.")
        messages.write(
            "Total", f"Over {counted(made.h, made.table.frequency.noun)}: {lines[0]}", *lines[1:]
        )
    if request.enough is not None:
        messages.write("Enough", *_enough(request.enough, made, settings))


def _sentences(rows: Columns, label: str, level: float) -> list[str]:
    """Describe each row of totals."""
    name = f"{label}: " if label else ""
    numbers = [
        rows.floats(column).tolist()
        for column in ("gated-mean", f"gated-lo-{level:g}", f"gated-hi-{level:g}")
    ]
    return [
        f"{name}{rounded(mean)} expected; between {between(low, high)} with {level:g} % "
        "probability."
        for mean, low, high in zip(*numbers, strict=True)
    ]


def _enough(number: float, made: Forecast, settings: dict[str, Any]) -> list[str]:
    """Describe the probability that the total over the horizon is at most a number."""
    series, sentences = len(made.ids), []
    shown = aligned([number])[0].strip()
    if series > 1:
        whole = Columns.of(made.probability(at_most=number, over_series=True, **settings))
        share = percent(float(whole.floats("probability")[0]))
        sentences.append(f"{shown} is enough for all {series:,} series with {share} probability.")
    each = Columns.of(made.probability(at_most=number, **settings)).floats("probability")
    for label, share in zip(made.ids[:_SERIES_SHOWN], each.tolist(), strict=False):
        of = f" for `{label}`" if series > 1 else ""
        sentences.append(f"{shown} is enough{of} with {percent(share)} probability.")
    return sentences
