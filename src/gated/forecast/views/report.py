"""Forecasts and backtests as reports: what `gated.report` draws, from what was found here."""

from collections.abc import Mapping

import numpy as np

import gated
from gated.forecast.data.dataset import build_dataset
from gated.forecast.evaluation.result import Backtest
from gated.forecast.model.explanation import kept_by_distance
from gated.forecast.prediction.columns import NAME
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.quantiles import QUANTILES, at_level
from gated.report import Ahead, Coverage, Curves, Report, Series, Sheet
from gated.table import Table
from gated.text import amount, listed, plain

__all__ = ["backtest_report", "forecast_report"]


_SCORES = {"mase": "MASE", "smape": "sMAPE", "wape": "WAPE", "rmse": "RMSE", "crps": "CRPS"}


def forecast_report(made: Forecast, settings: Mapping[str, str]) -> Report:
    """A forecast's report.

    Args:
        made: the forecast.
        settings: to be told at the end.
    """
    table, fitted = made.table, made.fitted
    schema = table.schema
    data = build_dataset(table, fitted.profile, fitted.network.config.layout, made.future)
    return Report(
        title=f"{schema.target_col}: the next {made.h:,} steps",
        verdict=(fitted.combination.text,),
        series=_Ahead(made),
        y_label=schema.target_col,
        sheets=_held_out(made),
        memory=tuple(kept_by_distance(fitted.network, table, data, made.h)),
        read=table.notes,
        warnings=(*fitted.profile.notes(schema.target_col), *made.notes),
        left_out=table.rejected,
        settings={**_given(table, made.h), **settings},
    )


def backtest_report(found: Backtest, settings: Mapping[str, str]) -> Report:
    """A backtest's report."""
    table, cutoffs = found.table, found.cutoffs
    return Report(
        title=f"{table.schema.target_col}: forecasts of the past",
        verdict=(found.text,),
        series=_Checked(found),
        y_label=table.schema.target_col,
        sheets=(_accuracy(found), _intervals(found), _by_cutoff(found)),
        curves=_by_step(found),
        coverage=_coverage(found),
        read=table.notes,
        warnings=found.learned,
        left_out=table.rejected,
        settings={
            **_given(table, cutoffs.h),
            "cutoffs": f"{cutoffs.n_windows:,}, {cutoffs.step_size:,} steps apart",
            **settings,
        },
    )


def _given(table: Table, h: int) -> dict[str, str]:
    """What the forecasts were made with."""
    inputs = {
        "known ahead": table.covariate_names,
        "known to the present": table.past_names,
        "static features": table.static.names,
    }
    named = {what: listed(names) for what, names in inputs.items() if names}
    return {"version": gated.__version__, "horizon": f"{h:,} steps", **named}


class _Ahead:
    """The series of a forecast, each made when it is asked for."""

    def __init__(self, made: Forecast) -> None:
        self.made = made
        self.median = made.columns[NAME]

    def __len__(self) -> int:
        return len(self.made.ids)

    def __getitem__(self, index: int) -> Series:
        table = self.made.table
        known = index < table.n_series  # a newcomer has no past
        rows = slice(*table.offsets[index : index + 2]) if known else slice(0, 0)
        bands = {level: (lo[index], hi[index]) for level, (lo, hi) in self.made.bands.items()}
        ahead = Ahead(self.made.ds[index], self.median[index], bands)
        facts = {"mean ahead": amount(self.median[index].mean())}
        return Series(str(self.made.ids[index]), table.ds[rows], table.y[rows], (ahead,), facts)


def _held_out(made: Forecast) -> tuple[Sheet, ...]:
    """The errors that the verdict rests on."""
    errors = made.fitted.combination.errors
    if not errors:
        return ()
    rows = tuple(
        (plain(name), value) for name, value in sorted(errors.items(), key=lambda pair: pair[1])
    )
    combination = made.fitted.combination
    return (
        Sheet(
            title="Error on the held-out windows",
            columns=("method", "error, seasonal naive = 1"),
            rows=rows,
            note=f"{combination.windows:,} windows of {combination.h:,} steps, held out from "
            "training. `forecast` is the combination that was chosen.",
            best="lowest",
        ),
    )


