"""Stores series with their rows, states and forecasts, and API keys: SQLite or PostgreSQL.

It needs `gated[serve]` (SQLAlchemy, Alembic), and knows nothing of networks: a state is bytes.
"""

from gated.store.derived import Derived
from gated.store.keys import StoredKey
from gated.store.series import SeriesInfo, SeriesPage, SeriesRows, Write
from gated.store.store import Store

__all__ = ["Derived", "SeriesInfo", "SeriesPage", "SeriesRows", "Store", "StoredKey", "Write"]
