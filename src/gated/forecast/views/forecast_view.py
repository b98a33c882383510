"""Defines the attributes of a forecast that its report uses."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, ObjectArray
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.validation.combination import Combination
from gated.plot.panels.picture import Picture
from gated.table import Table

__all__ = ["ForecastView", "GatesView", "PointChoice", "PointView", "TotalsView"]


class FittedView(Protocol):
    """The attributes of a fit that a report uses; see `Fitted`."""

    @property
    def profile(self) -> TableProfile:
        """The profile of the table."""

    @property
    def network(self) -> SeasonNetwork:
        """The network."""


class PredictionView(Protocol):
    """The attributes of the forecast of the N series that a report uses; see `Prediction`."""

    @property
    def closed(self) -> BoolArray:
        """[N, h] whether a step is closed."""


class PointView(Protocol):
    """The number that is drawn as a line."""

    @property
    def name(self) -> str:
        """Its name: "mean" or "median"."""

    @property
    def column(self) -> str:
        """Its column in `ForecastView.columns`."""


@runtime_checkable
class PointChoice(Protocol):
    """A forecast that chooses the number to draw."""

    @property
    def point(self) -> PointView:
        """The number that is drawn as a line."""


@runtime_checkable
class TotalsView(Protocol):
    """A forecast that can be summed over its series."""

    def total_paths(self, which: BoolArray) -> FloatArray:
        """[h, paths] possible totals of some of the N + K series, joint over the steps."""


class ExplanationView(Protocol):
    """The attributes of an explanation that a report uses."""

    @property
    def drivers(self) -> list[tuple[str, float]]:
        """(driver, share), largest first: the mean of the series."""

    @property
    def labels(self) -> list[Any]:
        """The labels of the explained series."""

    @property
    def first_moved(self) -> Any:
        """The label of the first series that anything moves; the first if there is none."""

    @property
    def reference_text(self) -> str:
        """What the contributions are measured from."""

    def sentences(self, series: object = None) -> tuple[str, ...]:
        """What moved the forecast of one series."""

    def weights_by_distance(self) -> tuple[FloatArray, FloatArray]:
        """Distances in steps, and the mean absolute weight of past values at each."""


class GatesView(Protocol):
    """The attributes of the gates of one series that a report uses."""

    @property
    def picture(self) -> Picture:
        """The values, and the gates below them."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the gates did."""

    def half_life_shares(self) -> list[tuple[str, float]]:
        """The histogram of the half-lives of the units."""


class ForecastView(Protocol):
    """The attributes of a forecast of N series and K cold-start series that a report uses."""

    @property
    def fitted(self) -> FittedView:
        """Profile and network."""

    @property
    def prediction(self) -> PredictionView:
        """The forecast of the N series."""

    @property
    def table(self) -> Table:
        """The past of the N series."""

    @property
    def h(self) -> int:
        """Steps ahead."""

    @property
    def ids(self) -> ObjectArray:
        """[N + K] labels."""

    @property
    def ds(self) -> NDArray[Any]:
        """[N + K, h] the forecast times."""

    @property
    def columns(self) -> Mapping[str, FloatArray]:
        """Maps a column name to [N + K, h] values; the point forecast is one of them."""

    @property
    def bands(self) -> Mapping[float, tuple[FloatArray, FloatArray]]:
        """Level in percent to (lower, upper), [N + K, h] each."""

    @property
    def verdict(self) -> Combination:
        """The validation result of network and baselines."""

    @property
    def findings(self) -> tuple[str, ...]:
        """Notes of the fit on the table, one sentence each."""

    @property
    def future_notes(self) -> tuple[str, ...]:
        """Notes on the future covariates."""
