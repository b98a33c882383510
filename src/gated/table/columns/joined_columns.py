"""Joins columns of labels: `store/item` is the column with the labels of both, as in "7/milk".

A joined column is named by its parts. So the same name makes it again, in a table of the future or
in a later one.
"""

from collections.abc import Collection, Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from gated.table.cells.numbers import column_text
from gated.table.io.source import Source

__all__ = ["JOINT", "at_commas", "joined_name", "parts_of", "with_joined"]

JOINT = "/"


def joined_name(columns: str | Sequence[str] | None) -> str | None:
    """The name of the column that several columns are joined to.

    >>> joined_name(["store", "item"]), joined_name("store"), joined_name(None)
    ('store/item', 'store', None)
    """
    if columns is None or isinstance(columns, str):
        return columns
    return JOINT.join(columns)


def at_commas(names: Iterable[str], columns: Collection[str]) -> tuple[str, ...]:
    """The names of columns, of which several may be in one text with commas between them.

    A name of a column may contain a comma, so a text is parted only if it is no column and all its
    parts are; a part may be a joined name.

    >>> at_commas(["price,open", "a,b", "c"], ["price", "open", "a", "b", "a,b"])
    ('price', 'open', 'a,b', 'c')
    >>> at_commas(["store,item/channel"], ["store", "item", "channel"])
    ('store', 'item', 'channel')
    """
    found: list[str] = []
    for name in names:
        parts = [parts_of(part.strip(), columns) or () for part in name.split(",")]
        is_list = name not in columns and len(parts) > 1 and all(parts)
        found += [one for part in parts for one in part] if is_list else [name]
    return tuple(found)


def parts_of(name: str, columns: Collection[str]) -> tuple[str, ...] | None:
    """The columns that a joined name consists of; None if it does not consist of columns.

    A name of a column may contain the joint.

    >>> parts_of("State/Land/City", ["City", "State/Land"])
    ('State/Land', 'City')
    >>> parts_of("City/Street", ["City"]) is None
    True
    """
    for end in range(len(name), 0, -1):
        if name[:end] not in columns:
            continue
        if end == len(name):
            return (name,)
        if name[end] == JOINT and (others := parts_of(name[end + 1 :], columns)) is not None:
            return (name[:end], *others)
    return None


def with_joined(source: Source, name: str | None) -> Source:
    """Add a joined column, if the name is that of one and the table does not have it yet.

    Empty cells are left out of a label; it is empty where all parts are.
    """
    columns = source.frame.columns
    if name is None or name in columns or (parts := parts_of(name, columns)) is None:
        return source
    labels: pa.ChunkedArray | None = None
    for part in parts:
        text = pc.fill_null(pc.utf8_trim_whitespace(column_text(source.frame[part])), "")
        if labels is None:
            labels = text
            continue
        both = pc.and_(pc.not_equal(labels, ""), pc.not_equal(text, ""))
        between = pc.if_else(both, JOINT, "")
        labels = pc.binary_join_element_wise(labels, between, text, "")
    assert labels is not None
    return source.with_column(name, labels)
