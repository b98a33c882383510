"""Reads a database by SQLAlchemy: PostgreSQL, MySQL, SQL Server, Oracle and others."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any
from zoneinfo import available_timezones

from gated.errors import DataError, UsageError
from gated.table.io.addresses import address_name, masked
from gated.table.io.databases.batches import BATCH_ROWS, of_rows
from gated.table.io.databases.result import result
from gated.table.io.databases.statement import (
    chosen_table,
    first_line,
    only_reading,
    refuse_writing,
)
from gated.table.io.kinds.loaded import Loaded

__all__ = ["read_server"]

# The libraries that connect to a system, the best first: its name for SQLAlchemy, the module and
# the package.
_DRIVERS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "postgresql": (
        ("psycopg", "psycopg", "psycopg[binary]"),
        ("psycopg2", "psycopg2", "psycopg2-binary"),
    ),
    "mysql": (
        ("pymysql", "pymysql", "pymysql"),
        ("mysqldb", "MySQLdb", "mysqlclient"),
        ("mysqlconnector", "mysql", "mysql-connector-python"),
    ),
    "mssql": (("pyodbc", "pyodbc", "pyodbc"), ("pymssql", "pymssql", "pymssql")),
    "oracle": (("oracledb", "oracledb", "oracledb"), ("cx_oracle", "cx_Oracle", "cx_Oracle")),
}
_DRIVERS["mariadb"] = _DRIVERS["mysql"]
# How a transaction is made one that only reads; other systems have no such transaction.
_READ_ONLY = {
    "mysql": "SET TRANSACTION READ ONLY",
    "mariadb": "SET TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
}


def read_server(address: str, query: str | None, table: str | None, *, can_choose: bool) -> Loaded:
    """Read the result of a query, or a table, of a database that SQLAlchemy connects to.

    The transaction only reads where the system can do so (PostgreSQL, MySQL, MariaDB, Oracle); it
    is rolled back in any case.

    Args:
        address: as SQLAlchemy writes it: postgresql://user:password@host/shop.
        query: the query; None: a whole table.
        table: its name, with its schema before a dot if that is not the usual one; None: the only
            one.
        can_choose: whether the caller's user can name a table or give a query, for messages.

    Raises:
        DataError: the database is not reached, or the query fails.
        UsageError: a library is not installed, or there is no such table.
    """
    statement = None if query is None else only_reading(query)
    name = address_name(address)
    with _connected(address) as connection:
        if statement is None:
            table, statement = _choose(connection, name, table, can_choose)
        elif connection.dialect.name not in ("postgresql", *_READ_ONLY):
            refuse_writing(statement)
        zone = _session_zone(connection)
        found = connection.exec_driver_sql(statement)
        batches = iter(lambda: found.fetchmany(BATCH_ROWS), [])
        rows = of_rows(name, list(found.keys()), batches, zone)
    return result(rows, name, table)


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """A connection whose transaction only reads, and is rolled back; its errors as sentences."""
    try:
        import sqlalchemy
        from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
    except ImportError as problem:
        raise UsageError(
            f"{masked(address)}: databases are read by SQLAlchemy, which is not installed. Install "
            'it with pip install "gated[sql]", or save the result of the query as a file.'
        ) from problem
    secret, what = "", "the address cannot be read"
    try:
        url = sqlalchemy.make_url(_checked(address))
        what = "the database is not reached"
        secret = str(url.password or "")
        engine = sqlalchemy.create_engine(_with_driver(url), poolclass=sqlalchemy.NullPool)
        options: dict[str, Any] = {"stream_results": True, "no_parameters": True}
        if engine.dialect.name == "postgresql":
            options["postgresql_readonly"] = True
        with engine.connect().execution_options(**options) as connection:
            if (begin := _READ_ONLY.get(engine.dialect.name)) is not None:
                connection.exec_driver_sql(begin)
            what = "the query failed"
            yield connection
            connection.rollback()
    except NoSuchModuleError as problem:
        raise _no_dialect(address) from problem
    except ModuleNotFoundError as problem:
        raise _no_driver(address, str(problem.name)) from problem
    except ArgumentError as problem:
        raise UsageError(
            f"{masked(address)} is not the address of a database "
            f"({first_line(problem, secret)}). Expected one such as "
            "postgresql://user:password@host/shop."
        ) from None  # SQLAlchemy repeats an address that it cannot read
    except (SQLAlchemyError, OSError, ValueError) as problem:
        if isinstance(problem, DataError | UsageError):
            raise
        origin = problem.orig if isinstance(problem, DBAPIError) and problem.orig else problem
        raise DataError(f"{masked(address)}: {what} ({_reason(origin, secret)}).") from None


def _checked(address: str) -> str:
    """The address; one with an @ in its password is read differently by SQLAlchemy.

    Raises:
        UsageError: it has more than one @.
    """
    if address.partition("?")[0].count("@") > 1:
        raise UsageError(
            f"{masked(address)}: the address has the sign @ more than once. Write an @ of a name "
            "or password as %40."
        )
    return address


def _system(name: str) -> str:
    return "postgresql" if name == "postgres" else name  # as other programs write it


def _with_driver(url: Any) -> Any:
    """The address with a library that is installed, if it names none."""
    kind = _system(url.drivername)
    for driver, module, _ in _DRIVERS.get(kind, ()):
        if find_spec(module) is not None:
            return url.set(drivername=f"{kind}+{driver}")
    return url.set(drivername=kind)


def _choose(connection: Any, name: str, table: str | None, can_choose: bool) -> tuple[str, str]:
    """The name of a table, and the query that reads it."""
    import sqlalchemy

    known = sqlalchemy.inspect(connection)
    tables = [*known.get_table_names(), *known.get_view_names()]
    quoted = connection.dialect.identifier_preparer.quote_identifier
    schema, dot, own = (table or "").rpartition(".")
    if table not in tables and dot and schema in known.get_schema_names():
        tables = [*known.get_table_names(schema), *known.get_view_names(schema)]
        own = chosen_table(f"{name}.{schema}", tables, own, can_choose)
        return str(table), f"SELECT * FROM {quoted(schema)}.{quoted(own)}"
    chosen = chosen_table(name, tables, table, can_choose)
    return chosen, f"SELECT * FROM {quoted(chosen)}"


def _session_zone(connection: Any) -> str:
    """The time zone in which PostgreSQL gives instants; some drivers keep only their offsets."""
    if connection.dialect.name != "postgresql":
        return "UTC"
    zone = str(connection.exec_driver_sql("SELECT current_setting('TimeZone')").scalar())
    return zone if zone in available_timezones() else "UTC"


def _reason(problem: BaseException, secret: str) -> str:
    """The first line of what a driver says; some give a number before their text."""
    texts = [part for part in problem.args if isinstance(part, str)]
    is_plain = isinstance(problem, OSError) or not texts
    return first_line(problem if is_plain else ValueError(texts[-1]), secret)


def _no_dialect(address: str) -> UsageError:
    kind = address.partition(":")[0].partition("+")[0]
    return UsageError(
        f"{masked(address)}: SQLAlchemy cannot read {kind} without a package for it, which is not "
        f"installed. Install the package that {kind} names for SQLAlchemy, or save the result of "
        "the query as a file."
    )


def _no_driver(address: str, module: str) -> UsageError:
    kind = _system(address.partition(":")[0].partition("+")[0])
    packages = {name: package for _, name, package in _DRIVERS.get(kind, ())}
    package = packages.get(module.partition(".")[0], next(iter(packages.values()), module))
    return UsageError(
        f"{masked(address)}: {kind} is read by SQLAlchemy with the library {module}, which is not "
        f'installed. Install it with pip install "{package}", or save the result of the query as '
        "a file."
    )
