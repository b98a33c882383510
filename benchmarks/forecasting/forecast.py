"""Accuracy, seconds and memory of `gated.Forecaster` against baselines and published figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

import gated
from benchmarks.common.folders import Folder
from benchmarks.common.measure import (
    in_fresh_process,
    machine,
    peak_memory_mb,
    show_progress,
    timed,
)
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from benchmarks.forecasting.comparison import part_sheets, ratio_sheet, score_sheet
from benchmarks.forecasting.data.cut import Cut
from benchmarks.forecasting.data.datasets import M4_HOURLY, Columns, load_cuts
from benchmarks.forecasting.methods import (
    Method,
    add_owa,
    check_seasonal_naive,
    published_methods,
    simple_baselines,
)
from benchmarks.forecasting.published import NEURALFORECAST, NEURALFORECAST_SECONDS
from benchmarks.forecasting.scores import DECILES, LEVELS, CutForecast
from gated.arrays import FloatArray

__all__ = ["ForecastRequest", "ForecastRun", "fit_and_predict", "run"]


@dataclass(frozen=True)
class ForecastRequest:
    """Options of the benchmark.

    Attributes:
        name: a data set or the path of a table.
        data: the folder of data sets.
        anchors: the folder of published figures.
        columns, horizon, validation: see `benchmarks.forecasting.data.datasets.load_cuts`.
        seeds: one fit each.
        threads: number of threads of each fit.
        max_steps: shortens the training, to try the benchmark; None: the default.
        training: of `gated.Forecaster`.
    """

    name: str
    data: Folder
    anchors: Folder
    columns: Columns = field(default_factory=Columns)
    horizon: int | None = None
    validation: bool = False
    seeds: tuple[int, ...] = (0,)
    threads: int = 2
    max_steps: int | None = None
    training: str = "auto"

    @property
    def label(self) -> str:
        """The name of our row; it shows that a run was shortened."""
        training = "" if self.training == "auto" else f" (training {self.training})"
        shortened = "" if self.max_steps is None else f" (SHORTENED: {self.max_steps} steps)"
        return f"gated{training}{shortened}"


@dataclass(frozen=True)
class ForecastRun:
    """The result of one fit and forecast.

    Attributes:
        forecast: in the order of the cut's series.
        fit_seconds: from the frame to the fitted model.
        predict_seconds: from the fitted model to the frame.
        peak_mb: peak memory of the process that did both, libraries included.
        verdict: `verdict_.text` of the model: which of network and baseline forecasts.
    """

    forecast: CutForecast
    fit_seconds: float
    predict_seconds: float
    peak_mb: float
    verdict: str


def run(request: ForecastRequest) -> Report:
    """Fit, forecast and score.

    Raises:
        DataError, UsageError: from reading the data.
        GatedError: a process was killed, or our seasonal naive differs from the published one.
    """
    described = machine(request.threads)
    cuts = load_cuts(
        request.name,
        request.data,
        columns=request.columns,
        horizon=request.horizon,
        validation=request.validation,
    )
    baselines = simple_baselines(cuts)
    published: list[Method] = []
    notes = list(dict.fromkeys(note for cut in cuts for note in cut.notes))
    if not request.validation:  # published figures are of the test cut
        published = published_methods(request.name, cuts, request.data, request.anchors)
        if request.name == M4_HOURLY:
            notes.append(check_seasonal_naive(baselines, published))
    runs_by_cut = [[_run_once(cut, seed, request) for seed in request.seeds] for cut in cuts]
    forecasts = [[one.forecast for one in runs] for runs in zip(*runs_by_cut, strict=True)]
    ours = Method.of_forecasts(request.label, "this run", cuts, forecasts)
    methods = [ours, *baselines, *published]
    add_owa(request.name, methods)
    parts = [cut.name for cut in cuts]
    return Report(
        benchmark="forecast",
        facts=_facts(request),
        machine=described,
        sheets=[
            ratio_sheet(request.name, ours, baselines, published),
            score_sheet(request.name, methods),
            *(part_sheets(request.name, parts, methods) if len(parts) > 1 else ()),
            _cost_sheet(request, cuts, runs_by_cut),
        ],
        notes=[*notes, *_verdicts(request, cuts, runs_by_cut), *_warnings(request)],
    )


def fit_and_predict(
    cut: Cut, seed: int, max_steps: int | None, training: str = "auto"
) -> ForecastRun:
    """Fit a forecaster with the cut's horizon and defaults, and forecast the cut's future."""
    model = gated.Forecaster(h=cut.h, seed=seed, max_steps=max_steps, training=training)
    _, fit_seconds = timed(
        model.fit,
        cut.past,
        covariates=cut.covariates,
        id_col="unique_id",
        time_col="ds",
        target_col="y",
    )
    frame, predict_seconds = timed(
        model.predict,
        h=cut.h,
        level=LEVELS,
        quantiles=DECILES,
        X_df=cut.future if cut.covariates else None,
    )
    peak = peak_memory_mb()
    forecast = _as_cut_forecast(frame, cut)
    return ForecastRun(forecast, fit_seconds, predict_seconds, peak, model.verdict_.text)


def _as_cut_forecast(frame: pd.DataFrame, cut: Cut) -> CutForecast:
    """A frame's forecast in the order of the cut's series; NaN for a missing series."""
    ids = pd.Index(frame["unique_id"].to_numpy()[:: cut.h])
    rows = ids.get_indexer(pd.Index(cut.ids))

    def column(name: str) -> FloatArray:
        values = frame[name].to_numpy(dtype=np.float64).reshape(-1, cut.h)
        return np.where(rows[:, None] >= 0, values[rows], np.nan)

    deciles = np.stack([column(f"gated-q-{100 * q:g}") for q in DECILES], axis=-1)
    intervals = {n: (column(f"gated-lo-{n}"), column(f"gated-hi-{n}")) for n in LEVELS}
    return CutForecast(column("gated"), deciles, intervals)


def _run_once(cut: Cut, seed: int, request: ForecastRequest) -> ForecastRun:
    show_progress(f"{cut.name}, seed {seed}: fitting")
    return in_fresh_process(
        request.threads, fit_and_predict, cut, seed, request.max_steps, request.training
    )


def _cost_sheet(
    request: ForecastRequest, cuts: Sequence[Cut], runs_by_cut: Sequence[Sequence[ForecastRun]]
) -> Sheet:
    """Seconds and memory: of each part, of all parts, and of one published method."""
    rows: list[Row] = [
        {
            "part": f"{request.label}, {cut.name}",
            "series": len(cut.ids),
            "steps": len(cut.past),
            "fit": spread([one.fit_seconds for one in runs]),
            "predict": spread([one.predict_seconds for one in runs]),
            "peak": spread([one.peak_mb for one in runs]),
        }
        for cut, runs in zip(cuts, runs_by_cut, strict=True)
    ]
    if len(cuts) > 1:
        by_seed = list(zip(*runs_by_cut, strict=True))
        rows.append(
            {
                "part": f"{request.label}, all parts",
                "series": sum(len(cut.ids) for cut in cuts),
                "steps": sum(len(cut.past) for cut in cuts),
                "fit": spread([sum(one.fit_seconds for one in runs) for runs in by_seed]),
                "predict": spread([sum(one.predict_seconds for one in runs) for runs in by_seed]),
                "peak": spread([max(one.peak_mb for one in runs) for runs in by_seed]),
            }
        )
    if request.name == M4_HOURLY:
        rows.append({"part": f"{NEURALFORECAST}, quoted", **NEURALFORECAST_SECONDS})
    columns = [
        Column("part", "part"),
        Column("series", "series"),
        Column("steps", "past steps"),
        Column("fit", "fit, s", 1),
        Column("predict", "predict, s", 2),
        Column("peak", "peak memory, MB", 0),
    ]
    return Sheet("costs", "Costs, each fit in a new process", columns, rows)


def _facts(request: ForecastRequest) -> dict[str, str | int | bool]:
    return {
        "data": request.name,
        "cut": "validation" if request.validation else "test",
        "seeds": ",".join(map(str, request.seeds)),
        "shortened": request.max_steps is not None,
    }


def _verdicts(
    request: ForecastRequest, cuts: Sequence[Cut], runs_by_cut: Sequence[Sequence[ForecastRun]]
) -> list[str]:
    return [
        f"{cut.name}, seed {seed}: {one.verdict}"
        for cut, runs in zip(cuts, runs_by_cut, strict=True)
        for seed, one in zip(request.seeds, runs, strict=True)
    ]


def _warnings(request: ForecastRequest) -> list[str]:
    warnings = []
    if request.validation:
        warnings.append(
            "Validation cut: the last horizon was not read. Published figures are of the test cut "
            "and are not shown."
        )
    if len(request.seeds) > 1:
        warnings.append(
            f"Of {len(request.seeds)} seeds: the median, and below it the lowest and the highest."
        )
    if request.max_steps is not None:
        warnings.append(
            f"SHORTENED to {request.max_steps} training steps: accuracy and seconds are not those "
            "of gated with its defaults."
        )
    return warnings
