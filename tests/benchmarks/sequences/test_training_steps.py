"""The timing of training steps: the loop of an estimator, and the same on torch.nn.GRU."""

import numpy as np
import pytest
import torch
from torch import nn

import gated.nn
from benchmarks.sequences.speed import tasks, training_steps
from gated import Generator, SequenceClassifier
from gated.errors import GatedError

_TEXT = "to be or not to be. " * 40


def _text() -> object:
    sizes = {"hidden_size": 8, "num_layers": 2, "window": 12, "batch_size": 4, "max_steps": 9}
    return Generator("text", validation=0, **sizes).fit(_TEXT)


def _labels() -> object:
    random = np.random.default_rng(0)
    arrays = [random.normal(loc=index % 2, size=(5 + index % 3, 2)) for index in range(20)]
    model = SequenceClassifier(hidden_size=8, max_steps=7, batch_size=5, validation=0, seed=0)
    return model.fit(arrays, [0, 1] * 10)


@pytest.mark.parametrize("begin", [_text, _labels])
def test_the_loop_is_that_of_the_estimator_before_its_first_step(begin) -> None:
    loop = tasks.training_loop(begin)
    assert (loop.step, loop.plan.budget) == (0, {_text: 9, _labels: 7}[begin])
    assert any(isinstance(layer, gated.nn.GRU) for layer in loop.model.modules())
    loop.advance()
    assert loop.step == 1


def test_a_fit_without_a_training_is_an_error() -> None:
    with pytest.raises(GatedError, match="ended without a training"):
        tasks.training_loop(lambda: None)


@pytest.mark.parametrize("begin", [_text, _labels])
def test_the_same_model_on_torch_takes_the_same_steps(begin) -> None:
    ours = tasks.training_loop(begin)
    theirs = training_steps.on_torch(tasks.training_loop(begin))
    kinds = {type(layer) for layer in theirs.model.modules()}
    assert nn.GRU in kinds
    assert gated.nn.GRU not in kinds
    for loop in (ours, theirs):
        torch.manual_seed(0)
        for _ in range(3):
            loop.advance()
    assert ours.loss == pytest.approx(theirs.loss, rel=1e-5)
    for name, value in theirs.model.state_dict().items():
        # Three steps of float32 in another order of summation.
        torch.testing.assert_close(ours.model.state_dict()[name], value, rtol=1e-3, atol=1e-4)


def test_a_model_without_a_recurrence_is_an_error() -> None:
    loop = tasks.training_loop(_text)
    loop.model = nn.Linear(1, 1)
    with pytest.raises(GatedError, match=r"no gated\.nn\.GRU"):
        training_steps.on_torch(loop)


def test_a_report_has_a_row_for_each_task_and_their_mean(call, monkeypatch) -> None:
    def measured(folder, task, plan):
        return {"task": task, "ratio": {"text": 2.0, "rolls": 8.0}[task]}

    monkeypatch.setattr(
        training_steps, "in_fresh_process", lambda threads, call, *rest: call(*rest)
    )
    monkeypatch.setattr(training_steps, "_measured", measured)
    code, output, _ = call("training_steps", "--tasks", "text,rolls", "--threads", "1")
    assert code == 0
    assert "geometric mean" in output
    assert "4.00" in output
    code, _, errors = call("training_steps", "--tasks", "words")
    assert code == 2
    assert "--tasks has words. Expected some of labels of sound" in errors


def test_measuring_a_task_compares_and_times_both(monkeypatch) -> None:
    monkeypatch.setitem(tasks.TASKS, "tiny", tasks.Task("none", lambda folder: _text()))
    row = training_steps._measured(None, "tiny", training_steps._QUICK)
    assert row["rounds"] == 3
    assert 0 < row["draw_ms"] < row["ours_ms"]
    assert row["difference"] < 1e-4
