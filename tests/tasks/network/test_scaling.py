"""The standardised inputs of a network: cepstral coefficients, statistics, parts of a sequence."""

import numpy as np
import pytest
import torch
from scipy.fft import dct

from gated.numeric import Parameters
from gated.tasks.network.scaling import channels, mean_step, scaled
from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.network.trainable_model import TrainableModel


def test_the_coefficients_are_those_of_the_cosine_transform():
    bands = np.random.default_rng(0).normal(size=(2, 5, 40)).astype(np.float32)
    expected = dct(bands, axis=2, norm="ortho")[..., :20]
    expected[..., 0] *= np.sqrt(2)  # orthonormal but for the first, which is rescaled anyway
    np.testing.assert_allclose(channels(bands, 20), expected, atol=1e-5)
    np.testing.assert_allclose(channels(torch.from_numpy(bands), 20), expected, atol=1e-5)


def test_a_level_in_all_bands_changes_the_first_coefficient_only():
    bands = np.random.default_rng(0).normal(size=(1, 3, 40)).astype(np.float32)
    change = np.abs(channels(bands + 2, 20) - channels(bands, 20))
    assert change[..., 0].min() > 1
    assert change[..., 1:].max() < 1e-5


@pytest.mark.parametrize("cepstra", [0, 20])
def test_the_channels_of_the_mean_step_are_the_mean(cepstra):
    mean = np.random.default_rng(0).normal(size=cepstra or 40).astype(np.float32)
    step = mean_step(mean, 40, cepstra)
    assert step.shape == (40,)
    np.testing.assert_allclose(channels(step, cepstra), mean, atol=1e-5)


@pytest.mark.parametrize("cepstra", [0, 7])
def test_the_parts_of_a_sequence_give_the_whole(cepstra):
    model = TrainableModel(SequenceConfig(12, 8, 2, is_centred=True, cepstra=cepstra)).eval()
    x = torch.randn(3, 11, 12, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        whole, _ = model(x)
        first, state = model(x[:, :4])
        second, _ = model(x[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole, atol=1e-5, rtol=0)


def test_a_constant_channel_keeps_its_unit():
    model = TrainableModel(SequenceConfig(2, 4, 1))
    model.scaler.fit(*(np.array(each, np.float32) for each in ([1.0, 5.0], [2.0, 0.0])))
    weights, x = model.frozen().weights, np.array([[[3.0, 6.0]]], np.float32)
    found, _ = scaled(weights.part("scaler"), x, {}, is_centred=False, cepstra=0)
    assert found.tolist() == [[[1.0, 1.0]]]


def test_the_running_mean_begins_at_that_of_the_training():
    weights = Parameters({"mean": np.full(1, 3, np.float32), "spread": np.ones(1, np.float32)})
    state = {"sums": np.zeros((1, 1), np.float32), "steps": np.zeros((1, 1), np.float32)}
    x = np.full((1, 400, 1), 24.0, np.float32)
    found, after = scaled(weights, x, state, is_centred=True, cepstra=0)
    # 21 above the mean of the training, which counts as 20 steps
    np.testing.assert_allclose(found[0, [0, 19, 399], 0], [20.0, 10.5, 1.0], rtol=1e-5)
    assert (after["sums"].item(), after["steps"].item()) == (400 * 21.0, 400.0)
