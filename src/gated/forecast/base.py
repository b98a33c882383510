"""What every estimator is made of: hyperparameters as given, and what was learned."""

from typing import Any, Self

from gated.errors import NotFittedError, UsageError
from gated.forecast.config import ForecasterConfig
from gated.forecast.training.combination import Combination
from gated.forecast.training.trainer import Fitted
from gated.table import Table

__all__ = ["Estimator"]

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
)
_OF_THE_TABLE = ("h", "freq", "season_length")


class Estimator:
    """Hyperparameters by scikit-learn's conventions; everything learned ends in `_`."""

    h: int | None
    freq: str | None
    season_length: int | None
    _learned: tuple[Fitted, Table, int]

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
    def verdict_(self) -> Combination:
        """What the held-out windows said."""
        return self._fitted.combination

    @property
    def notes_(self) -> tuple[str, ...]:
        """What was found, assumed and repaired in the table."""
        return (*self._table.notes, *self._fitted.profile.notes(self._table.schema.target_col))

    @property
    def rejected_(self) -> dict[str, str]:
        """Series left out, and why."""
        return self._table.rejected

    @property
    def h_(self) -> int:
        """The horizon trained for, in steps."""
        return self._require_learned()[2]

    @property
    def table_(self) -> Table:
        """The fitted table; it has no rows if the model was saved without them."""
        return self._table

    @property
    def _fitted(self) -> Fitted:
        return self._require_learned()[0]

    @property
    def _table(self) -> Table:
        return self._require_learned()[1]

    @property
    def has_learned(self) -> bool:
        """Whether `fit` or `load` has been called."""
        return hasattr(self, "_learned")

    def _require_learned(self) -> tuple[Fitted, Table, int]:
        if not self.has_learned:
            raise NotFittedError(
                "This Forecaster has not seen any data yet. Give it a table, predict(df, h=28), to "
                "forecast at once. Call fit(df) first to learn from one, or Forecaster.load(path) "
                "for a saved one."
            )
        return self._learned

    def _settings(self) -> ForecasterConfig:
        params = self.get_params()
        return ForecasterConfig(**{k: v for k, v in params.items() if k not in _OF_THE_TABLE})
