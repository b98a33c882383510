"""Frames of engines are recognised by their type, and forecast by `gated.scale`."""

import pyarrow as pa
import pytest

from gated import Forecaster, scale
from gated.errors import UsageError
from gated.forecast.engine_frames import engine_of


def frame_of(package: str, method: str) -> object:
    """An object of a class of an engine, which need not be installed."""
    members = {"__module__": f"{package}.frame", method: lambda self: None}
    return type("Frame", (), members)()


@pytest.mark.parametrize(
    ("package", "method"),
    [("ray", "map_batches"), ("pyspark", "mapInArrow"), ("dask", "set_index")],
)
def test_a_frame_is_forecast_by_scale(package, method, monkeypatch) -> None:
    frame, calls = frame_of(package, method), []
    assert engine_of(frame) == package

    def forecast(*arguments, **keywords):
        calls.append((arguments, keywords))
        return "made"

    monkeypatch.setattr(scale, "forecast", forecast)
    model = Forecaster()
    assert model.predict(frame, 7, level=[50], id_col="shop") == "made"
    ((arguments, keywords),) = calls
    assert arguments == (frame, 7)
    assert keywords["model"] is model
    assert (keywords["level"], keywords["id_col"]) == ([50], "shop")
    with pytest.raises(UsageError, match="go with a table in one piece"):
        model.predict(frame, X_df=pa.table({"y": [1.0]}))


def test_other_objects_of_these_packages_are_none() -> None:
    assert engine_of(frame_of("dask", "map_partitions")) is None
    assert engine_of(pa.table({"y": [1.0]})) is None
    assert engine_of(None) is None
