"""Scores the forecasts of a backtest with losses of utilsforecast.

Source: Nixtla's utilsforecast, `utilsforecast.losses` and `utilsforecast.evaluation`.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from typing import TYPE_CHECKING, Any

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.forecast.baselines.method_forecast import MethodForecast
from gated.forecast.quantiles import at_level
from gated.text import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["evaluate", "forecast_columns"]

Loss = str | Callable[..., Any]

_INTERVALS = {"level", "q", "quantiles"}  # parameters of losses that need intervals


def evaluate(
    columns: Mapping[str, Any],
    past: Mapping[str, Any],
    metrics: Sequence[Loss],
    models: Mapping[str, bool],
    *,
    levels: Sequence[float],
    season_length: int,
) -> "pd.DataFrame":
    """Score forecasts with losses of utilsforecast.

    Args:
        columns: unique_id, ds, cutoff, y, one column per model, and for the intervals of a model
            `<model>-lo-80`, `<model>-hi-80` and so on. Rows without an actual value are left out.
        past: unique_id, ds, y: the past, for losses that are scaled by it (mase …).
        metrics: names in `utilsforecast.losses`, or such functions.
        models: maps each column to score to whether it has intervals.
        levels: the levels of the intervals, in percent.
        season_length: season length for the losses with this parameter.

    Raises:
        UsageError: utilsforecast is not installed, or has no such loss.
    """
    if find_spec("utilsforecast") is None:
        raise UsageError(
            "evaluate needs the library utilsforecast, which is not installed. Install it with "
            'pip install "gated[evaluation]".'
        )
    import pandas as pd  # utilsforecast needs it
    from utilsforecast.evaluation import evaluate as evaluated

    losses = [_seasonal(_loss(metric), season_length) for metric in metrics]
    of_points = [loss for loss in losses if not _reads_intervals(loss)]
    of_intervals = [loss for loss in losses if _reads_intervals(loss)]
    frame, train = (each[each["y"].notna()] for each in map(pd.DataFrame, (columns, past)))
    level: list[Any] = [int(one) if one == int(one) else one for one in levels]
    parts = []
    if of_points:
        parts.append(evaluated(frame, of_points, models=list(models), train_df=train))
    if of_intervals:
        names = [name for name, has_intervals in models.items() if has_intervals]
        parts.append(evaluated(frame, of_intervals, models=names, train_df=train, level=level))
    scores: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return scores


def _reads_intervals(loss: Callable[..., Any]) -> bool:
    return not _INTERVALS.isdisjoint(signature(loss).parameters)


def _loss(metric: Loss) -> Callable[..., Any]:
    """The loss function of a name, or a given function."""
    if not isinstance(metric, str):
        return metric
    losses = import_module("utilsforecast.losses")
    known = losses.__all__
    if metric not in known:
        raise UsageError(
            f"utilsforecast has no loss {metric!r}.{did_you_mean(metric, known)} Expected names "
            f"such as {', '.join(known[:8])}, or such functions."
        )
    found: Callable[..., Any] = getattr(losses, metric)
    return found


def _seasonal(loss: Callable[..., Any], season_length: int) -> Callable[..., Any]:
    """The loss with its parameter `seasonality` set, if it has one."""
    if "seasonality" not in signature(loss).parameters:
        return loss

    def seasonal(*args: Any, **options: Any) -> Any:
        return loss(*args, **{"seasonality": season_length, **options})

    seasonal.__name__ = loss.__name__
    seasonal.__signature__ = _without_seasonality(loss)  # type: ignore[attr-defined]
    return seasonal


def _without_seasonality(loss: Callable[..., Any]) -> Any:
    whole = signature(loss)
    kept = [p for name, p in whole.parameters.items() if name != "seasonality"]
    return whole.replace(parameters=kept)


def forecast_columns(
    forecasts: Mapping[str, MethodForecast], levels: Sequence[float]
) -> tuple[dict[str, FloatArray], dict[str, bool]]:
    """The columns of `evaluate` for M forecasts of h steps, and its `models`.

    Args:
        forecasts: maps the name of a method to its forecast. Means are a method of their own, such
            as "gated-mean".
        levels: the levels of the intervals, in percent.
    """
    columns: dict[str, FloatArray] = {}
    models = {}
    for name, forecast in forecasts.items():
        columns[name] = forecast.points.reshape(-1)
        models[name] = forecast.quantiles is not None
        if forecast.mean is not None:
            columns[f"{name}-mean"] = forecast.mean.reshape(-1)
            models[f"{name}-mean"] = False
        if forecast.quantiles is None:
            continue
        for level in levels:
            for end, tail in (("lo", (100 - level) / 200), ("hi", (100 + level) / 200)):
                columns[f"{name}-{end}-{level:g}"] = at_level(forecast.quantiles, tail).reshape(-1)
    return columns, models
