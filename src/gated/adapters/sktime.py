"""Defines `GatedForecaster`, the forecaster of gated as a forecaster of sktime."""

from typing import Any, Self

import pandas as pd

from gated.adapters.indexed_frames import ID, TARGET, TIME, IndexedPast, frequency_of
from gated.errors import DataError
from gated.forecast import Forecaster
from gated.libraries import importing

with importing("sktime", "gated.adapters.sktime"):
    from sktime.forecasting.base import BaseForecaster, ForecastingHorizon

__all__ = ["GatedForecaster"]


class GatedForecaster(BaseForecaster):
    """A `gated.Forecaster` with the interface of sktime.

    Point forecasts are medians. Panels and hierarchies are forecast in one call, and each column of
    `y` is a series of its own. `X` has covariates whose future is known: `predict` needs their
    values at every step from the first after the end of `y`, unless none of them lowers the error.
    Forecasts within the sample are not possible. Missing values may be left out or be NaN.

    The parameters are those of `gated.Forecaster`; `freq` is the step of the index by default.

    Attributes:
        forecaster_: the fitted `gated.Forecaster`.

    >>> from sktime.datasets import load_airline
    >>> from gated.adapters.sktime import GatedForecaster
    >>> forecaster = GatedForecaster().fit(load_airline(), fh=[1, 2, 3])
    >>> forecaster.predict().round(-1)
    Period
    1961-01    440.0
    1961-02    420.0
    1961-03    470.0
    Freq: M, Name: Number of airline passengers, dtype: float64
    """

    _tags = {  # noqa: RUF012 - the way of sktime, which copies them
        "authors": ["the gated developers"],
        "maintainers": ["the gated developers"],
        "python_dependencies": ["sktime"],
        "capability:multivariate": True,
        "capability:exogenous": True,
        "capability:insample": False,
        "capability:pred_int": True,
        "capability:pred_int:insample": False,
        "capability:missing_values": True,
        "capability:non_contiguous_X": False,
        "capability:update": True,
        "capability:categorical_in_X": True,
        "capability:random_state": False,
        "y_inner_mtype": ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"],
        "X_inner_mtype": ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"],
        "requires-fh-in-fit": False,
    }
    _config = {"remember_data": False}  # noqa: RUF012 - `_past` has the data

    def __init__(
        self,
        *,
        freq: str | None = None,
        season_length: int | None = None,
        holidays: str | None = None,
        hidden_size: int = 128,
        num_layers: int = 2,
        dropout: float | None = None,
        max_steps: int | None = None,
        batch_size: int = 64,
        learning_rate: float = 3e-3,
        seed: int = 0,
        training: str = "none",
        device: str = "cpu",
    ) -> None:
        self.freq = freq
        self.season_length = season_length
        self.holidays = holidays
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.max_steps = max_steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.seed = seed
        self.training = training
        self.device = device
        super().__init__()
        self._y = self._X = None  # sktime expects both, and fills them with remember_data

    def _fit(self, y: pd.DataFrame, X: pd.DataFrame | None, fh: Any) -> Self:
        self._past = IndexedPast(y, X)
        params = {**self.get_params(), "freq": self.freq or frequency_of(y.index)}
        self.forecaster_ = Forecaster(h=None if fh is None else self._steps(fh), **params)
        self.forecaster_.fit(
            self._past.table,
            covariates=self._past.covariates,
            id_col=ID,
            time_col=TIME,
            target_col=TARGET,
        )
        return self

    def _update(
        self, y: pd.DataFrame, X: pd.DataFrame | None = None, update_params: bool = True
    ) -> Self:
        past = self._past.with_new(y, X)
        if update_params:
            return self._fit(past.y, past.X, self._fh)
        self._past = past
        return self

    def _predict(self, fh: Any, X: pd.DataFrame | None) -> pd.DataFrame:
        forecast = self._forecast(fh, X, [])
        return self._past.values_at(forecast, self._index(fh), "gated")

    def _predict_quantiles(
        self, fh: Any, X: pd.DataFrame | None, alpha: list[float]
    ) -> pd.DataFrame:
        levels = sorted(set(alpha))
        forecast = self._forecast(fh, X, levels)
        names = dict(zip(levels, forecast.columns[-len(levels) :], strict=True))
        index = self._index(fh)
        parts = {
            level: self._past.values_at(forecast, index, name) for level, name in names.items()
        }
        columns = pd.MultiIndex.from_product([self._get_varnames(), alpha])
        places = range(self._past.y.shape[1])
        made = [parts[level].iloc[:, place] for place in places for level in alpha]
        return pd.concat(made, axis=1).set_axis(columns, axis=1)

    def _forecast(self, fh: Any, X: pd.DataFrame | None, quantiles: list[float]) -> pd.DataFrame:
        """The forecast of the past, from the end of each series to the last step of `fh`."""
        future = None if X is None or self._past.X is None else self._past.future_table(X)
        frame: pd.DataFrame = self.forecaster_.predict(
            self._past.table, self._steps(fh), level=[], quantiles=quantiles, X_df=future
        )
        return frame

    def _index(self, fh: Any) -> pd.Index:
        """The index of a prediction: for each series the times of `fh`."""
        index: pd.Index = fh.get_expected_pred_idx(self._past.y, cutoff=self._end)
        return index

    def _steps(self, fh: Any) -> int:
        """Steps from the earliest last value of a series to the last step of `fh`."""
        ahead = int(fh.to_relative(self._end).to_pandas().max())
        earliest = self._past.ends.min()
        if earliest == self._end[0]:
            return ahead
        gap = ForecastingHorizon(pd.Index([earliest]), is_relative=False, freq=self._end)
        return ahead - int(gap.to_relative(self._end).to_pandas().min())

    @property
    def _end(self) -> pd.Index:
        """The cutoff, with the step of the index: sktime finds none in panels of points in time."""
        cutoff: pd.Index = self.cutoff
        if not isinstance(cutoff, pd.DatetimeIndex) or cutoff.freq is not None:
            return cutoff
        times = pd.DatetimeIndex(self._past.y.index.get_level_values(-1).unique()).sort_values()
        step = self.freq or (pd.infer_freq(times) if len(times) > 2 else None)
        if step is None:
            raise DataError(
                f"{self} found no step in the {len(times):,} times of the index. Expected regular "
                'times; give the step with freq=, for example freq="D", or an index of periods.'
            )
        return pd.DatetimeIndex(cutoff, freq=step)

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """The parameters of the checks of sktime.

        >>> GatedForecaster.get_test_params()
        [{}, {'season_length': 4, 'seed': 1}]
        """
        return [{}, {"season_length": 4, "seed": 1}]
