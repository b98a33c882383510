"""The standardised inputs of a network: cepstral coefficients, statistics, parts of a sequence."""

import numpy as np
import pytest
import torch
from scipy.fft import dct

from gated.tasks.network.scaling import InputScaler
from gated.tasks.network.sequence_model import SequenceConfig, SequenceModel


def test_the_coefficients_are_those_of_the_cosine_transform():
    bands = torch.randn(2, 5, 40, generator=torch.Generator().manual_seed(0))
    expected = dct(bands.numpy(), axis=2, norm="ortho")[..., :20]
    expected[..., 0] *= np.sqrt(2)  # orthonormal but for the first, which is rescaled anyway
    found = InputScaler(40, is_centred=False, cepstra=20).channels(bands)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)


def test_a_level_in_all_bands_changes_the_first_coefficient_only():
    scaler = InputScaler(40, is_centred=False, cepstra=20)
    bands = torch.randn(1, 3, 40, generator=torch.Generator().manual_seed(0))
    change = scaler.channels(bands + 2.0) - scaler.channels(bands)
    assert change[..., 0].abs().min() > 1
    assert change[..., 1:].abs().max() < 1e-5


@pytest.mark.parametrize("cepstra", [0, 7])
def test_the_parts_of_a_sequence_give_the_whole(cepstra):
    model = SequenceModel(SequenceConfig(12, 8, 2, is_centred=True, cepstra=cepstra)).eval()
    x = torch.randn(3, 11, 12, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        whole, _ = model(x)
        first, state = model(x[:, :4])
        second, _ = model(x[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole, atol=1e-5, rtol=0)


def test_a_constant_channel_keeps_its_unit():
    scaler = InputScaler(2, is_centred=False)
    scaler.fit(torch.tensor([1.0, 5.0]), torch.tensor([2.0, 0.0]))
    found, _ = scaler(torch.tensor([[[3.0, 6.0]]]), {})
    assert found.tolist() == [[[1.0, 1.0]]]
