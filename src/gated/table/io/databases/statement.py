"""Checks that a query only reads, and spells the query of a whole table."""

import re
from collections.abc import Sequence

from gated.errors import DataError, UsageError
from gated.text import did_you_mean, listed, option

__all__ = ["chosen_table", "first_line", "only_reading", "refuse_writing", "whole_table"]

_READING = frozenset({"from", "select", "table", "values", "with"})
# Comments, texts and quoted names, of which none has a word of the query.
_QUIET = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|\$(\w*)\$.*?\$\1\$""", re.DOTALL
)
_WRITING = re.compile(
    r"\b(alter|call|commit|create|delete|drop|exec|execute|grant|insert|into|merge|replace|rollback|"
    r"truncate|update)\b(?!\s*\()",
    re.IGNORECASE,
)
_SHOWN = 60  # characters of a query in a message


def only_reading(query: str) -> str:
    """A query without the semicolon at its end.

    Raises:
        UsageError: its first word is not one of a query that reads, or it is several statements.

    >>> only_reading("select day, revenue from sales; ")
    'select day, revenue from sales'
    """
    plain = _unquoted(query)
    word = re.match(r"[\s(]*(\w*)", plain)
    if word is None or word[1].lower() not in _READING:
        shown = query.strip() if len(query.strip()) <= _SHOWN else f"{query.strip()[:_SHOWN]}…"
        raise UsageError(
            f"{option('query')} {shown!r} does not begin with SELECT, and only queries that read "
            'are run. Expected a query such as "SELECT day, revenue FROM sales".'
        )
    if ";" in plain.rstrip("; \t\r\n"):
        raise UsageError(f"{option('query')} is several statements. Expected one SELECT.")
    return query.strip().rstrip("; \t\r\n")


def refuse_writing(query: str) -> None:
    """Refuse the words of statements that write, for systems that cannot refuse them.

    Raises:
        UsageError: there is one outside of quotes.

    >>> refuse_writing("select [update], replace(name, 'drop', '') from sales")
    """
    if found := _WRITING.search(_unquoted(query)):
        raise UsageError(
            f"{option('query')} has the word {found[0].upper()}, and only queries that read are "
            "run. Expected one SELECT. Quote the name of a column."
        )


def _unquoted(query: str) -> str:
    """A query without its comments, its texts and its quoted names."""
    return _QUIET.sub(" ", query)


def whole_table(name: str, quote: str = '"') -> str:
    """The query of all columns and rows of a table.

    >>> whole_table("daily sales")
    'SELECT * FROM "daily sales"'
    """
    end = {"[": "]"}.get(quote, quote)
    return f"SELECT * FROM {quote}{name.replace(end, end * 2)}{end}"


def chosen_table(database: str, tables: Sequence[str], table: str | None, can_choose: bool) -> str:
    """The named table of a database, or the only one.

    Args:
        database: the name of the database, for messages.
        tables: the names of its tables and views.
        table: the name that was given; None: the only one.
        can_choose: whether the caller's user can name one, or give a query.

    Raises:
        DataError: there is no table, or there are several.
        UsageError: no table has that name.

    >>> chosen_table("shop.db", ["sales"], None, True)
    'sales'
    """
    if table is not None:
        same = [name for name in tables if name.casefold() == table.casefold()]
        if table in tables or len(same) == 1:
            return table if table in tables else same[0]
        raise UsageError(
            f"{database}: there is no table `{table}` ({option('sheet')})."
            f"{did_you_mean(table, tables)} The tables are {listed(tables)}."
        )
    if not tables:
        raise DataError(f"{database}: the database holds no table.")
    if len(tables) == 1:
        return tables[0]
    what = "Expected one table. Give the result of a query as a file or a frame."
    if can_choose:
        plain = next((name for name in tables if name.isidentifier()), "sales")
        what = (
            f"Name one with {option('sheet')}, or give a query with {option('query')}, such as "
            f'"SELECT * FROM {plain}".'
        )
    raise DataError(f"{database}: the database holds several tables: {listed(tables)}. {what}")


def first_line(problem: BaseException, secret: str = "") -> str:
    """The first line of a driver's message, without a full stop and without the password.

    >>> first_line(ValueError("no such table: sale.\\nMore"))
    'no such table: sale'
    """
    text = str(problem)
    if secret:
        text = text.replace(secret, "***")
    line = next((line.strip() for line in text.splitlines() if line.strip()), "no reason given")
    return line.rstrip(" .:")
