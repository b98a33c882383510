"""Tests model files: unchanged forecasts, and no execution of code from a file."""

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from typer.testing import CliRunner

from gated.cli.app import app
from gated.errors import GatedError, ModelFileError, NotFittedError, UsageError
from gated.forecast import Forecaster
from gated.train import load_tensors, save_tensors
from tests.forecast.example_tables import DAYS, QUICK, future, sales


def test_save_and_load_forecast_the_same_bits(tmp_path, with_covariates: Forecaster) -> None:
    path = tmp_path / "shop.gated"
    with_covariates.save(path)
    loaded = Forecaster.load(path)
    pd.testing.assert_frame_equal(
        loaded.predict(X_df=future(), level=[80]),
        with_covariates.predict(X_df=future(), level=[80]),
    )
    assert loaded.get_params() == with_covariates.get_params()
    assert loaded.verdict_ == with_covariates.verdict_
    assert loaded.notes_ == with_covariates.notes_


def test_a_loaded_model_returns_frames_of_the_fitted_kind(tmp_path) -> None:
    frame = pl.from_pandas(sales()[["unique_id", "ds", "y"]])
    model = Forecaster(h=7, **QUICK).fit(frame)
    model.save(tmp_path / "m")
    out = Forecaster.load(tmp_path / "m").predict(h=2)
    assert isinstance(out, pl.DataFrame)
    assert out.schema["ds"] == frame.schema["ds"]
    assert out.equals(model.predict(h=2))


def test_a_damaged_model_file_is_refused(tmp_path, fitted: Forecaster) -> None:
    path = tmp_path / "m"
    fitted.save(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelFileError, match="truncated"):
        Forecaster.load(path)
    path.write_bytes(b"PK\x03\x04 not ours")
    with pytest.raises(ModelFileError, match="cannot be read as a gated model"):
        Forecaster.load(path)


def test_whole_numbers_of_numpy_are_whole_numbers(tmp_path) -> None:
    model = Forecaster(h=np.int64(7), seed=np.int64(1), **QUICK).fit(sales(1)[["ds", "y"]])
    model.save(tmp_path / "m")
    assert Forecaster.load(tmp_path / "m").get_params()["h"] == 7


@pytest.mark.parametrize("label", [7, "7", 2.5])
def test_ids_are_unchanged_in_the_file(tmp_path, label) -> None:
    model = Forecaster(h=7, **QUICK).fit(sales(1)[["ds", "y"]].assign(unique_id=label))
    model.save(tmp_path / "m")
    pd.testing.assert_frame_equal(Forecaster.load(tmp_path / "m").predict(), model.predict())


def test_ids_that_a_file_cannot_store_are_an_error(tmp_path) -> None:
    model = Forecaster(h=7, **QUICK).fit(sales(1)[["ds", "y"]].assign(unique_id=Decimal("1.5")))
    with pytest.raises(GatedError, match=r"Decimal.*Use text or numbers as ids"):
        model.save(tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"schema": {"id_dtype": {"name": "read_csv", "source": "secret.csv"}}},
        {"facts": "text"},
        {"network": {"dropout": 7}},
        {"params": {"unknown": 1}},
        {"ids": ["one too many"] * 3},
        {"verdict": None},
    ],
)
def test_a_malicious_header_is_refused_and_runs_no_code(tmp_path, fitted, change: dict) -> None:
    fitted.save(tmp_path / "m")
    tensors, header = load_tensors(tmp_path / "m", kind="model", version=5)
    for name, value in change.items():
        merged = isinstance(value, dict) and isinstance(header[name], dict)
        header[name] = {**header[name], **value} if merged else value
    save_tensors(tmp_path / "m", tensors, header, kind="model", version=5)
    with pytest.raises(ModelFileError, match="do not fit together"):
        Forecaster.load(tmp_path / "m")


class TestWithoutTable:
    @pytest.fixture
    def without(self, tmp_path, with_covariates: Forecaster) -> Forecaster:
        with_covariates.save(tmp_path / "m", with_table=False)
        return Forecaster.load(tmp_path / "m")

    def test_forecasts_another_table_as_the_whole_one(self, without, with_covariates) -> None:
        frame = sales(seed=3)
        ahead = future()
        pd.testing.assert_frame_equal(
            without.predict(frame, X_df=ahead, level=[80]),
            with_covariates.predict(frame, X_df=ahead, level=[80]),
        )
        assert without.verdict_ == with_covariates.verdict_
        assert without.h_ == with_covariates.h_

    @pytest.mark.parametrize("method", ["predict", "forecast", "explain", "memory"])
    def test_methods_that_need_the_table_are_errors(self, without, method: str) -> None:
        with pytest.raises(UsageError, match=r"saved without its table.*Give it as df"):
            getattr(without, method)()

    def test_holds_nothing_of_the_table(self, tmp_path) -> None:
        frame = sales(1)[["ds", "y"]].assign(unique_id="secret shop", ds=DAYS)
        model = Forecaster(h=7, **QUICK).fit(frame)
        for name, with_table in (("whole", True), ("without", False)):
            model.save(tmp_path / name, with_table=with_table)
        whole, without = ((tmp_path / name).read_bytes() for name in ("whole", "without"))
        values = frame["y"].to_numpy()[:100].tobytes()
        for secret in (b"secret shop", values):
            assert secret in whole
            assert secret not in without
        again = Forecaster.load(tmp_path / "without")
        assert again.table_.n_rows == 0
        assert again.table_.notes == ()
        again.save(tmp_path / "again")
        assert Forecaster.load(tmp_path / "again").table_.n_rows == 0

    def test_the_pretrained_network_forecasts_any_horizon(self, tmp_path) -> None:
        Forecaster(h=7).fit(sales(1)[["ds", "y"]]).save(tmp_path / "m", with_table=False)
        model = Forecaster.load(tmp_path / "m")
        for h in (3, 7, 14):
            assert len(model.predict(sales(2)[["unique_id", "ds", "y"]], h=h)) == 2 * h
        assert model.h_ == 7

    def test_the_terminal_uses_it(self, tmp_path, monkeypatch) -> None:
        frame = sales(1)[["ds", "y"]]
        frame.to_csv(tmp_path / "t.csv", index=False)
        Forecaster(h=7, **QUICK).fit(tmp_path / "t.csv").save(tmp_path / "m", with_table=False)
        command = ["forecast", str(tmp_path / "t.csv"), "--horizon", "7", "--model"]
        result = CliRunner().invoke(app, [*command, str(tmp_path / "m")])
        assert result.exit_code == 0, result.stderr
        assert result.stdout.count("\n") == 8


def test_a_model_that_was_never_fitted_is_not_saved(tmp_path) -> None:
    with pytest.raises(NotFittedError, match="has no table yet"):
        Forecaster().save(tmp_path / "m", with_table=False)
