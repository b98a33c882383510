"""How good a network is on tables it was not trained on: the last windows of tables in a folder.

These must be training parts: what is chosen by them is tuned on them.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.errors import UsageError
from gated.forecast import metrics
from gated.forecast.config import default_horizon
from gated.forecast.data.dataset import Dataset, build_dataset
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.model.inference import forecast_windows
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.quantiles import QUANTILES
from gated.forecast.training.validation import baseline_points
from gated.table import read_table

__all__ = ["ValidationTable", "read_tables", "scores"]


_WINDOWS = 240
_MOST_CUTOFFS = 20
_DECILES = slice(1, -1)
_LEVELS: tuple[float, ...] = QUANTILES[1:-1]


@dataclass(frozen=True)
class ValidationTable:
    """A table, and the windows asked of it.

    Attributes:
        name: of its file.
        data: all rows.
        series, cutoff: [M] the windows.
        y: [M, h] what came, NaN where unobserved, on each series' scaled axis.
        season: steps after which the seasonal naive rule repeats itself.
        floor: [M] where 0 falls on that axis, −∞ for a table with values below 0.
    """

    name: str
    data: Dataset
    series: IntArray
    cutoff: IntArray
    y: FloatArray
    season: int
    floor: FloatArray

    @classmethod
    def read(cls, path: Path) -> "ValidationTable":
        """A file in the columns unique_id, ds, y; the horizon is its frequency's usual one.

        Raises:
            DataError: the file cannot be read.
            UsageError: there is no window to forecast.
        """
        table = read_table(path)
        h = default_horizon(table.frequency.season_length)
        lengths = table.lengths
        h = int(min(h, max(1, np.median(lengths) // 3)))
        able = np.flatnonzero(lengths >= h + 3)
        if len(able) > _WINDOWS:
            able = able[np.linspace(0, len(able) - 1, _WINDOWS).astype(np.int64)]
        cutoffs = int(np.clip(_WINDOWS // len(able), 1, _MOST_CUTOFFS))
        # A quarter of a horizon off, so that windows begin at every phase of a season.
        apart = h + max(1, h // 4)
        back = np.arange(cutoffs) * apart + h
        series, away = (part.ravel() for part in np.meshgrid(able, back, indexing="ij"))
        cutoff = lengths[series] - away
        season = table.frequency.season_length
        kept = (cutoff >= np.maximum(lengths[series] // 2, 3)) & (cutoff > season)
        series, cutoff = series[kept], cutoff[kept]
        profile = replace(TableProfile.learn(table), calendar_names=())
        layout = PatchLayout.plan(season, table.frequency.long_season, h, int(lengths.max()))
        data = build_dataset(table, profile, layout, np.zeros((len(lengths), h, 0)))
        y = data.scaled[(data.offsets[series] + cutoff)[:, None] + np.arange(h)]
        floor = data.scale.zero[series] if profile.non_negative else np.full(len(series), -np.inf)
        told = np.isfinite(y).any(1)
        if not told.any():
            raise UsageError(
                f"{path}: no series is longer than a season and a horizon to forecast."
            )
        return cls(path.stem, data, series[told], cutoff[told], y[told], season, floor[told])

    def score(self, network: SeasonNetwork) -> tuple[float, float, float]:
        """MASE and CRPS over the seasonal naive rule's, and how often the 80 % interval held."""
        h = self.y.shape[1]
        found = forecast_windows(network, self.data.source, self.series, self.cutoff, h)
        deciles = np.maximum(found[..., _DECILES].astype(np.float64), self.floor[:, None, None])
        naive = baseline_points(
            "seasonal_naive", self.data, self.series, self.cutoff, h, self.season
        )
        median = deciles[..., len(_LEVELS) // 2]
        unit = self._unit()
        mase = metrics.mase(self.y, median, unit) / metrics.mase(self.y, naive, unit)
        # Series count by their size, as in the table; where 0 lies cancels out.
        size = self.data.scale.spread.astype(np.float64)[self.series, None]
        y = self.y * size
        crps = metrics.scaled_crps(y, deciles * size[..., None], _LEVELS) / metrics.wape(
            y, naive * size
        )
        return mase, crps, metrics.coverage(self.y, deciles[..., 0], deciles[..., -1])

    def _unit(self) -> FloatArray:
        """[M] the seasonal naive rule's error within each window's past."""
        begin = self.data.offsets[self.series]
        past = [self.data.scaled[a : a + n] for a, n in zip(begin, self.cutoff, strict=True)]
        offsets = np.concatenate([[0], np.cumsum(self.cutoff)])
        return metrics.seasonal_naive_scale(np.concatenate(past), offsets, self.season)


def read_tables(folder: str | Path) -> list[ValidationTable]:
    """All CSV and Parquet files of a folder.

    Raises:
        UsageError: there are none.
    """
    files = sorted(path for path in Path(folder).iterdir() if path.suffix in {".csv", ".parquet"})
    if not files:
        raise UsageError(f"{folder}: holds no .csv and no .parquet file to validate on.")
    return [ValidationTable.read(path) for path in files]


def scores(network: SeasonNetwork, tables: list[ValidationTable]) -> dict[str, float]:
    """MASE and CRPS ratios to seasonal naive by table and over all (geometric), and coverage."""
    found = {table.name: table.score(network) for table in tables}
    mase, crps, held = (np.array(column) for column in zip(*found.values(), strict=True))
    overall = {
        "mase_ratio": float(np.exp(np.log(mase).mean())),
        "crps_ratio": float(np.exp(np.log(crps).mean())),
        "coverage_80": float(held.mean()),
    }
    by_table = {name: round(score[0], 4) for name, score in found.items()}
    return {**{name: round(value, 4) for name, value in overall.items()}, **by_table}
