"""Training on several workers: one network for all, resumed to the same bits."""

import subprocess

import numpy as np
import pytest

from gated import Forecaster, scale
from gated.errors import DataError, UsageError
from gated.scale import learning
from gated.scale.engines import local_learners
from gated.scale.engines.local_learners import learn_here
from gated.scale.jobs.job import group
from gated.scale.jobs.plan import Work, chosen_columns, planned
from gated.scale.jobs.storage import Folder
from gated.scale.jobs.tasks import MODEL
from gated.scale.learning import join_and_learn
from gated.table.columns.request import Request
from gated.train.workers import Workers
from tests.scale.conftest import InProcess, monthly, unusable, write_parts

SMALL = Forecaster(h=3, training="tune", max_steps=12, batch_size=8)


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    place = tmp_path_factory.mktemp("parts")
    table = monthly(24)
    write_parts(table, place, [0, 400, len(table)])
    return place


def grouped(parts, place) -> str:
    """The address of the folder of a job whose rows are grouped."""
    work = Work(h=3, params=SMALL.get_params(), rows_per_bucket=200, sample_series=12)
    files = [str(path) for path in sorted(parts.iterdir())]
    plan = planned(files, work, lambda schema, head: chosen_columns(schema.names, head, Request()))
    folder = Folder.at(place)
    group(plan, folder, InProcess(), None)
    return folder.address


def learn_alone(working: str, meeting) -> bytes:
    """The model of a training with one worker in this process."""
    join_and_learn(working, 0, 1, meeting.as_uri())
    return Folder.at(working).read(MODEL)


def test_two_workers_train_one_network(parts, tmp_path) -> None:
    fitted = scale.fit(parts, model=SMALL, workers=2, rows_per_bucket=200, work=tmp_path / "work")
    assert fitted.is_fitted
    assert fitted._fit.fitted.mean.typical_level is not None
    assert not list((tmp_path / "work").iterdir())
    made = scale.forecast(parts, model=fitted, out=tmp_path / "out", engine=InProcess())
    assert (made.series, made.rejected) == (24, 0)
    assert np.isfinite(made.table()["gated"].to_numpy()).all()


def test_an_interrupted_training_is_resumed_to_the_same_bits(parts, tmp_path, monkeypatch) -> None:
    whole = learn_alone(grouped(parts, tmp_path / "whole"), tmp_path / "m1")
    working, steps = grouped(parts, tmp_path / "broken"), []
    average = Workers.average_gradients

    def failing(self, parameters) -> None:
        steps.append(1)
        if len(steps) == 4:
            raise KeyboardInterrupt
        average(self, parameters)

    monkeypatch.setattr(learning, "_SECONDS", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(Workers, "average_gradients", failing)
        with pytest.raises(KeyboardInterrupt):
            learn_alone(working, tmp_path / "m2")
    assert learning.CHECKPOINT in Folder.at(working).names()
    assert learn_alone(working, tmp_path / "m3") == whole
    assert learning.CHECKPOINT not in Folder.at(working).names()


def test_if_a_process_is_killed_all_begin_again(parts, tmp_path, monkeypatch) -> None:
    started: list[subprocess.Popen] = []

    class Watched(subprocess.Popen):
        def __init__(self, *arguments, **keywords) -> None:
            super().__init__(*arguments, **keywords)
            started.append(self)
            if len(started) == 2:
                self.kill()

    monkeypatch.setattr(local_learners.subprocess, "Popen", Watched)
    working = grouped(parts, tmp_path / "job")
    learn_here(working, 2)
    assert len(started) == 4
    assert all(process.returncode is not None for process in started)
    assert MODEL in Folder.at(working).names()


def test_errors_of_a_worker_are_raised_here(tmp_path) -> None:
    write_parts(unusable(), tmp_path / "in", [0, 5])
    with pytest.raises(DataError, match="No series of a worker can be read"):
        scale.fit(tmp_path / "in", model=SMALL, workers=1, work=tmp_path / "work")


def test_messages(parts, tmp_path, model) -> None:
    work = {"work": tmp_path / "work"}
    for given in (Forecaster(), model):
        with pytest.raises(UsageError, match="is fitted, or needs no training"):
            scale.fit(parts, model=given, **work)
    with pytest.raises(UsageError, match=r'engine="rai" is unknown\. Did you mean'):
        scale.fit(parts, engine="rai", **work)
    with pytest.raises(UsageError, match='workers="9" does not fit a table of 1 buckets'):
        scale.fit(parts, workers=9, **work)
