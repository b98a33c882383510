"""Frames of engines: which are recognised, and messages where an engine is too old."""

import pytest

from gated import scale
from gated.errors import UsageError
from gated.scale.engines.dask_frame import DaskFrame
from gated.scale.engines.ray_dataset import RayDataset
from gated.scale.forecasting import frame_of


def instance(package: str, *methods: str) -> object:
    """An object of a class of an engine, which need not be installed."""
    members = {"__module__": f"{package}.frame"} | dict.fromkeys(methods, lambda self: None)
    return type("Frame", (), members)()


def test_each_engine_has_its_frame() -> None:
    assert isinstance(frame_of(instance("ray", "map_batches")), RayDataset)
    assert isinstance(frame_of(instance("dask", "set_index")), DaskFrame)
    assert frame_of(instance("dask", "compute")) is None


def test_an_older_spark_is_refused() -> None:
    with pytest.raises(UsageError, match="of a Spark before version 4"):
        scale.forecast(instance("pyspark", "mapInArrow"), 2)


def test_a_frame_has_no_options_of_files(tmp_path) -> None:
    with pytest.raises(UsageError, match="are of a table in files"):
        scale.forecast(instance("ray", "map_batches"), 2, out=tmp_path)
