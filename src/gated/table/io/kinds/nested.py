"""Makes plain columns of the nested and elapsed ones of Parquet and Arrow files."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from gated.text import listed

__all__ = ["has_nested", "plain_columns"]

NANOSECONDS = 1_000_000_000


def has_nested(schema: pa.Schema) -> bool:
    """Whether a column has fields of its own, or holds times since a begin.

    >>> has_nested(pa.schema([("y", pa.float64())]))
    False
    """
    return any(pt.is_struct(field.type) or pt.is_duration(field.type) for field in schema)


def plain_columns(table: pa.Table) -> tuple[pa.Table, tuple[str, ...]]:
    """Fields of inner structs as columns named with a dot; durations as text, such as PT90S.

    >>> table = pa.table({"at": pa.array([{"y": 1.5}]), "t": pa.array([90], pa.duration("s"))})
    >>> plain, notes = plain_columns(table)
    >>> plain.to_pydict(), notes
    ({'at.y': [1.5], 't': ['PT90S']}, ('Nested fields became columns: `at.y`.',))
    """
    before = set(table.column_names)
    while any(pt.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    nested = [name for name in table.column_names if name not in before]
    for place, field in enumerate(table.schema):
        if pt.is_duration(field.type):
            counts = pc.cast(table.column(place), pa.duration("ns")).cast(pa.int64())
            seconds = pc.divide(counts.cast(pa.float64()), NANOSECONDS)
            whole = pc.equal(seconds, pc.floor(seconds))
            is_whole = pc.all(whole).as_py() is not False
            text = pc.cast(pc.cast(seconds, pa.int64()) if is_whole else seconds, pa.string())
            table = table.set_column(
                place, field.name, pc.binary_join_element_wise("PT", text, "S", "")
            )
    return table, (f"Nested fields became columns: {listed(nested)}.",) if nested else ()
