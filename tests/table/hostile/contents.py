"""Makes the content of files of every kind that is read, all of the same table."""

import bz2
import gzip
import io
import json
import lzma
import warnings
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet

from tests.table.io.kinds.workbooks import ods, xlsx

__all__ = ["contents"]

_IDS = ("Bergen", "Oslo")
_BEGIN = datetime(2024, 1, 1)


def contents(rows: int = 40) -> Mapping[str, bytes]:
    """The content of a file of each kind, by the name of the file.

    Args:
        rows: days of each of the two series.
    """
    days = [_BEGIN + timedelta(days=day) for _ in _IDS for day in range(rows)]
    ids = [label for label in _IDS for _ in range(rows)]
    values = [round(50 + 37 * ((7 * row) % 13) / 13, 2) for row in range(len(ids))]
    table = pa.table({"station": ids, "ds": pa.array(days, pa.timestamp("us")), "y": values})
    cells = list(zip(ids, days, values, strict=True))
    plain = _text("station,ds,y", ((a, f"{b:%Y-%m-%d}", str(c)) for a, b, c in cells), ",")
    german = _text(
        "Station;Datum;Wert (°C)",
        ((a, f"{b:%d.%m.%Y}", str(c).replace(".", ",")) for a, b, c in cells),
        ";",
    )
    quoted = _text('"id"\t"time"\t"y"', ((f'"{a}"', f'"{b}"', f'"{c}"') for a, b, c in cells), "\t")
    objects = [{"station": a, "ds": b.isoformat(), "y": c} for a, b, c in cells]
    sheet = [("station", "ds", "y"), *cells]
    return {
        "plain.csv": plain.encode(),
        "german.csv": german.encode("cp1252"),
        "quoted.tsv": quoted.encode("utf-16"),
        "blanks.txt": plain.replace(",", "   ").encode(),
        "table.csv.gz": gzip.compress(plain.encode(), mtime=0),
        "table.csv.bz2": bz2.compress(plain.encode()),
        "table.csv.xz": lzma.compress(plain.encode()),
        "table.csv.zst": pa.compress(plain.encode(), "zstd", asbytes=True),
        "table.json": json.dumps(objects).encode(),
        "fields.json": json.dumps({"meta": {"n": 2}, "data": objects}).encode(),
        "table.jsonl": "\n".join(map(json.dumps, objects)).encode(),
        "table.parquet": _parquet(table, "snappy"),
        "bare.parquet": _parquet(table, "none"),
        "table.feather": _feather(table),
        "old.feather": _feather(table, version=1),
        "stream.arrow": _stream(table),
        "table.xlsx": xlsx({"Sheet1": sheet}),
        "table.ods": ods({"Sheet1": sheet}),
        "table.zip": _zip("table.csv", plain.encode()),
        "deep.zip": _zip("table.csv.gz", gzip.compress(plain.encode(), mtime=0)),
    }


def _text(header: str, rows: object, separator: str) -> str:
    lines = [header, *(separator.join(row) for row in rows)]  # type: ignore[attr-defined]
    return "\n".join(lines) + "\n"


def _parquet(table: pa.Table, compression: str) -> bytes:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, compression=compression, row_group_size=64)
    return sink.getvalue()


def _feather(table: pa.Table, version: int = 2) -> bytes:
    sink = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # for version 1
        pyarrow.feather.write_feather(table, sink, version=version)
    return sink.getvalue()


def _stream(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _zip(name: str, content: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return sink.getvalue()
