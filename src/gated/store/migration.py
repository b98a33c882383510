"""Brings the tables of a store to the form of this version, with Alembic.

Programs that start together wait for each other: one makes the tables, the others find them.
"""

import logging
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from gated.errors import StoreError
from gated.store.database import Database

__all__ = ["bring_up_to_date", "newest_revision"]

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_241_865_119  # any number that no other program uses: PostgreSQL's advisory lock


def bring_up_to_date(database: Database) -> None:
    """Make the tables, or change them to the form of this version.

    Raises:
        StoreError: they are of a newer version of gated, or cannot be changed.
    """
    with database.reading() as connection:
        if _found(connection) == newest_revision():
            return
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _check_known(_found(connection), database.shown)
        _upgrade(connection)


def newest_revision() -> str:
    """The name of the newest migration."""
    found = _scripts().get_current_head()
    assert found is not None
    return found


def _upgrade(connection: Connection) -> None:
    """Run the migrations that the tables lack, within the transaction of the connection."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    scripts = _scripts()

    def steps(found: Any, _context: MigrationContext) -> list[RevisionStep]:
        return scripts._upgrade_revs("head", found)  # as in Alembic's documentation

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_FOLDER))


def _found(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check_known(found: str | None, shown: str) -> None:
    """Check that the tables are of no newer version."""
    known = {script.revision for script in _scripts().walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"The store {shown} is of a newer version of gated (its tables: {found}). Install that "
            "version, or name another store."
        )
