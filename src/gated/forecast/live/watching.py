"""Adds `watch` to an estimator: it makes a live state of a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gated.errors import UsageError
from gated.forecast.estimator import Estimator, Fit
from gated.forecast.inputs import (
    Columns,
    horizon_for,
    read_given,
    read_like,
    without_covariates,
)
from gated.forecast.live.options import DEFAULT_UNLIKELY, Options
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.zero_shot import fit_zero_shot
from gated.forecast.user_warnings import warn
from gated.table import Table

if TYPE_CHECKING:  # it loads when a table is watched
    from gated.forecast.live.live import Live

__all__ = ["Watching"]


class Watching(Estimator):
    """An estimator that makes live states; its own fit does not change."""

    def watch(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        adaptive: bool = True,
        unlikely: float = DEFAULT_UNLIKELY,
        new_series: bool = False,
        id_col: str | Sequence[str] | None = None,
        time_col: str | None = None,
        target_col: str | None = None,
    ) -> "Live":
        """Make a state that is kept: update it with new values, and forecast at any time.

        An update and a forecast take the same time and memory however long the past is. The
        forecast is that of the whole past again; see `Live` for the decisions that are kept.
        Covariates are not used.

        Args:
            df: the past: a frame, the path of a file, or a `Table`; by default the fitted table.
            h: steps ahead, at most, for which the forecast is validated and calibrated; by default
                the horizon of the constructor.
            adaptive: whether the widths of intervals adapt as values come in.
            unlikely: the probability below which `Live.update` flags a value, such as 0.001.
            new_series: whether rows of unknown series begin new ones; else they are errors.
            id_col, time_col, target_col: without `fit`: column names; by default detected.

        Raises:
            NotFittedError: there is neither a fitted table nor `df`.
            DataError: the table cannot be read or forecast.
            UsageError: an argument is out of range, the network was trained with covariates, or
                the rows of the table are single events.

        Warns:
            GatedWarning: covariates of the fit are not used.

        >>> import numpy as np, pandas as pd
        >>> from gated import Forecaster
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> live = Forecaster().watch(sales, h=7)
        >>> len(live.update({"ds": "2024-03-11", "y": 11}))
        1
        """
        from gated.forecast.live.live import Live

        options, config = Options(adaptive, unlikely, new_series), self._config()
        columns = Columns(id_col=id_col, time_col=time_col, target_col=target_col)
        table = self._table_to_watch(df, columns)
        own = self._fit_.h if self.is_fitted else self.h
        steps = horizon_for(table, own if h is None else h)
        plain = without_covariates(table)
        fitted = self._decisions(plain, steps)
        return Live.of(plain, fitted, steps, config, options)

    def _table_to_watch(self, df: Any, columns: Columns) -> Table:
        if df is None:
            table = self._fit_.table
            if not table.n_series:
                raise UsageError(
                    "This model was saved without its table (with_table=False). Expected a table "
                    "to watch. Give it as df: watch(df)."
                )
        elif self.is_fitted and not any(vars(columns).values()):
            table = read_like(df, self._fit_.table).past
        else:
            table = read_given(df, columns, self.freq, self.season_length).past
        if table.schema.aggregate is not None:
            raise UsageError(
                f"The table was read with aggregate={table.schema.aggregate!r}: its rows are "
                "single events. Expected one row for each step. Bring the rows of each step "
                "together, then watch that table."
            )
        return table

    def _decisions(self, table: Table, h: int) -> Fitted:
        """The decisions for a table without covariates."""
        config = self._config()
        if not self.is_fitted:
            return fit_zero_shot(table, h, config)
        fit = self._fit_
        if fit.fitted.combination.origin != "pretrained":
            _refuse_covariates(fit)
            return fit.fitted
        uses = _covariates_in_use(fit.fitted)
        if uses:
            warn(
                f"{', '.join(f'`{name}`' for name in uses)}: a live forecast uses no covariates. "
                "The forecast was validated again without them."
            )
        has_rows = fit.table.n_series > 0
        if (h == fit.h and not uses) or not has_rows:
            return fit.fitted
        return fit_zero_shot(without_covariates(fit.table), h, config)


def _covariates_in_use(fitted: Fitted) -> tuple[str, ...]:
    profile = fitted.profile
    closing = (profile.closing.covariate,) if profile.closing is not None else ()
    return tuple(dict.fromkeys((*profile.known_in_use, *closing)))


def _refuse_covariates(fit: Fit) -> None:
    """Raise an error if the inputs of a trained network are more than values and times."""
    profile = fit.fitted.profile
    kinds = (profile.known, profile.past, profile.static)
    if any(kind.features for kind in kinds) or _covariates_in_use(fit.fitted):
        raise UsageError(
            "The network was trained with covariates, holidays or static features, which a live "
            "state does not have. Train it without them, or use training='none'."
        )
