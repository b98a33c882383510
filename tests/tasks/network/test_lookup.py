"""The input layer of symbols against its readable form, a linear layer of one-hot inputs."""

import torch
from torch import nn

from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.network.trainable_model import TrainableModel


def embedding(rows: int, inputs: int, hidden_size: int) -> tuple[TrainableModel, nn.Module]:
    torch.manual_seed(0)
    model = TrainableModel(SequenceConfig(inputs, hidden_size, 1, lookup=rows))
    return model, model.embed


def test_a_lookup_equals_a_linear_layer_of_one_hot_inputs() -> None:
    model, lookup = embedding(7, 2, 5)
    indices = torch.randint(0, 7, (3, 4, 2))
    joined = nn.functional.one_hot(indices, 7).float() @ lookup.table.weight  # [B, T, F, 64]
    expected = lookup.mix(joined.flatten(-2))
    torch.testing.assert_close(model.embedded(indices, {})[0], expected)
    gradients = [
        torch.autograd.grad(y.square().sum(), list(lookup.parameters()))
        for y in (model.embedded(indices, {})[0], expected)
    ]
    for found, wanted in zip(*gradients, strict=True):
        torch.testing.assert_close(found, wanted)


def test_its_features_begin_with_the_variance_one() -> None:
    model, _ = embedding(1_000, 4, 64)
    features, _ = model.embedded(torch.randint(0, 1_000, (50, 20, 4)), {})
    assert 0.8 < features.var() < 1.2
