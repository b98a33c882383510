"""Spark: the rows of the local engine from a DataFrame, in any order of rows."""

import sys

import pyarrow as pa
import pytest

from gated import scale
from gated.errors import DataError
from gated.scale.engines.spark_frame import SparkFrame
from gated.scale.model import stored
from tests.scale.conftest import InProcess, in_order, monthly, shuffled, unusable, write_parts

pytest.importorskip("pyspark", reason='pyspark is not installed: pip install "gated[spark]"')
pytestmark = pytest.mark.filterwarnings("ignore")  # of Spark itself

SMALL = {"h": 2, "rows_per_bucket": 400, "sample_series": 8}


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", ":".join(path for path in sys.path if path))
        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.sql.shuffle.partitions", 2)
        builder = builder.config("spark.sql.session.timeZone", "Europe/Berlin")
        try:
            session = builder.getOrCreate()
        except Exception as error:  # of a Java that is missing or too old
            pytest.skip(f"Spark does not start here, it needs Java 17: {error}")
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


@pytest.fixture(scope="module")
def table() -> pa.Table:
    """Times in a zone, as those of Spark are."""
    table = pa.concat_tables([monthly(40), unusable()])
    times = pa.compute.assume_timezone(table["ds"], "Europe/Berlin")
    return table.set_column(1, "ds", times)


@pytest.fixture(scope="module")
def local(table, tmp_path_factory):
    place = tmp_path_factory.mktemp("local")
    write_parts(table, place / "in", [0, len(table)])
    return scale.forecast(place / "in", **SMALL, out=place / "out", engine=InProcess())


def test_a_frame_becomes_one_with_the_same_rows(table, local, spark) -> None:
    frame = spark.createDataFrame(shuffled(table, 2)).repartition(3)
    made = scale.forecast(frame, **SMALL)
    assert type(made) is type(frame)
    assert [field.name for field in made.schema] == local.table().column_names
    assert made.schema["unique_id"].dataType == frame.schema["unique_id"].dataType
    assert made.schema["ds"].dataType == frame.schema["ds"].dataType
    found = made.toArrow().cast(local.table().schema)
    assert in_order(found).equals(in_order(local.table()))


def test_names_with_points_several_ids_and_dates(spark) -> None:
    table = monthly(6).rename_columns(["shop.no", "month", "sold"])
    table = table.set_column(1, "month", table["month"].cast(pa.date32()))
    table = table.append_column("item", pa.array(["tea"] * len(table)))
    names = {"id_col": ["shop.no", "item"], "time_col": "month", "target_col": "sold"}
    made = scale.forecast(spark.createDataFrame(table), 2, **names).toArrow()
    assert made.column_names[:2] == ["shop.no/item", "month"]
    assert made["month"].type == pa.date32()
    assert len(made) == 12


def test_the_network_is_loaded_once_in_a_process(spark, model, table) -> None:
    frame = SparkFrame(spark.createDataFrame(table))

    def loads(rows: pa.Table) -> pa.Table:
        from gated.scale.engines.frames import _model

        _model(content)
        return pa.table({"loads": [_model.cache_info().misses]})

    content = stored(model)
    schema = pa.schema([("loads", pa.int64())])
    found = pa.concat_tables([frame.collected(["y"], loads, schema) for _ in range(3)])
    assert len(found) > 3
    assert max(found["loads"].to_pylist()) <= 3  # one for each model of these tests


def test_without_rows_it_is_an_error(spark, table) -> None:
    with pytest.raises(DataError, match="no rows"):
        scale.forecast(spark.createDataFrame(table).limit(0), **SMALL)
