"""A file is read and forecast where neither pandas nor torch is installed."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gated.forecast import Forecaster
from tests.hidden_libraries import results_without

PROGRAM = """
from datetime import datetime, timedelta

import pyarrow as pa

days = [datetime(2024, 1, 1) + timedelta(days=day) for day in range(120)]
sold = [50 + 10 * (day % 7 > 4) + day % 3 for day in range(120)]
rows = "".join(f"{day:%Y-%m-%d},{y}\\n" for day, y in zip(days, sold))
Path("days.csv").write_text("ds,y\\n" + rows)
Path("points.csv").write_text("ds,y\\n" + rows.replace("-", "."))
hours = [datetime(2024, 3, 29) + timedelta(hours=hour) for hour in range(200)]
zone = "".join(f"{hour:%Y-%m-%dT%H:%M:%S}Z,{number % 24}\\n" for number, hour in enumerate(hours))
Path("hours.csv").write_text("ds,y\\n" + zone)

import gated

model = gated.Forecaster(h=7).fit("days.csv")
made = model.predict()
found["type"] = type(made).__module__
found["columns"] = made.column_names
found["predicted"] = made["gated"].to_pylist()
model.save("m.gated")
assert gated.Forecaster.load("m.gated").predict().equals(made)
given = {"ds": np.array(days, "M8[us]"), "y": np.array(sold)}
found["kinds"] = {
    kind: type(gated.Forecaster().predict(table, h=7)).__module__.partition(".")[0]
    for kind, table in {"dict": given, "list": sold, "arrow": pa.table(given)}.items()
}
try:
    import polars as pl
except ModuleNotFoundError:
    found["polars"] = None
else:
    out = gated.Forecaster().predict(pl.DataFrame(given), h=7)
    assert isinstance(out, pl.DataFrame)
    found["polars"] = out["gated"].to_list()
found["what if"] = model.what_if({"y": {"2024-04-28": 90}}).frame.num_rows
goods = gated.datasets.goods()
found["shop"] = gated.datasets.shop().column_names
found["goods"] = [goods.num_rows, str(goods.schema.field("unique_id").type)]
found["rows"] = gated.Forecaster().predict(gated.datasets.shop(), h=7).num_rows

found["forecast"] = command("forecast", "days.csv", "--horizon", 7)
found["holidays"] = command("forecast", "days.csv", "--horizon", 7, "--holidays", "DE")
found["format"] = command("read", "points.csv", "--time-format", "%Y.%m.%d")
found["hours"] = command("forecast", "hours.csv", "--horizon", 7, "--json")
found["backtest"] = command("backtest", "days.csv", "--horizon", 7, "--windows", 1)
found["read"] = command("read", "days.csv", "--out", "tidy.parquet")
found["demo"] = command("demo")
found["table"] = command("demo", "--table", "shop.csv")
found["doctor"] = command("doctor")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("without_pandas")


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, Any]:
    """The results of one process, because a start takes longer than everything that it does."""
    return results_without(("pandas", "torch"), PROGRAM, folder)


def test_a_file_is_forecast_as_a_pyarrow_table(found: dict[str, Any], folder: Path) -> None:
    assert found["type"] == "pyarrow.lib"
    bounds = ["gated-mean", "gated-lo-80", "gated-hi-80"]
    assert found["columns"] == ["unique_id", "ds", "gated", *bounds]
    frame = pd.read_csv(folder / "days.csv", parse_dates=["ds"])
    # The same bits as with pandas, in this process.
    assert Forecaster().predict(frame, h=7)["gated"].tolist() == found["predicted"]
    of_file = Forecaster.load(folder / "m.gated").predict(h=7)
    assert isinstance(of_file, pd.DataFrame)
    assert of_file["gated"].tolist() == found["predicted"]


def test_other_inputs_are_forecast(found: dict[str, Any]) -> None:
    assert found["kinds"] == {"dict": "pyarrow", "list": "pyarrow", "arrow": "pyarrow"}
    assert found["polars"] in (None, found["predicted"])
    assert found["what if"] == 7


def test_the_example_data_are_pyarrow_tables(found: dict[str, Any]) -> None:
    assert found["shop"] == ["ds", "revenue", "open"]
    assert found["goods"] == [22_170, "string"]
    assert found["rows"] == 7


def test_the_commands_work(found: dict[str, Any], folder: Path) -> None:
    names = ("forecast", "holidays", "format", "hours", "backtest", "read", "demo", "doctor")
    for name in names:
        code, out, err = found[name]
        assert code == 0, (name, err)
        assert out, name
    assert found["forecast"][1].count("\n") == 8
    assert "2024-04-06T08:00:00" in found["hours"][1]
    assert pd.read_parquet(folder / "tidy.parquet")["y"].tolist()[:3] == [50.0, 51.0, 52.0]
    assert found["table"][0] == 0, found["table"][2]
    assert len(pd.read_csv(folder / "shop.csv")) == 739
