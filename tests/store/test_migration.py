"""The tables of the migrations are those of the schema; programs that start together agree."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from gated.errors import StoreError
from gated.store import Store, Write
from gated.store.database import Database
from gated.store.migration import newest_revision
from gated.store.schema import METADATA

OPEN = "import sys; from gated.store import Store; Store(sys.argv[1]).close()"


def test_the_migrations_make_the_tables_of_the_schema(store: Store, address: str) -> None:
    database = Database(address)
    with database.reading() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == newest_revision()
        assert compare_metadata(context, METADATA) == []
    database.close()


def test_rows_of_an_older_store_are_kept(address: str) -> None:
    with Store(address) as store:
        store.series.write(Write("a", "integer", [1, 2], [1.0, 2.0]))
    database = Database(address)
    with database.writing() as connection:
        for column in ("rewritten", "identity"):
            connection.execute(text(f"ALTER TABLE series DROP COLUMN {column}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    database.close()
    with Store(address) as store:
        info = store.series.info("a")
        assert info is not None
        assert (info.n_rows, info.revision, info.rewritten) == (2, 1, 1)
        assert store.series.write(Write("a", "integer", [3], [3.0])).rewritten == 1


def test_programs_that_start_together_wait_for_each_other(address: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, address], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    assert [running.communicate(timeout=60)[1] for running in started] == [b""] * 4
    assert {running.returncode for running in started} == {0}


def test_a_store_of_a_newer_version_is_refused(address: str) -> None:
    Store(address).close()
    database = Database(address)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(StoreError, match=r"of a newer version of gated \(its tables: 9999\)"):
        Store(address)