class _Checked:
    """The series of a backtest, each with its forecasts from all cutoffs."""

    def __init__(self, found: Backtest) -> None:
        self.found = found
        self.ds = found.joined(lambda window: window.ds)
        self.distinct, self.first = np.unique(found.series, return_index=True)
        self.end = np.append(self.first[1:], len(found.series))
        group = np.searchsorted(self.distinct, found.series)[:, None]
        self.scores = found.scored(group, len(self.distinct))[NAME]

    def __len__(self) -> int:
        return len(self.distinct)

    def __getitem__(self, index: int) -> Series:
        table = self.found.table
        which = int(self.distinct[index])
        rows = slice(*table.offsets[which : which + 2])
        ahead = tuple(self._ahead(row) for row in range(self.first[index], self.end[index]))
        facts = {
            _SCORES[key]: f"{self.scores[key][index]:.3g}"
            for key in ("mase", "wape")
            if np.isfinite(self.scores[key][index])
        }
        return Series(str(table.ids[which]), table.ds[rows], table.y[rows], ahead, facts)

    def _ahead(self, row: int) -> Ahead:
        ours = self.found.answers[NAME]
        assert ours.quantiles is not None
        bands = {}
        for level in self.found.levels:
            tail = (100 - level) / 200
            quantiles = ours.quantiles[row]
            bands[level] = (at_level(quantiles, tail), at_level(quantiles, 1 - tail))
        beside = {
            plain(name): answer.points[row]
            for name, answer in self.found.answers.items()
            if name != NAME
        }
        return Ahead(self.ds[row], ours.points[row], bands, beside)


def _accuracy(found: Backtest) -> Sheet:
    rows = [
        (plain(method), *(_or_none(scores[key]) for key in _SCORES))
        for method, scores in found.overall.items()
    ]
    return Sheet(
        title="Accuracy over all cutoffs",
        columns=("method", *_SCORES.values()),
        rows=tuple(rows),
        note="MASE: error as a share of what seasonal naive errs on the past. sMAPE in percent. "
        "WAPE: error as a share of the values. RMSE in their unit. CRPS: the error of the whole "
        "distribution; of a method with points only it is the WAPE.",
        best="lowest",
    )


def _intervals(found: Backtest) -> Sheet:
    rows = []
    for method, scores in found.overall.items():
        for level in found.levels:
            held = _or_none(100 * scores[f"coverage-{level:g}"])
            if held is not None:
                name = f"{plain(method)}, {level:g} %"
                rows.append((name, held, _or_none(scores[f"msis-{level:g}"])))
    return Sheet(
        title="Intervals over all cutoffs",
        columns=("method, promised", "held, %", "MSIS"),
        rows=tuple(rows),
        note="MSIS: the width of the interval and a fine for each miss, in the unit of MASE. Steps "
        "known to be shut are left out.",
    )


def _by_cutoff(found: Backtest) -> Sheet:
    heads, group = found.groups("cutoff")
    scored = found.scored(group, len(found.windows))
    names = [str(time)[:16].replace("T", " ").removesuffix(" 00:00") for time in heads]
    rows = tuple(
        (name, *(_or_none(scores["mase"][index]) for scores in scored.values()))
        for index, name in enumerate(names)
    )
    columns = ("last step seen", *(plain(method) for method in scored))
    return Sheet("MASE by cutoff", columns, rows, best="none")


def _by_step(found: Backtest) -> tuple[Curves, ...]:
    """Nothing where no series has a MASE."""
    _, group = found.groups("step")
    scored = found.scored(group, found.cutoffs.h)
    lines = {plain(method): scores["mase"] for method, scores in scored.items()}
    if not any(np.isfinite(line).any() for line in lines.values()):
        return ()
    steps = np.arange(1.0, found.cutoffs.h + 1)
    return (Curves("Error by step ahead", "steps ahead", "MASE", steps, lines),)


def _coverage(found: Backtest) -> Coverage:
    """How often central intervals of many levels held."""
    tails = [tail for tail in QUANTILES if tail < 0.5]
    levels = tuple(round(100 * (1 - 2 * tail), 1) for tail in tails)
    whole = np.zeros((1, 1), dtype=np.int64)
    held = found.scored(whole, 1, levels)[NAME]
    shares = [100 * float(held[f"coverage-{level:g}"][0]) for level in levels]
    kept = [(level, share) for level, share in zip(levels, shares, strict=True) if share == share]
    return Coverage(tuple(a for a, _ in kept), tuple(b for _, b in kept))


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
