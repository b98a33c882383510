"""Recognises the addresses of files and of databases, and hides their passwords in messages.

An address stays text: a path has one slash where an address has two or three.
"""

import os
import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

__all__ = ["address_name", "as_database", "as_url", "in_home", "is_address", "local_path", "masked"]

# Systems whose addresses SQLAlchemy reads by itself or with a package of its own; an address of
# another kind names a file.
_DATABASES = frozenset(
    {
        "access",
        "awsathena",
        "bigquery",
        "clickhouse",
        "cockroachdb",
        "databricks",
        "db2",
        "duckdb",
        "exa",
        "firebird",
        "hana",
        "hive",
        "ibm_db_sa",
        "impala",
        "mariadb",
        "mssql",
        "mysql",
        "oracle",
        "postgres",  # an older name of the next one
        "postgresql",
        "presto",
        "redshift",
        "snowflake",
        "sqlite",
        "teradatasql",
        "trino",
        "vertica",
    }
)
# A path that was made of an address has one slash after the colon: these kinds are known again.
_KINDS_OF_PATHS = ("http", "https", "s3", "gs", "gcs", "abfs", "abfss", "az", "ftp", "sftp")
_LOCAL = "file://"
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9_.+-]+)://")
_PATH_OF_ADDRESS = re.compile(rf"({'|'.join(_KINDS_OF_PATHS)}):/(?!/)", re.IGNORECASE)
_DATABASE = re.compile(rf"({'|'.join(sorted(_DATABASES))})(\+\w+)?:/", re.IGNORECASE)
_USER = re.compile(r"^([^:/]+://)[^/@]*@")
_PASSWORD = re.compile(r"^([^:/]+://[^:/@]*):.*@")  # to the last @: it may hold signs of an address


def is_address(text: str) -> bool:
    """Whether a text is the address of a file or a database, and not a path.

    >>> is_address("postgresql://host/shop"), is_address("data/sales.csv"), is_address("C:/a.csv")
    (True, False, False)
    """
    return _ADDRESS.match(text) is not None


def as_url(source: Path | str) -> str | None:
    """The address of a file that is not on this machine's disk; None for paths and databases.

    >>> as_url(Path("https://example.org/sales.csv")), as_url("sales.csv")
    ('https://example.org/sales.csv', None)
    """
    text = str(source)
    if _DATABASE.match(text):
        return None
    if found := _ADDRESS.match(text):
        return f"{found[1].lower()}://{text[found.end() :]}"
    if found := _PATH_OF_ADDRESS.match(text):
        return f"{found[1].lower()}://{text[found.end() :]}"
    return None


def local_path(source: os.PathLike[str] | str) -> str:
    """The path of a file on this machine; that of a file's address without its kind.

    >>> local_path("file:///data/my%20sales.csv"), local_path("sales.csv")
    ('/data/my sales.csv', 'sales.csv')
    """
    text = os.fspath(source)
    return unquote(text[len(_LOCAL) :]) if text.lower().startswith(_LOCAL) else text


def as_database(source: Path | str) -> str | None:
    """The address of a database; None for anything else.

    >>> as_database("sqlite:///shop.db"), as_database("https://example.org/sales.csv")
    ('sqlite:///shop.db', None)
    """
    text = str(source)
    return text if _DATABASE.match(text) else None


def masked(text: str) -> str:
    """An address without its password and without its options, which may hold keys.

    >>> masked("postgresql://anna:secret@host/shop?sslpassword=x"), masked("sales.csv")
    ('postgresql://anna:***@host/shop', 'sales.csv')
    >>> masked("https://token@host/sales.csv?key=1")
    'https://***@host/sales.csv'
    """
    if not is_address(text) and as_database(text) is None:
        return text
    hidden = _PASSWORD.sub(r"\1:***@", text)
    if hidden == text and as_database(text) is None:
        hidden = _USER.sub(r"\1***@", text)  # a token
    return hidden.partition("?")[0]


def in_home(path: str) -> Path:
    """A path whose `~` is the user's folder; it stays where there is no such user.

    >>> in_home("~no_such_user/sales.csv") == Path("~no_such_user/sales.csv")
    True
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def address_name(address: str) -> str:
    """The name of a file or a database in messages.

    >>> address_name("sqlite:///data/shop.db"), address_name("https://example.org/a%20b.csv?v=1")
    ('shop.db', 'a b.csv')
    >>> address_name("postgresql://anna:secret@host"), address_name("duckdb://")
    ('host', 'DuckDB')
    """
    kind, _, rest = masked(address).partition(":/")
    name = PurePosixPath(unquote(rest)).name.rpartition("@")[2]
    if name:
        return name
    return "DuckDB" if kind.lower() == "duckdb" else kind
