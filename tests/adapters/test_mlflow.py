"""Tests models of MLflow: saved, loaded in another process, and served.

`make adapters` runs this file where MLflow is installed.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("mlflow", reason="MLflow is not installed here; `make adapters` installs it")

import mlflow
from fastapi.testclient import TestClient
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import scoring_server

from gated import Forecaster
from gated.adapters.mlflow import log_model, save_model
from gated.errors import UsageError
from tests.adapters.guide import section
from tests.ports import free_port, wait_for

DAYS = pd.date_range("2024-01-01", periods=84)
NOISE = np.random.default_rng(0).normal(0, 0.3, 84)
SALES = pd.DataFrame(
    {"unique_id": "a", "ds": DAYS, "y": 20 + 5.0 * (DAYS.day_of_week == 6) + NOISE}
)
LATER = SALES.assign(unique_id="b", y=3 * SALES["y"])

LOADS = """
import sys
import mlflow.pyfunc, pandas as pd
table = pd.read_parquet(sys.argv[2])
made = mlflow.pyfunc.load_model(sys.argv[1]).predict(table, params={"h": 4, "level": [50.0, 90.0]})
made.to_parquet(sys.argv[3])
assert "torch" not in sys.modules
"""


@pytest.fixture(params=["fitted", "not fitted"])
def forecaster(request: pytest.FixtureRequest) -> Forecaster:
    model = Forecaster(season_length=7)
    return model.fit(SALES) if request.param == "fitted" else model


def test_another_process_forecasts_the_same(forecaster: Forecaster, tmp_path: Path) -> None:
    save_model(forecaster, tmp_path / "model", SALES, h=7)
    LATER.to_parquet(tmp_path / "later.parquet")
    paths = [str(tmp_path / name) for name in ("model", "later.parquet", "made.parquet")]
    subprocess.run([sys.executable, "-W", "ignore", "-c", LOADS, *paths], check=True)
    made = pd.read_parquet(tmp_path / "made.parquet")
    expected = forecaster.predict(LATER, 4, level=[50, 90])
    assert made.columns.tolist() == expected.columns.tolist()
    if not forecaster.is_fitted:  # a fitted one cannot be validated for h=4 without its rows
        np.testing.assert_array_equal(made.iloc[:, 2:], expected.iloc[:, 2:])
    np.testing.assert_allclose(made["gated"], expected["gated"], rtol=0.05)
    assert made["ds"].tolist() == expected["ds"].tolist()


def test_no_file_of_a_model_is_a_pickle_or_has_the_rows_of_the_fit(tmp_path: Path) -> None:
    save_model(Forecaster().fit(SALES), tmp_path / "model", LATER, h=7)
    names = {path.name for path in (tmp_path / "model").rglob("*") if path.is_file()}
    assert "forecaster.gated" in names
    assert not [name for name in names if name.endswith((".pkl", ".pickle"))]
    file = tmp_path / "model" / "data" / "forecaster" / "forecaster.gated"
    assert Forecaster.load(file).table_.n_rows == 0


def test_the_signature_has_types_and_parameters(tmp_path: Path) -> None:
    save_model(Forecaster(), tmp_path / "model", SALES, h=7)
    model = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    signature = model.metadata.signature
    assert [column.name for column in signature.inputs] == ["unique_id", "ds", "y"]
    assert {param.name: param.default for param in signature.params} == {"h": 7, "level": [80.0]}
    assert len(model.predict(SALES)) == 7
    assert "gated-lo-80" in model.predict(SALES).columns
    assert len(model.input_example) == 84
    with pytest.raises(MlflowException, match="is missing inputs"):
        model.predict(SALES.drop(columns="y"))


@pytest.mark.parametrize("kind", ["int64", "float64", "Int64", "str"])
def test_numbers_of_any_type_are_accepted(kind: str, tmp_path: Path) -> None:
    counts = SALES.assign(y=SALES["y"].round().astype("int64"))
    save_model(Forecaster(), tmp_path / "model", counts, h=7)
    made = mlflow.pyfunc.load_model(str(tmp_path / "model")).predict(
        counts.assign(y=counts["y"].astype(kind))
    )
    np.testing.assert_array_equal(made["gated"], Forecaster().predict(counts, 7)["gated"])


def test_fractions_and_missing_values_are_accepted_after_whole_numbers(tmp_path: Path) -> None:
    counts = SALES.assign(y=SALES["y"].round().astype("int64"))
    save_model(Forecaster(), tmp_path / "model", counts, h=7)
    later = LATER.assign(y=LATER["y"].where(LATER["y"] > 62))
    made = mlflow.pyfunc.load_model(str(tmp_path / "model")).predict(later)
    np.testing.assert_array_equal(made["gated"], Forecaster().predict(later, 7)["gated"])


def test_a_server_answers_requests(tmp_path: Path) -> None:
    save_model(Forecaster(), tmp_path / "model", SALES, h=7)
    client = TestClient(scoring_server.init(mlflow.pyfunc.load_model(str(tmp_path / "model"))))
    text = LATER.to_json(orient="split", date_format="iso", index=False, double_precision=15)
    table = json.loads(text)
    body: dict[str, Any] = {"dataframe_split": table, "params": {"h": 3, "level": [90]}}
    answer = client.post("/invocations", json=body)
    assert answer.status_code == 200, answer.text
    made = pd.DataFrame(answer.json()["predictions"])
    expected = Forecaster().predict(LATER, 3, level=90)
    assert made.columns.tolist() == expected.columns.tolist()
    np.testing.assert_allclose(made["gated-hi-90"], expected["gated-hi-90"], rtol=1e-9)
    refused = client.post("/invocations", json=body | {"params": {"h": 0}})
    assert refused.status_code == 400
    assert "h is 0" in refused.json()["message"]
    assert "Traceback" not in refused.text


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_of_the_guide_serve_a_model(tmp_path: Path) -> None:
    save_model(Forecaster(), tmp_path / "sales_model", SALES, h=7)
    commands = re.findall(r"^```sh\n(.*?)\n```$", section("MLflow"), re.MULTILINE)
    port = free_port()
    serve, ask = (shlex.split(command.replace("5001", str(port))) for command in commands)
    # MLflow runs uvicorn as a command; `make adapters` has it as a package of another environment.
    uvicorn = tmp_path / "bin" / "uvicorn"
    uvicorn.parent.mkdir()
    uvicorn.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m uvicorn "$@"\n')
    uvicorn.chmod(0o755)
    folders = [str(uvicorn.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
    env = {**os.environ, "PATH": os.pathsep.join(folders)}
    server = subprocess.Popen(serve, cwd=tmp_path, env=env, start_new_session=True)
    try:
        wait_for(port, server)
        answer = subprocess.run([*ask, "--silent"], cwd=tmp_path, capture_output=True, check=True)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()
    made = pd.DataFrame(json.loads(answer.stdout)["predictions"])
    expected = Forecaster().predict(SALES, 7)
    np.testing.assert_allclose(made["gated"], expected["gated"], rtol=1e-9)
    assert made["ds"].tolist() == expected["ds"].dt.strftime("%Y-%m-%dT%H:%M:%S").tolist()


def test_a_run_logs_a_model_that_is_loaded_by_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/runs.db")
    with mlflow.start_run():
        logged = log_model(Forecaster(), "sales", SALES, h=7)
    made = mlflow.pyfunc.load_model(logged.model_uri).predict(SALES, params={"h": 2})
    assert len(made) == 2


def test_a_horizon_out_of_range_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="h is 0"):
        save_model(Forecaster(), tmp_path / "model", SALES, h=0)
    assert not (tmp_path / "model").exists()


def test_the_example_of_the_guide_prints_its_output(check_guide: Callable[[str], None]) -> None:
    check_guide("MLflow")
