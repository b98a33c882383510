"""Compares what pretraining draws with real tables: what rules a series, and by how much.

Each figure is one of a series; the median, and the values that one series in ten is below and
above, are of all series of a table or of a kind of drawn table. The drawn windows are those that
the network is trained on, from the first value of each series to the end of its forecast.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from benchmarks.common.measure import machine
from benchmarks.common.report import Column, Report, Row, Sheet, Spread
from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.forecast.config import default_horizon
from gated.forecast.data.patching import PatchLayout
from gated.pretrain.curriculum import KINDS, Curriculum
from gated.table import read_table

__all__ = ["compare", "figures_of_series"]

_COLUMNS = (
    Column("table", "series"),
    Column("kind", "kind"),
    Column("count", "number", 0),
    Column("rise", "rise ÷ std", 2),
    Column("season", "season", 2),
    Column("memory", "memory", 2),
    Column("naive", "last value", 2),
    Column("line", "line ÷ last value", 2),
    Column("level", "std ÷ mean", 2),
    Column("zeros", "zeros", 2),
)
_NOTES = (
    "Median (10 % to 90 % of the series).",
    "rise: change of the level from the first to the last season, in standard deviations.",
    "season: share of the variance within seasons that repeats in every season.",
    "memory: autocorrelation of the differences from season to season, at one step.",
    "last value: mean error of the last value over the horizon, in mean differences from season "
    "to season; line: error of the line from the first to the last season.",
)
_BATCHES, _BATCH_SIZE, _MOST_SERIES, _SEED = 12, 64, 1000, 0
_FEWEST_AT_LEAST, _FEWEST_SEASONS = 9, 2


def compare(folder: Path) -> Report:
    """Compare the tables of a folder (training parts) with the drawn series of their kind.

    Raises:
        UsageError: the folder does not exist, or holds no table.
        DataError: a table cannot be read.
    """
    inside = folder.iterdir() if folder.is_dir() else ()
    files = sorted(path for path in inside if path.suffix in {".csv", ".parquet"})
    if not files:
        raise UsageError(
            f"{folder}: holds no .csv and no .parquet file. Expected tables to compare with; "
            "`python -m benchmarks training_parts FOLDER` writes them."
        )
    rows: list[Row] = []
    for path in files:
        table = read_table(path)
        season, longest = table.frequency.season_length, int(table.lengths.max())
        h = default_horizon(season)
        layout = PatchLayout.plan(season, table.frequency.long_season, h, longest)
        bounds = np.concatenate([[0], np.cumsum(table.lengths)])[: _MOST_SERIES + 1]
        series = [table.y[a:b] for a, b in pairwise(bounds)]
        rows.append(_row(path.stem, _kind_of(layout), season, h, series))
    for kind in KINDS:
        if any(row["kind"] == kind for row in rows):
            rows.append(_row("drawn", kind, *_drawn(kind)))
    rows.sort(key=lambda row: (list(KINDS).index(str(row["kind"])), row["table"] == "drawn"))
    sheet = Sheet("drawn_and_real", "Drawn and real series", _COLUMNS, rows)
    return Report("drawn_and_real", {"seed": _SEED}, machine(1), [sheet], _NOTES)


def figures_of_series(y: FloatArray, season: int, h: int) -> dict[str, float]:
    """The figures of one series; none where it is too short or its seasons do not differ.

    Args:
        y: [L] values; NaN where missing.
        season: steps of a season; 1 without one.
        h: steps of the horizon, which the errors of the last value and of the line are over.
    """
    y = y[np.isfinite(y)].astype(np.float64)
    past, future = y[:-h], y[-h:]
    if len(past) < max(_FEWEST_AT_LEAST, (1 + _FEWEST_SEASONS) * season):
        return {}
    differences = past[season:] - past[:-season]
    unit = np.abs(differences).mean()
    if not unit > 1e-9 * np.abs(past).max():
        return {}
    seasons = past[len(past) % season :].reshape(-1, season)
    levels = seasons.mean(1)
    within = seasons - levels[:, None]
    last = np.abs(future - past[-1]).mean()
    slope = (levels[-1] - levels[0]) / (season * (len(levels) - 1))
    line = np.abs(future - past[-1] - slope * np.arange(1, h + 1)).mean()
    return {
        "rise": abs(levels[-1] - levels[0]) / past.std(),
        "season": within.mean(0).var() / within.var() if within.any() else 0.0,
        "memory": _autocorrelation(differences),
        "naive": last / unit,
        "line": line / last if last > 0 else 1.0,
        "level": y.std() / max(abs(y.mean()), 1e-9),
        "zeros": float((y == 0).mean()),
    }


def _autocorrelation(values: FloatArray) -> float:
    """The autocorrelation at one step."""
    centred = values - values.mean()
    variance = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / variance if variance > 0 else 0.0


def _row(name: str, kind: str, season: int, h: int, series: list[FloatArray]) -> Row:
    """The figures of many series as one row."""
    found = [figures for one in series if (figures := figures_of_series(one, season, h))]
    row: Row = {"table": name, "kind": kind, "count": len(found)}
    for key in found[0] if found else ():
        low, median, high = np.quantile([one[key] for one in found], [0.1, 0.5, 0.9])
        row[key] = Spread(float(median), float(low), float(high))
    return row


def _kind_of(layout: PatchLayout) -> str:
    """The kind of drawn table that is laid out like a real one."""
    for name, kind in KINDS.items():
        drawn = kind.seasonality
        if drawn is None or drawn.season_length != layout.patch:
            continue
        has_year = layout.long_season > layout.patch
        if drawn.has_season == layout.seasonal and (drawn.long_season > 0) == has_year:
            return name
    return "others"


def _drawn(kind: str) -> tuple[int, int, list[FloatArray]]:
    """The season, the horizon, and drawn series of a kind: as `_row` takes them."""
    curriculum, seasonality = Curriculum(_BATCH_SIZE, {kind: KINDS[kind]}), KINDS[kind].seasonality
    season = round(seasonality.year_steps) if seasonality and not seasonality.has_season else 1
    if seasonality and seasonality.has_season:
        season = seasonality.season_length
    generator = torch.Generator().manual_seed(_SEED)
    series: list[FloatArray] = []
    for _ in range(_BATCHES):
        window = curriculum.draw(generator).window
        values = window.values.flatten(1).numpy().astype(np.float64)
        observed = window.mask.flatten(1).numpy() > 0
        series += [v[seen] for v, seen in zip(values, observed, strict=True)]
    return season, default_horizon(season), series
