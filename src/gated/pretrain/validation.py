"""Scores a network on the last windows of the tables in a folder.

The tables must be the training parts of their data sets: whatever is chosen by these scores is
tuned on them.
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
from gated.forecast.model.inference import Network, forecast_windows
from gated.forecast.quantiles import QUANTILES
from gated.forecast.validation.baseline_points import baseline_points
from gated.table import read_table

__all__ = ["ValidationTable", "read_validation_tables", "scores"]

_MOST_WINDOWS = 240
_MOST_CUTOFFS = 20
_DECILES = slice(1, -1)
_LEVELS: tuple[float, ...] = QUANTILES[1:-1]


@dataclass(frozen=True)
class ValidationTable:
    """A table, and M windows of it to forecast.

    Attributes:
        name: of the file.
        data: all rows.
        series, cutoff: [M] index and cutoff of each window.
        y: [M, h] the actual values on the scale of each series; NaN where not observed.
        season: season length of the seasonal naive baseline, in steps.
        floor: [M] the lowest forecast: 0 on that scale; −∞ in a table with negative values.
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
        """Read a file with the columns unique_id, ds, y; the horizon follows from its frequency.

        Raises:
            DataError: the file cannot be read.
            UsageError: no series is long enough for a window.
        """
        table = read_table(path)
        h = default_horizon(table.frequency.season_length)
        lengths = table.lengths
        h = int(min(h, max(1, np.median(lengths) // 3)))
        chosen = np.flatnonzero(lengths >= h + 3)
        if len(chosen) > _MOST_WINDOWS:
            chosen = chosen[np.linspace(0, len(chosen) - 1, _MOST_WINDOWS).astype(np.int64)]
        cutoffs = int(np.clip(_MOST_WINDOWS // max(1, len(chosen)), 1, _MOST_CUTOFFS))
        # A horizon and a quarter apart, so that windows begin at every phase of a season.
        step_size = h + max(1, h // 4)
        from_end = np.arange(cutoffs) * step_size + h
        series, steps = (x.ravel() for x in np.meshgrid(chosen, from_end, indexing="ij"))
        cutoff = lengths[series] - steps
        season = table.frequency.season_length
        kept = (cutoff >= np.maximum(lengths[series] // 2, 3)) & (cutoff > season)
        series, cutoff = series[kept], cutoff[kept]
        profile = replace(TableProfile.fit(table), calendar_names=())
        layout = PatchLayout.plan(season, table.frequency.long_season, h, int(lengths.max()))
        data = build_dataset(table, profile, layout, np.zeros((len(lengths), h, 0)))
        y = data.scaled[(data.offsets[series] + cutoff)[:, None] + np.arange(h)]
        floor = data.scale.zero[series] if profile.non_negative else np.full(len(series), -np.inf)
        has_target = np.isfinite(y).any(1)
        if not has_target.any():
            raise UsageError(
                f"{path}: no series is longer than a season and a horizon of {h} steps. Expected "
                "one at least; remove the file, or add rows."
            )
        series, cutoff = series[has_target], cutoff[has_target]
        return cls(path.stem, data, series, cutoff, y[has_target], season, floor[has_target])

    def score(self, network: Network) -> tuple[float, float, float]:
        """MASE and CRPS relative to seasonal naive, and the coverage of the 80 % interval."""
        h = self.y.shape[1]
        quantiles = forecast_windows(network, self.data.source, self.series, self.cutoff, h)
        deciles = np.maximum(quantiles[..., _DECILES].astype(np.float64), self.floor[:, None, None])
        naive = baseline_points(
            ["seasonal_naive"], self.data, self.series, self.cutoff, h, self.season, False
        )["seasonal_naive"]
        median = deciles[..., len(_LEVELS) // 2]
        unit = self._unit()
        mase = metrics.mase(self.y, median, unit) / metrics.mase(self.y, naive, unit)
        # Weighted by the spread of each series, as on the table's scale; its zero cancels out.
        size = self.data.scale.spread.astype(np.float64)[self.series, None]
        y = self.y * size
        crps = metrics.scaled_crps(y, deciles * size[..., None], _LEVELS) / metrics.wape(
            y, naive * size
        )
        return mase, crps, metrics.coverage(self.y, deciles[..., 0], deciles[..., -1])

    def _unit(self) -> FloatArray:
        """[M] the error of seasonal naive on the past of each window, the unit of MASE."""
        begin = self.data.offsets[self.series]
        past = [self.data.scaled[a : a + n] for a, n in zip(begin, self.cutoff, strict=True)]
        offsets = np.concatenate([[0], np.cumsum(self.cutoff)])
        return metrics.seasonal_naive_scale(np.concatenate(past), offsets, self.season)


def read_validation_tables(folder: str | Path) -> list[ValidationTable]:
    """Read all CSV and Parquet files of a folder.

    Raises:
        DataError: a file cannot be read.
        UsageError: there is none, or one without a window to forecast.
    """
    files = sorted(path for path in Path(folder).iterdir() if path.suffix in {".csv", ".parquet"})
    if not files:
        raise UsageError(
            f"{folder}: holds no .csv and no .parquet file. Expected tables to validate on; pass "
            "another folder."
        )
    return [ValidationTable.read(path) for path in files]


def scores(network: Network, tables: list[ValidationTable]) -> dict[str, float]:
    """MASE relative to seasonal naive by table; geometric means of MASE and CRPS; coverage."""
    by_name = {table.name: table.score(network) for table in tables}
    mase, crps, coverage = (np.array(x) for x in zip(*by_name.values(), strict=True))
    overall = {
        "mase_ratio": float(np.exp(np.log(mase).mean())),
        "crps_ratio": float(np.exp(np.log(crps).mean())),
        "coverage_80": float(coverage.mean()),
    }
    by_table = {name: round(score[0], 4) for name, score in by_name.items()}
    return {**{name: round(value, 4) for name, value in overall.items()}, **by_table}
