"""Streaming steps: every implementation is checked and timed."""

import pytest

import gated.nn
from benchmarks.layers.cases import KINDS
from benchmarks.layers.implementations.streaming import time_streaming
from gated.errors import GatedError
from tests.benchmarks.layers.example_runs import FAST


@pytest.mark.parametrize("kind", KINDS)
def test_every_implementation_is_timed(kind):
    streaming = time_streaming(kind, 1, FAST, steps=20)
    names = list(streaming.timings.seconds)
    assert streaming.ours == names[0]
    assert f"torch.nn.{kind.upper()}Cell" in names
    assert all(min(seconds) > 0 for seconds in streaming.timings.seconds.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_with_a_step_method_is_timed_by_it(kind, monkeypatch):
    def step(self, x, state):
        output, last = self(x[None], state)
        return output[0], last

    layer = {"rnn": gated.nn.RNN, "lstm": gated.nn.LSTM, "gru": gated.nn.GRU}[kind]
    monkeypatch.setattr(layer, "step", step, raising=False)
    streaming = time_streaming(kind, 1, FAST, steps=20)
    assert streaming.ours == f"gated {kind.upper()}.step"
    assert f"gated {kind.upper()}, one-step call" in streaming.timings.seconds


def test_a_wrong_step_method_is_an_error(monkeypatch):
    def step(self, x, state):
        output, last = self(x[None], state)
        return output[0] + 0.1, last

    monkeypatch.setattr(gated.nn.GRU, "step", step, raising=False)
    with pytest.raises(GatedError, match=r"gated GRU\.step, 20 steps"):
        time_streaming("gru", 1, FAST, steps=20)
