"""Auto-conditioning: after k passes, the first k steps of a stretch are those of a generation."""

import numpy as np
import pytest
import torch

from gated import Generator
from gated.numeric import converted
from gated.tasks.generator import feedback
from gated.tasks.generator.codecs import Feedback
from gated.tasks.generator.feedback import fed_back
from gated.tasks.generator.steps import stack
from gated.tasks.generator.trainable_network import TrainableGeneratorNetwork
from tests.tasks.generator.pieces import pieces_of

PASSES, FIRST = 4, 6
"""The stretch begins at the symbol `FIRST`."""


@pytest.fixture(scope="module")
def model() -> Generator:
    sizes = {"hidden_size": 16, "num_layers": 1, "window": 20, "batch_size": 4, "max_steps": 20}
    return Generator("motion", validation=0, dropout=0.3, **sizes).fit(pieces_of("motion"))


@pytest.fixture
def codec(model, monkeypatch):
    monkeypatch.setattr(
        type(model.codec_), "feedback", Feedback(PASSES, longest=9, share=0.5, temperature=0.0)
    )
    return model.codec_


@pytest.mark.parametrize("begin", [0, 3])
def test_a_stretch_is_what_a_generation_gives(model, codec, monkeypatch, begin) -> None:
    network = TrainableGeneratorNetwork.of(model._stored.network)
    head = network.head.now()
    symbols = codec.encode(pieces_of("motion", 1, seed=5)[0], "motion")
    batch = converted(stack([codec.steps(symbols, begin, 18)]), torch.from_numpy)
    own = torch.zeros(1, 18 - begin, dtype=torch.bool)
    own[:, FIRST - begin : FIRST - begin + PASSES] = True
    monkeypatch.setattr(feedback, "_stretches", lambda *_: own)
    found, reads_own = fed_back(network.train(), codec, batch)
    assert network.training
    network.eval()
    state, history = network.initial_state(1), codec.history()
    for symbol in symbols[:begin]:
        history.push(symbol)
    for step in range(begin, 18):
        inputs = torch.from_numpy(history.inputs())[None, None]
        np.testing.assert_allclose(found.inputs[0, step - begin], inputs[0, 0], atol=1e-4)
        with torch.inference_mode():
            features, state = network.features(inputs, state)
            predicted = head.predicted(features, torch.zeros(1))[0, 0].numpy()
        history.push(predicted if own[0, step - begin] else symbols[step])
    assert reads_own[0].nonzero()[:, 0].tolist() == list(range(7 - begin, 7 - begin + PASSES))
    torch.testing.assert_close(found.targets, batch.targets)


def test_without_stretches_the_inputs_are_those_of_the_recording(model, codec, monkeypatch) -> None:
    parts = [codec.encode(piece, "motion") for piece in pieces_of("motion", 3)]
    steps = [codec.steps(part, 0, len(part)) for part in parts]
    batch = converted(stack(steps), torch.from_numpy)
    monkeypatch.setattr(feedback, "_stretches", lambda mask, _: torch.zeros_like(mask))
    found, reads_own = fed_back(TrainableGeneratorNetwork.of(model._stored.network), codec, batch)
    assert not reads_own.any()
    torch.testing.assert_close(found.inputs[batch.mask], batch.inputs[batch.mask])


def test_stretches_have_the_lengths_and_the_share() -> None:
    torch.manual_seed(0)
    mask = torch.ones(200, 300, dtype=torch.bool)
    own = feedback._stretches(mask, Feedback(4, longest=8, share=0.5))
    assert 0.4 < float(own.float().mean()) < 0.6
    lengths = set()
    for row in own.tolist():
        text = "".join("x" if each else " " for each in row)[10:-10]
        lengths |= {len(stretch) for stretch in text.split()}
    assert lengths == set(range(1, 9))
    assert 0.3 < float(own[:, 0].float().mean()) < 0.7


def test_other_media_read_recorded_steps_only() -> None:
    sizes = {"hidden_size": 8, "num_layers": 1, "window": 20, "batch_size": 4, "max_steps": 2}
    model = Generator("text", **sizes).fit("abc " * 50)
    batch = stack([model.codec_.steps(model.codec_.encode("abc abc", "text"), 0, 7)])
    network = TrainableGeneratorNetwork.of(model._stored.network)
    assert fed_back(network, model.codec_, batch) == (batch, None)
