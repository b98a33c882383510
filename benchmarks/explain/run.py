"""Compares attributions on five real tables, and on synthetic series with known drivers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

import numpy as np

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet
from benchmarks.explain.faithfulness import REPLACEMENTS, scores
from benchmarks.explain.known_drivers import KINDS, precision_and_recall, shares_of
from benchmarks.explain.methods import METHODS, SIGNED, directed, timed
from benchmarks.explain.perturbed import PerturbedForecast
from benchmarks.explain.windows import Windows, read_windows
from gated import Forecaster
from gated.arrays import FloatArray
from gated.forecast.model.network import SeasonNetwork

__all__ = ["run"]

_SCORES = ("AOPCR", "comprehensiveness", "CPD", "sufficiency", "APT")
_DRAWS = 1000


@dataclass
class Measured:
    """The figures of one table.

    Attributes:
        scores: method to score to replacement to the values of the windows.
        seconds: method to the seconds of each window.
        randomised: of each window, the rank correlation of our weights with those of a network
            with permuted weights.
    """

    scores: dict[str, dict[str, dict[str, list[float]]]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    randomised: list[float] = field(default_factory=list)

    def add(self, method: str, replacement: str, found: Mapping[str, float]) -> None:
        """Add the scores of one window."""
        for name, value in found.items():
            by_score = self.scores.setdefault(method, {}).setdefault(name, {})
            by_score.setdefault(replacement, []).append(value)


def run(folder: Folder, tables: Sequence[str], windows: int, threads: int) -> Report:
    """Compare the attributions.

    Args:
        folder: of the data sets.
        tables: names of tables.
        windows: number of windows of each.
        threads: of the measured process.
    """
    described = machine(threads)
    found = {}
    for name in tables:
        show_progress(name)
        found[name] = in_fresh_process(threads, measure, read_windows(folder, name, windows))
    show_progress("synthetic series")
    known = in_fresh_process(threads, measure_known, 0)
    randomised: list[Row] = [
        {"table": name, "correlation": median(one.randomised)} for name, one in found.items()
    ]
    means = "mean of tables and replacements"
    sheets = [
        Sheet("ratios", f"ours ÷ others, {means}", _RATIO_COLUMNS, _ratios(found, str, METHODS)),
        Sheet(
            "directed",
            f"the same, sorted in the direction of the forecast, {means}",
            _RATIO_COLUMNS[:-1],
            _ratios(found, _directed, SIGNED),
        ),
        Sheet("scores", f"{means}, in spreads", _COLUMNS, _rows(found)),
        Sheet("known", "synthetic series with known drivers", _KNOWN_COLUMNS, known),
        Sheet(
            "randomised",
            "rank correlation with a network of permuted weights",
            (Column("table", "table"), Column("correlation", "correlation", 2)),
            randomised,
        ),
    ]
    facts: dict[str, str | int | bool] = {"windows of each table": windows, "steps": 500}
    return Report("explain", facts, described, sheets)


def measure(windows: Windows) -> Measured:
    """Score all methods on the windows of one table."""
    made = Forecaster().forecast(windows.frame, h=windows.h)
    season, found = made.table.frequency.season_length, Measured()
    permuted = replace(made, fitted=replace(made.fitted, network=_permuted(made.fitted.network)))
    for series in range(len(made.ids)):
        forecast = PerturbedForecast(made, series)
        for name, method in METHODS.items():
            timed(method, forecast) if series == 0 else None  # warm
            attribution, seconds = timed(method, forecast)
            found.seconds.setdefault(name, []).append(seconds)
            relevance = {name: np.abs(attribution)}
            if name in SIGNED:
                relevance[_directed(name)] = directed(name, forecast, attribution)
            for order, values in relevance.items():
                for replacement in REPLACEMENTS:
                    found.add(order, replacement, scores(forecast, values, replacement, season))
        weights = [METHODS["gradient"](PerturbedForecast(one, series)) for one in (made, permuted)]
        found.randomised.append(_rank_correlation(*weights))
    return found


def measure_known(seed: int) -> list[Row]:
    """Score the drivers of the synthetic series of each kind, and the mean of all kinds."""
    rows: list[Row] = []
    for kind in KINDS:
        both = np.array([precision_and_recall(kind, shares) for shares in shares_of(kind, seed)])
        precision, recall = both.mean(axis=0)
        rows.append({"kind": kind, "AUP": float(precision), "AUR": float(recall)})
    mean = {key: float(np.mean([row[key] for row in rows])) for key in ("AUP", "AUR")}
    return [*rows, {"kind": "mean", **mean}]


def _permuted(network: SeasonNetwork) -> SeasonNetwork:
    """The network with the values of each weight in a random order."""
    generator = np.random.default_rng(0)
    arrays = {
        name: generator.permuted(array, axis=None).reshape(array.shape)
        for name, array in network.arrays.items()
    }
    return SeasonNetwork(network.config, arrays)


def _rank_correlation(first: FloatArray, second: FloatArray) -> float:
    """Spearman's correlation of the absolute weights, the mean over the forecast steps.

    Values that neither network reads, such as missing and very old ones, do not count, nor do
    closed steps.
    """
    found = []
    for one, other in zip(first, second, strict=True):
        read = (one != 0) | (other != 0)
        if not read.any():  # a closed step
            continue
        ranks = [np.abs(part[read]).argsort().argsort() for part in (one, other)]
        found.append(np.corrcoef(ranks)[0, 1])
    return float(np.mean(found))


_COLUMNS = (
    Column("method", "method"),
    *(Column(name, name) for name in _SCORES),
    Column("seconds", "seconds", 3),
)
_RATIO_COLUMNS = (
    Column("against", "against"),
    *(Column(name, name, 2) for name in _SCORES),
    Column("low", "AOPCR, 2.5 %", 2),
    Column("high", "97.5 %", 2),
    Column("seconds", "seconds", 3),
)
_KNOWN_COLUMNS = (Column("kind", "kind"), Column("AUP", "AUP"), Column("AUR", "AUR"))


def _table_means(found: Mapping[str, Measured], method: str, score: str) -> FloatArray:
    """[tables, windows] the mean over the replacements."""
    return np.array(
        [np.mean(list(one.scores[method][score].values()), axis=0) for one in found.values()]
    )


def _rows(found: Mapping[str, Measured]) -> list[Row]:
    rows: list[Row] = []
    for method in METHODS:
        row: Row = {"method": method}
        row |= {score: float(_table_means(found, method, score).mean()) for score in _SCORES}
        row["seconds"] = float(np.mean([median(one.seconds[method]) for one in found.values()]))
        rows.append(row)
    return rows


def _directed(method: str) -> str:
    """The name of a method's scores with values sorted in the direction of the forecast."""
    return f"{method}, directed"


def _ratios(
    found: Mapping[str, Measured], order: Callable[[str], str], methods: Iterable[str]
) -> list[Row]:
    """The mean over tables of ours ÷ another method, with a bootstrap interval of the windows."""
    rows: list[Row] = []
    for method in methods:
        if method == "ours":
            continue
        row: Row = {"against": method}
        for score in _SCORES:
            ours, other = (_table_means(found, order(n), score) for n in ("ours", method))
            row[score] = float((ours.mean(axis=1) / other.mean(axis=1)).mean())
        ours, other = (_table_means(found, order(n), "AOPCR") for n in ("ours", method))
        drawn = np.random.default_rng(0).integers(ours.shape[1], size=(_DRAWS, *ours.shape))
        sums = [np.take_along_axis(one[None], drawn, axis=2).mean(axis=2) for one in (ours, other)]
        low, high = np.quantile((sums[0] / sums[1]).mean(axis=1), [0.025, 0.975])
        row |= {"low": float(low), "high": float(high)}
        seconds = [one.seconds for one in found.values()]
        times = [median(one["ours"]) / median(one[method]) for one in seconds]
        row["seconds"] = float(np.mean(times))
        rows.append(row)
    return rows
