"""Small transcribers of pulses and of tones."""

import pytest

from gated import Transcriber
from tests.tasks.transcriber.strings import RATE, SMALL, pulses, tones


@pytest.fixture(scope="module")
def fitted() -> Transcriber:
    return Transcriber(**SMALL, max_steps=150).fit(*pulses(80, seed=0))


@pytest.fixture(scope="module")
def of_sound() -> Transcriber:
    params = {"max_steps": 150, "learning_rate": 1e-2, "dropout": 0.0, "augment": False}
    model = Transcriber(rate=RATE, join=(1, 3), **SMALL, **params)
    return model.fit(*tones(24, seed=0))
