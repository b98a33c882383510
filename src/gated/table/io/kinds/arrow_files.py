"""Reads Arrow files and streams; Feather files of version 2 are Arrow files."""

import subprocess
import sys

import pyarrow as pa
import pyarrow.ipc

from gated.errors import DataError
from gated.table.io.kinds.loaded import Loaded, TableFile, loaded_table
from gated.table.io.kinds.nested import has_nested, plain_columns
from gated.table.io.kinds.packed import read_bounded
from gated.table.io.kinds.signatures import FileKind

__all__ = ["read_arrow"]

# Reads a Feather file of version 1 from stdin, and writes it to stdout as an Arrow stream.
_CONVERT = """
import sys
import pyarrow, pyarrow.feather, pyarrow.ipc
table = pyarrow.feather.read_table(pyarrow.BufferReader(sys.stdin.buffer.read()))
table.validate(full=True)
with pyarrow.ipc.new_stream(sys.stdout.buffer, table.schema) as writer:
    writer.write_table(table)
"""


def read_arrow(file: TableFile, kind: FileKind) -> Loaded:
    """Read an Arrow file, an Arrow stream or a Feather file of version 1.

    Raises:
        DataError: it is damaged, or two columns have the same name.
    """
    try:
        with file.open("rb") as stream:
            content = pa.PythonFile(stream, mode="r")
            if kind == "arrow_stream":
                table = pyarrow.ipc.open_stream(content).read_all()
            elif kind == "old_feather":
                table = _read_apart(read_bounded(stream, file.name, "Save it as Parquet."))
            else:
                table = pyarrow.ipc.open_file(content).read_all()
        # A wrong length or offset in the file would end the process when the cells are used.
        table.validate(full=True)
    except (pa.ArrowException, OSError, EOFError) as problem:
        reason = (str(problem).strip().splitlines() or ["no reason"])[0].rstrip(".")
        raise DataError(
            f"{file.name}: the file is damaged or not an Arrow file ({reason})."
        ) from problem
    table, notes = plain_columns(table) if has_nested(table.schema) else (table, ())
    return loaded_table(table, file.name, notes)


def _read_apart(content: bytes) -> pa.Table:
    """Read a Feather file of version 1 in another process, which a damaged one may end.

    Raises:
        OSError: the other process failed.
    """
    ended = subprocess.run(
        [sys.executable, "-c", _CONVERT], input=content, capture_output=True, check=False
    )
    if ended.returncode:
        lines = ended.stderr.decode(errors="replace").strip().splitlines()
        raise OSError(lines[-1] if lines and ended.returncode > 0 else "its lengths do not fit")
    return pyarrow.ipc.open_stream(ended.stdout).read_all()
