"""Defines the base class of estimators: hyperparameters, and attributes of the fit."""

import copy
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from gated.errors import NotFittedError, UsageError
from gated.forecast.config import ForecasterConfig
from gated.forecast.inputs import GivenTable
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.training.fitted import Fitted
from gated.forecast.validation.combination import Combination
from gated.forecast.views.notes.profile import profile_notes
from gated.sklearn_tags import sklearn_tags
from gated.table import Table

__all__ = ["Estimator", "Fit", "with_fitted"]

Model = TypeVar("Model", bound="Estimator")

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
_TABLE_PARAMS = ("h", "freq", "season_length")


@dataclass(frozen=True)
class Fit:
    """A table and the result of fitting.

    Attributes:
        fitted: profile, network and combination.
        given: the table.
        h: the horizon of the fit, in steps.
    """

    fitted: Fitted
    given: GivenTable
    h: int

    @property
    def table(self) -> Table:
        """The past."""
        return self.given.past


class Estimator:
    """Hyperparameters follow scikit-learn's conventions; names of fitted attributes end in `_`."""

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
                raise UsageError(
                    f"{name!r} is not a parameter. Expected one of {', '.join(_PARAMS)}."
                )
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        """A description for scikit-learn: `fit` takes one table, the target in it."""
        return sklearn_tags()

    def __sklearn_is_fitted__(self) -> bool:
        return self.is_fitted

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
        """The validation result: errors of network and baselines on the held-out windows.

        It belongs to the latest forecast, or to `fit` if there is no later forecast.
        """
        return self._latest_or_fit[0].combination

    @property
    def notes_(self) -> tuple[str, ...]:
        """Notes on what was detected, assumed and repaired in the table."""
        fitted, table = self._latest_or_fit
        return (*table.notes, *profile_notes(fitted.profile, table.schema.target_col))

    @property
    def rejected_(self) -> dict[str, str]:
        """Series that were left out, with the reasons."""
        return self._latest_or_fit[1].rejected

    @property
    def h_(self) -> int:
        """The horizon of the fit, in steps; without `fit`, that of the latest forecast."""
        return self._fit_.h if self._latest is None or self.is_fitted else self._latest.h

    @property
    def table_(self) -> Table:
        """The fitted table; without `fit`, that of the latest forecast.

        It has no rows if the model was saved without them.
        """
        return self._fit_.table if self.is_fitted else self._latest_or_fit[1]

    @property
    def _latest_or_fit(self) -> tuple[Fitted, Table]:
        """The fit and the table of the public attributes."""
        if self._latest is not None:
            return self._latest.fitted, self._latest.table
        return self._fit_.fitted, self._fit_.table

    @property
    def _fit_(self) -> Fit:
        if not self.is_fitted:
            raise NotFittedError(
                "This Forecaster has no table yet. Call predict(df, h=28) to forecast a table at "
                "once, fit(df) to fit one, or Forecaster.load(path) to load a saved model."
            )
        return self._fit

    def _config(self) -> ForecasterConfig:
        params = self.get_params()
        return ForecasterConfig(**{k: v for k, v in params.items() if k not in _TABLE_PARAMS})


def with_fitted(model: Model, fitted: Fitted) -> Model:
    """A copy of a fitted model with another result of the fit, for its own horizon."""
    fit = model._fit_
    found = copy.copy(model)
    found._fit = Fit(fitted, fit.given, fit.h)
    found._validated = {fit.h: fitted}
    return found
