"""The command `predict_many` on three series. No figure is asserted."""

import json

import pandas as pd
import pytest

import gated
from benchmarks.speed.predict_many import make_table, read_and_predict
from gated.errors import GatedError


def test_stages_and_rates_are_reported(call):
    code, output, _ = call(
        *("predict_many", "--series", "3", "--length", "60", "--horizon", "7"),
        *("--threads", "1", "--peer-series", "2", "--repeats", "1", "--json"),
    )
    assert code == 0
    report = json.loads(output)
    assert [stage["stage"][:4] for stage in report["stages"]] == ["read", "pred"]
    assert all(stage["peak"] > 0 for stage in report["stages"])
    assert len(report["rates"]) == 2


def test_an_incomplete_forecast_is_an_error(monkeypatch, tmp_path):
    incomplete = pd.DataFrame({"gated": [1.0, None]})
    monkeypatch.setattr(gated.Forecaster, "predict", lambda *_, **__: incomplete)
    make_table(1, 10).to_csv(tmp_path / "table.csv", index=False)
    with pytest.raises(GatedError, match=r"2 rows with 1 empty cells\. Expected 7 rows"):
        read_and_predict(tmp_path / "table.csv", 7)
