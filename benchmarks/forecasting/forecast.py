"""Accuracy, seconds and memory of `gated.Forecaster` beside simple rules and published figures."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

import gated
from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, peak_memory_mb, timed
from benchmarks.common.report import Column, Report, Sheet, Value, spread
from benchmarks.forecasting.comparison import part_sheets, ratio_sheet, score_sheet
from benchmarks.forecasting.data.cut import Cut
from benchmarks.forecasting.data.datasets import M4_HOURLY, Columns, load
from benchmarks.forecasting.methods import (
    Method,
    add_owa,
    check_seasonal_naive,
    known_methods,
    simple_rules,
)
from benchmarks.forecasting.published import NEURALFORECAST, NEURALFORECAST_SECONDS
from benchmarks.forecasting.scores import DECILES, LEVELS, Answer
from gated.arrays import FloatArray

__all__ = ["Measured", "Request", "fit_and_predict", "run"]


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        name: a data set or a path.
        data, anchors: where the data sets and the published figures lie.
        columns, horizon, validation: see `benchmarks.forecasting.data.datasets.load`.
        seeds: one fit each.
        threads: of the fits.
        max_steps: shortens training, for a trial; None: the default.
        training: the way to a network, as `gated.Forecaster` knows it.
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
        """The name of our row: a shortened run can never be mistaken for a full one."""
        way = "" if self.training == "auto" else f" (training {self.training})"
        if self.max_steps is not None:
            way += f" (SHORTENED: {self.max_steps} steps)"
        return f"gated{way}"


@dataclass(frozen=True)
class Measured:
    """One fit and forecast.

    Attributes:
        answer: the forecast, in the order of the cut's series.
        fit_seconds, predict_seconds: from frame to model, and from model to frame.
        peak_mb: of the process that did both, libraries included.
        verdict: what the model itself said of network and rules.
    """

    answer: Answer
    fit_seconds: float
    predict_seconds: float
    peak_mb: float
    verdict: str


def run(request: Request) -> Report:
    """Fit, forecast, score.

    Raises:
        DataError, UsageError: from reading the data.
        GatedError: a process died, or our seasonal naive is not the published one.
    """
    where = machine(request.threads)
    cuts = load(
        request.name,
        request.data,
        columns=request.columns,
        horizon=request.horizon,
        validation=request.validation,
    )
    rules = simple_rules(cuts)
    known: list[Method] = []
    notes = list(dict.fromkeys(note for cut in cuts for note in cut.notes))
    if not request.validation:  # published figures are of the test cut
        known = known_methods(request.name, cuts, request.data, request.anchors)
        if request.name == M4_HOURLY:
            notes.append(check_seasonal_naive(rules, known))
    measured = [[_measure(cut, seed, request) for seed in request.seeds] for cut in cuts]
    answers = [[one.answer for one in runs] for runs in zip(*measured, strict=True)]
    ours = Method.answering(request.label, "this run", cuts, answers)
    methods = [ours, *rules, *known]
    add_owa(request.name, methods)
    parts = [cut.name for cut in cuts]
    return Report(
        benchmark="forecast",
        facts=_facts(request),
        machine=where,
        sheets=[
            ratio_sheet(request.name, ours, rules, known),
            score_sheet(request.name, methods),
            *(part_sheets(request.name, parts, methods) if len(parts) > 1 else ()),
            _cost_sheet(request, cuts, measured),
        ],
        notes=[*notes, *_verdicts(request, cuts, measured), *_remarks(request)],
    )


def fit_and_predict(cut: Cut, seed: int, max_steps: int | None, training: str = "auto") -> Measured:
    """Fit a forecaster, horizon given and all else default, and forecast the future of a cut."""
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
    return Measured(_answer(frame, cut), fit_seconds, predict_seconds, peak, model.verdict_.text)


def _answer(frame: pd.DataFrame, cut: Cut) -> Answer:
    """Bring a forecast into the order of the cut's series; NaN for one that is missing."""
    found = pd.Index(frame["unique_id"].to_numpy()[:: cut.h])
    rows = found.get_indexer(pd.Index(cut.ids))

    def column(name: str) -> FloatArray:
        values = frame[name].to_numpy(dtype=np.float64).reshape(-1, cut.h)
        return np.where(rows[:, None] >= 0, values[rows], np.nan)

    deciles = np.stack([column(f"gated-q-{100 * q:g}") for q in DECILES], axis=-1)
    ends = {n: (column(f"gated-lo-{n}"), column(f"gated-hi-{n}")) for n in LEVELS}
    return Answer(column("gated"), deciles, ends)


def _measure(cut: Cut, seed: int, request: Request) -> Measured:
    print(f"{cut.name}, seed {seed}: fitting …", file=sys.stderr, flush=True)
    return in_fresh_process(
        request.threads, fit_and_predict, cut, seed, request.max_steps, request.training
    )


def _cost_sheet(
    request: Request, cuts: Sequence[Cut], measured: Sequence[Sequence[Measured]]
) -> Sheet:
    """Seconds and memory: by part, in all, and of the one published method that is timed."""
    rows: list[dict[str, Value]] = [
        {
            "part": f"{request.label}, {cut.name}",
            "series": len(cut.ids),
            "steps": len(cut.past),
            "fit": spread([one.fit_seconds for one in runs]),
            "predict": spread([one.predict_seconds for one in runs]),
            "peak": spread([one.peak_mb for one in runs]),
        }
        for cut, runs in zip(cuts, measured, strict=True)
    ]
    if len(cuts) > 1:
        by_seed = list(zip(*measured, strict=True))
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
    return Sheet("costs", "Costs, each fit in a process of its own", columns, rows)


def _facts(request: Request) -> dict[str, str | int | bool]:
    return {
        "data": request.name,
        "cut": "validation" if request.validation else "test",
        "seeds": ",".join(map(str, request.seeds)),
        "shortened": request.max_steps is not None,
    }


def _verdicts(
    request: Request, cuts: Sequence[Cut], measured: Sequence[Sequence[Measured]]
) -> list[str]:
    return [
        f"{cut.name}, seed {seed}: {one.verdict}"
        for cut, runs in zip(cuts, measured, strict=True)
        for seed, one in zip(request.seeds, runs, strict=True)
    ]


def _remarks(request: Request) -> list[str]:
    remarks = []
    if request.validation:
        remarks.append(
            "Validation cut: the last horizon was left unread, and published figures, which are "
            "of the test cut, do not apply."
        )
    if len(request.seeds) > 1:
        remarks.append(
            f"Of {len(request.seeds)} seeds: the median, and below it the lowest and the highest."
        )
    if request.max_steps is not None:
        remarks.append(
            f"SHORTENED to {request.max_steps} training steps: neither accuracy nor seconds say "
            "anything about gated as it comes."
        )
    return remarks
