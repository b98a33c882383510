"""Defines `Store`: series with their rows, states and forecasts, and API keys, in one database."""

from types import TracebackType
from typing import Self

from sqlalchemy import text

from gated.store.database import Database
from gated.store.derived import DerivedStore
from gated.store.keys import KeyStore
from gated.store.migration import bring_up_to_date
from gated.store.schema import FORECASTS, STATES
from gated.store.series import SeriesStore

__all__ = ["Store"]

_MOST_STATES, _MOST_FORECASTS = 8, 32  # of one series, by their options


class Store:
    """A store in a file of SQLite, or in a PostgreSQL database.

    Several threads and processes may use one store. A write is on the disk when its method
    returns: neither kill -9 nor a power cut loses it.

    Args:
        store: a path, such as sales.db, or an address, such as postgresql://user@host/database.
            Missing tables are made, tables of older versions changed.

    Attributes:
        series: the rows of the series.
        states: states of networks, as bytes, by series and kind; the latest few.
        forecasts: forecasts, as bytes, by series and options; the latest few.
        keys: the API keys.

    Raises:
        UsageError: the address is wrong, or a package is missing.
        StoreError: the database cannot be used.

    >>> import tempfile, pathlib
    >>> from gated.store import Store, Write
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/sales.db") as store:
    ...     written = store.series.write(Write("shop", "integer", [1, 2, 3], [5.0, None, 7.0]))
    ...     rows = store.series.rows("shop", last=2)
    >>> written.n_rows, rows.ds.tolist(), rows.y.tolist()
    (3, [2, 3], [nan, 7.0])
    """

    def __init__(self, store: str) -> None:
        self._database = Database(store)
        try:
            bring_up_to_date(self._database)
        except BaseException:
            self._database.close()
            raise
        self.series = SeriesStore(self._database)
        self.states = DerivedStore(
            self._database, STATES, "kind", most=_MOST_STATES, keeps_older=True
        )
        self.forecasts = DerivedStore(
            self._database, FORECASTS, "options", most=_MOST_FORECASTS, keeps_older=False
        )
        self.keys = KeyStore(self._database)

    @property
    def shown(self) -> str:
        """The address without a password."""
        return self._database.shown

    def check(self) -> None:
        """Check that the database answers.

        Raises:
            StoreError: it does not.
        """
        with self._database.reading() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
