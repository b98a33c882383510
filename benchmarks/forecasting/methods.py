"""The methods that are compared on a cut: gated, its simple baselines, published methods."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.common.folders import Folder
from benchmarks.forecasting import published
from benchmarks.forecasting.data.cut import Cut
from benchmarks.forecasting.data.datasets import M3, M4_HOURLY
from benchmarks.forecasting.scores import Actuals, CutForecast, Scores, baseline_forecast, owa
from gated.errors import GatedError
from gated.forecast.baselines.simple import BASELINES

__all__ = [
    "POOLED",
    "Method",
    "add_owa",
    "check_seasonal_naive",
    "published_methods",
    "simple_baselines",
]

POOLED = "pooled"
"""The key of the scores over all parts together."""

NAIVE2 = {M4_HOURLY: "Naive2", M3: "NAIVE2"}
"""Data set to the published method that its OWA is relative to."""


@dataclass(frozen=True)
class Method:
    """The scores of one method.

    Attributes:
        name: of the method.
        source: of its figures, such as "this run".
        runs: part of the data to the scores of each run; "pooled" is all parts.
    """

    name: str
    source: str
    runs: dict[str, list[Scores]]

    @classmethod
    def of_forecasts(
        cls, name: str, source: str, cuts: Sequence[Cut], runs: Sequence[Sequence[CutForecast]]
    ) -> "Method":
        """Score the forecasts of several runs, each with one forecast for each cut."""
        actuals = [Actuals.of(cut) for cut in cuts]
        scored: dict[str, list[Scores]] = {POOLED: []}
        for forecasts in runs:
            for cut, truth, forecast in zip(cuts, actuals, forecasts, strict=True):
                scored.setdefault(cut.name, []).append(forecast.scores(truth))
            scored[POOLED].append(CutForecast.pool(forecasts).scores(Actuals.pool(actuals)))
        return cls(name, source, scored)


def simple_baselines(cuts: Sequence[Cut]) -> list[Method]:
    """Every simple baseline of gated, scored on these cuts."""
    return [
        Method.of_forecasts(
            name, "baseline", cuts, [[baseline_forecast(name, cut) for cut in cuts]]
        )
        for name in BASELINES
    ]


def published_methods(
    name: str, cuts: Sequence[Cut], data: Folder, anchors: Folder
) -> list[Method]:
    """The methods with published figures or forecasts for the test cut of a data set, if any.

    Raises:
        DataError: a file of published figures is missing.
    """
    if name == M4_HOURLY:
        rows = published.m4_hourly(data, anchors)
        return [Method(row.method, row.source, {POOLED: [row.scores]}) for row in rows]
    if name == M3:
        forecasts = published.m3_forecasts(data, cuts)
        source = "published forecasts"
        return [
            Method.of_forecasts(method, source, cuts, [parts])
            for method, parts in forecasts.items()
        ]
    return []


def add_owa(name: str, methods: Sequence[Method]) -> None:
    """Add OWA to every method that has sMAPE and MASE, if a published Naive2 is among them.

    A published OWA is not replaced.
    """
    naive2 = next((method for method in methods if method.name == NAIVE2.get(name)), None)
    if naive2 is None:
        return
    for part, [reference] in naive2.runs.items():
        for method in methods:
            for scores in method.runs.get(part, []):
                if "smape" in scores and "mase" in scores:
                    scores.setdefault("owa", owa(scores, reference))


def check_seasonal_naive(baselines: Sequence[Method], references: Sequence[Method]) -> str:
    """Compare our seasonal naive on M4 hourly with the published one, to its last digit.

    Returns:
        A sentence with the scores of both.

    Raises:
        GatedError: they differ: the data, the cut or the metrics are not those of M4.
    """
    [ours] = next(m.runs[POOLED] for m in baselines if m.name == "seasonal_naive")
    [theirs] = next(m.runs[POOLED] for m in references if m.name == "sNaive")
    figures = " and ".join(
        f"{title} {ours[key]:.3f} (published {theirs[key]:.3f})"
        for key, title in (("smape", "sMAPE"), ("mase", "MASE"))
    )
    if any(round(ours[key], 3) != round(theirs[key], 3) for key in ("smape", "mase")):
        raise GatedError(
            f"The seasonal naive baseline scores {figures}. Expected the published figures: the "
            "data, the cut or the metrics are not those of M4. Compare the files in --data-dir "
            "with the competition's."
        )
    return f"Checked: our seasonal naive scores {figures}."
