"""The tables of the migrations are those of the schema; programs that start together agree."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from gated.errors import StoreError
from gated.store import Store
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
