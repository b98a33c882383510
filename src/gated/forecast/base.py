"""What every estimator has: hyperparameters as given, and what was fitted."""

from dataclasses import dataclass
from typing import Any, Self

from gated.errors import NotFittedError, UsageError
from gated.forecast.config import ForecasterConfig
from gated.forecast.data.inputs import GivenTable
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.training.combination import Combination
from gated.forecast.training.fitted import Fitted
from gated.forecast.views.profile_notes import profile_notes
from gated.table import Table

__all__ = ["Estimator", "Fit"]

_PARAMS = (
    "h",
    "freq",
    "season_length",
    "holidays",
    "hidden_size",
    "num_layers",
    "dropout",
    "max_steps",
    "batch_size",
    "learning_rate",
    "seed",
    "training",
    "device",
)
_OF_THE_TABLE = ("h", "freq", "season_length")


@dataclass(frozen=True)
class Fit:
    """A table and what was fitted to it.

    Attributes:
        fitted: profile, network and combination.
        given: the table.
        h: the horizon it was fitted for, in steps.
    """

    fitted: Fitted
    given: GivenTable
    h: int

    @property
    def table(self) -> Table:
        """The past."""
        return self.given.past


class Estimator:
    """Hyperparameters by scikit-learn's conventions; everything learned ends in `_`."""

    h: int | None
    freq: str | None
    season_length: int | None
    _fit: Fit
    _validated: dict[int, Fitted]
    _latest: Forecast | None = None

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The hyperparameters as given (scikit-learn's convention; `deep` changes nothing)."""
        return {name: getattr(self, name) for name in _PARAMS}

    def set_params(self, **params: Any) -> Self:
        """Change hyperparameters; takes effect at the next `fit`.

        Raises:
            UsageError: a name is unknown.
        """
        for name in params:
            if name not in _PARAMS:
                raise UsageError(f"{name!r} is no parameter. Expected one of: {_PARAMS}.")
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        default = type(self)().get_params()
        changed = {k: v for k, v in self.get_params().items() if v != default[k]}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in changed.items())})"

    @property
    def is_fitted(self) -> bool:
        """Whether `fit` or `load` has been called."""
        return hasattr(self, "_fit")

    @property
    def verdict_(self) -> Combination:
        """How network and baseline compared on the held-out windows.

        Of the latest forecast; of `fit` where none was made since.
        """
        return self._shown[0].combination

    @property
    def notes_(self) -> tuple[str, ...]:
        """What was found, assumed and repaired in the table."""
        fitted, table = self._shown
        return (*table.notes, *profile_notes(fitted.profile, table.schema.target_col))

    @property
    def rejected_(self) -> dict[str, str]:
        """Series left out, and why."""
        return self._shown[1].rejected

    @property
    def h_(self) -> int:
        """The horizon that was fitted for, in steps; without `fit`, that of the latest forecast."""
        return self._fit_.h if self._latest is None or self.is_fitted else self._latest.h

    @property
    def table_(self) -> Table:
        """The fitted table; without `fit`, that of the latest forecast.

        It has no rows if the model was saved without them.
        """
        return self._fit_.table if self.is_fitted else self._shown[1]

    @property
    def _shown(self) -> tuple[Fitted, Table]:
        """What the public attributes are of."""
        if self._latest is not None:
            return self._latest.fitted, self._latest.table
        return self._fit_.fitted, self._fit_.table

    @property
    def _fit_(self) -> Fit:
        if not self.is_fitted:
            raise NotFittedError(
                "This Forecaster has no table yet. Give it one: predict(df, h=28) forecasts at "
                "once, fit(df) remembers the table, Forecaster.load(path) reads a saved model."
            )
        return self._fit

    def _config(self) -> ForecasterConfig:
        params = self.get_params()
        return ForecasterConfig(**{k: v for k, v in params.items() if k not in _OF_THE_TABLE})
