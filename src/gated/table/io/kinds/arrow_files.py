"""Reads Arrow files and streams; Feather files of version 2 are Arrow files."""

import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc

from gated.errors import DataError
from gated.table.io.kinds.loaded import Loaded, TableFile, frame_of
from gated.table.io.kinds.signatures import FileKind

__all__ = ["read_arrow"]


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
                table = pyarrow.feather.read_table(content)
            else:
                table = pyarrow.ipc.open_file(content).read_all()
    except (pa.ArrowException, OSError, EOFError) as problem:
        reason = (str(problem).strip().splitlines() or ["no reason"])[0].rstrip(".")
        raise DataError(
            f"{file.name}: the file is damaged or not an Arrow file ({reason})."
        ) from problem
    return Loaded(frame_of(table), name=file.name)
