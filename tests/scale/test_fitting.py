"""Training on several workers: one network for all, resumed to the same bits."""

import subprocess
import sys

import numpy as np
import pytest

from gated import Forecaster, scale
from gated.errors import DataError, UsageError
from gated.forecast.training import shared_trainer
from gated.scale import learning, training_rows
from gated.scale.engines import local_learners
from gated.scale.engines.local_learners import learn_here, with_modules
from gated.scale.jobs import followed
from gated.scale.jobs.job import train
from gated.scale.jobs.plan import Plan, Work, chosen_columns, planned
from gated.scale.jobs.storage import Folder
from gated.scale.jobs.tasks import CHECKPOINT, MODEL
from gated.scale.learning import join_and_learn
from gated.scale.model import stored
from gated.scale.training_rows import TrainingRows
from gated.table import read_table
from gated.table.columns.request import Request
from gated.train.workers import Workers
from tests.scale.conftest import MONTHS, InProcess, monthly, unusable, write_parts

SMALL = Forecaster(h=3, training="tune", max_steps=12, batch_size=8)


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    place = tmp_path_factory.mktemp("parts")
    table = monthly(24)
    write_parts(table, place, [0, 400, len(table)])
    return place


@pytest.fixture(scope="module")
def monthly_table():
    return read_table(monthly(2))


def planned_in(parts, place) -> tuple[Plan, Folder]:
    """A plan of a training, and the folder of its job."""
    work = Work(h=3, params=SMALL.get_params(), rows_per_bucket=200, sample_series=12)
    files = [str(path) for path in sorted(parts.iterdir())]
    plan = planned(files, work, lambda schema, head: chosen_columns(schema.names, head, Request()))
    return plan, Folder.at(place)


class OnlyGroups(InProcess):
    """Ends before the training."""

    def learn(self, working, most) -> None:
        raise KeyboardInterrupt


def grouped(parts, place) -> str:
    """The address of the folder of a job whose rows are grouped."""
    plan, folder = planned_in(parts, place)
    with pytest.raises(KeyboardInterrupt):
        train(plan, folder, OnlyGroups(), None)
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


def test_a_forecast_trains_on_all_series(parts, tmp_path) -> None:
    stages: list[tuple[str, int, int]] = []
    asked = {"model": SMALL, "rows_per_bucket": 200, "sample_series": 12}

    def follow(step: scale.JobProgress) -> None:
        stages.append((step.stage, step.done, step.total))

    made = scale.forecast(parts, **asked, out=tmp_path / "out", workers=2, progress=follow)
    assert (made.series, made.rejected, made.resumed) == (24, 0, 0)
    assert ("train", 0, 1) in stages
    assert not any(stage == "decide" for stage, *_ in stages)
    left = {path.name for path in (tmp_path / "out" / "_gated").iterdir()}
    assert left == {"job.json", "plan.json", "rounds.json", "counts.json", MODEL}
    fitted = scale.fit(parts, **asked, workers=2, work=tmp_path / "work")
    assert stored(fitted) == (tmp_path / "out" / "_gated" / MODEL).read_bytes()


def test_a_training_tells_how_far_it_is(parts, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(learning, "_SECONDS_OF_PROGRESS", 0.0)
    monkeypatch.setattr(followed, "_SECONDS", 0.01)
    told: list[tuple[int, int]] = []

    def follow(step: scale.JobProgress) -> None:
        if step.stage == "train":
            told.append((step.done, step.total))

    plan, folder = planned_in(parts, tmp_path / "job")
    train(plan, folder, InProcess(), follow)
    assert told[0] == (0, 1)
    assert len(told) > 1
    assert all(1 <= done <= total < 12 for done, total in told[1:])


def test_a_worker_holds_one_portion_at_a_time(parts, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(training_rows, "PORTION_ROWS", 300)
    monkeypatch.setattr(shared_trainer, "_STEPS_OF_A_TABLE", 1)
    read: list[list[int]] = []
    original = TrainingRows.__getitem__

    def followed_read(self, number):
        read.append(list(self._buckets[number]))
        return original(self, number)

    monkeypatch.setattr(TrainingRows, "__getitem__", followed_read)
    learn_alone(grouped(parts, tmp_path / "job"), tmp_path / "meeting")
    portions = training_rows.portions(24 * MONTHS, 8, 0, 1)
    assert len(portions) == 4
    assert read[:4] == portions  # a step from each


def test_a_portion_without_a_usable_series_is_passed_over(monthly_table) -> None:
    def read(buckets):
        if buckets[0] in (1, 2):
            raise DataError(f"bucket {buckets[0]}")
        return monthly_table

    rows = TrainingRows([[0], [1], [2]], read)
    assert rows[1] is monthly_table
    with pytest.raises(DataError, match="bucket 2"):
        TrainingRows([[1], [2]], read)[0]


def test_a_worker_ends_with_the_process_that_started_it(parts, tmp_path) -> None:
    working = grouped(parts, tmp_path / "job")
    meeting = (tmp_path / "meeting").as_uri()
    command = [sys.executable, "-m", "gated.scale.engines.learner", working, "0", "2", meeting]
    alone = subprocess.Popen(
        [*command, str(tmp_path / "error")], stdin=subprocess.PIPE, env=with_modules()
    )  # it waits for the other worker
    assert alone.stdin is not None
    alone.stdin.close()
    assert alone.wait(60) == 1


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
    assert CHECKPOINT in Folder.at(working).names()
    assert learn_alone(working, tmp_path / "m3") == whole
    assert CHECKPOINT not in Folder.at(working).names()


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
