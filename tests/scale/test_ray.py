"""Ray: the bytes of the local engine, from files and from a Dataset, also after killed workers."""

import os
import signal

import numpy as np
import pyarrow as pa
import pytest

from gated import Forecaster, scale
from gated.errors import DataError, UsageError
from gated.scale.engines import ray_tasks
from tests.scale.conftest import (
    InProcess,
    content,
    in_order,
    monthly,
    shuffled,
    unusable,
    write_parts,
)

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.filterwarnings("ignore")  # of Ray itself

SMALL = {"h": 2, "rows_per_bucket": 400, "sample_series": 8}


@pytest.fixture(scope="module")
def cluster():
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return pa.concat_tables([monthly(40), unusable()])


@pytest.fixture(scope="module")
def local(table, tmp_path_factory):
    place = tmp_path_factory.mktemp("local")
    write_parts(table, place / "in", [0, len(table)])
    return scale.forecast(place / "in", **SMALL, out=place / "out", engine=InProcess())


def test_files_have_the_same_bytes_even_if_workers_are_killed(
    table, local, cluster, tmp_path
) -> None:
    write_parts(shuffled(table, 1), tmp_path / "in", [0, 300, 1_000, len(table)])
    killed: list[str] = []
    original = ray_tasks.TaskReport

    def follow(step) -> None:
        if step.done and len(killed) < 3:
            killed.append(step.stage)
            for process in reports[-1:]:
                os.kill(int(process.split(":")[1]), signal.SIGKILL)

    reports: list[str] = []

    def report(**values):
        reports.append(values["process"])
        return original(**values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ray_tasks, "TaskReport", report)
        found = scale.forecast(
            tmp_path / "in", **SMALL, out=tmp_path / "out", engine="ray", progress=follow
        )
    assert len(killed) == 3
    assert content(found) == content(local)


def test_a_dataset_becomes_one_with_the_same_rows(table, local, cluster) -> None:
    mixed = shuffled(table, 2)
    dataset = ray.data.from_arrow([mixed.slice(0, 500), mixed.slice(500)])
    made = pa.concat_tables(
        scale.forecast(dataset, **SMALL).iter_batches(batch_size=None, batch_format="pyarrow")
    )
    assert in_order(made).equals(in_order(local.table()))


def test_a_dataset_of_pandas_and_a_given_model(cluster, model) -> None:
    dataset = ray.data.from_pandas(monthly(3).to_pandas())
    made = scale.forecast(dataset, model=model).to_pandas()
    assert len(made) == 9
    assert made["unique_id"].nunique() == 3


def test_predict_takes_a_dataset(table, local, cluster) -> None:
    dataset = ray.data.from_arrow(shuffled(table, 4))
    fitted = Forecaster.load(f"{local.out}/_gated/model.gated")
    made = fitted.predict(dataset, 2)
    tables = made.iter_batches(batch_size=None, batch_format="pyarrow")
    found, expected = in_order(pa.concat_tables(tables)), in_order(local.table())
    assert found["unique_id"].equals(expected["unique_id"])
    np.testing.assert_allclose(found["gated"].to_numpy(), expected["gated"].to_numpy(), rtol=1e-6)
    assert Forecaster().predict(dataset, 2, level=[]).schema().names[-1] == "gated-error"
    with pytest.raises(UsageError, match="go with a table in one piece"):
        fitted.predict(dataset, X_df=monthly(1))


def test_a_network_is_trained_by_ray_train(cluster, tmp_path) -> None:
    pytest.importorskip("torch")
    table = monthly(24)
    write_parts(table, tmp_path / "in", [0, 500, len(table)])
    model = Forecaster(h=3, training="tune", max_steps=6, batch_size=8)
    fitted = scale.fit(
        tmp_path / "in", model=model, engine="ray", rows_per_bucket=200, work=tmp_path / "work"
    )
    assert fitted.is_fitted
    assert len(fitted.predict(table, 3)) == 24 * 3


def test_an_error_of_a_task_is_raised_here(cluster, tmp_path) -> None:
    write_parts(unusable(), tmp_path / "in", [0, 5])
    with pytest.raises(DataError, match="No series of the sample can be forecast"):
        scale.forecast(tmp_path / "in", 2, out=tmp_path / "out", engine="ray")
