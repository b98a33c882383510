"""Truncated backpropagation: the same results, and no gradient beyond a cut."""

from typing import Any

import pytest
import torch
from torch import Tensor

from gated import nn
from gated.errors import UsageError

LAYERS = {
    "GRU": lambda **o: nn.GRU(3, 4, 2, **o),
    "LSTM": lambda **o: nn.LSTM(3, 4, **o),
    "MinGRU": lambda **o: nn.MinGRU(3, 4, **o),
    "torch": lambda **o: torch.nn.LSTM(3, 4, **o),
}
by_layer = pytest.mark.parametrize("name", LAYERS)


@by_layer
def test_concatenated_parts_equal_the_whole(name: str) -> None:
    layer, x = LAYERS[name](), torch.randn(10, 2, 3)
    parts = list(nn.truncated_bptt(layer, x, length=4))
    assert [part.steps for part in parts] == [slice(0, 4), slice(4, 8), slice(8, 10)]
    whole, state = layer(x)
    torch.testing.assert_close(torch.cat([part.output for part in parts]), whole)
    torch.testing.assert_close(parts[-1].state, state)


@by_layer
def test_gradients_end_at_the_cuts(name: str) -> None:
    layer, x = LAYERS[name](), torch.randn(10, 2, 3, requires_grad=True)
    parts = list(nn.truncated_bptt(layer, x, length=4))
    (d_x,) = torch.autograd.grad(parts[1].output.sum(), x)
    assert torch.equal(d_x[:4], torch.zeros(4, 2, 3))
    assert torch.equal(d_x[8:], torch.zeros(2, 2, 3))
    assert bool((d_x[4:8] != 0).any(dim=-1).all())


def test_a_part_is_computed_with_the_current_weights() -> None:
    layer, x = nn.GRU(3, 4), torch.randn(6, 2, 3)
    for part in nn.truncated_bptt(layer, x, length=3):
        if part.steps.start == 0:
            with torch.no_grad():
                layer.weight_ih_l0.zero_()
            before = part.state
        else:
            torch.testing.assert_close(part.output, layer(x[part.steps], before.detach())[0])


def test_a_training_loop() -> None:
    """Learns to output the previous input, over sequences of 200 in parts of 20."""
    torch.manual_seed(1)
    layer, head = nn.GRU(1, 8, batch_first=True), torch.nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*layer.parameters(), *head.parameters()], lr=0.02)
    losses = []
    for _ in range(8):
        x = torch.randn(4, 200, 1)
        y = torch.cat([torch.zeros(4, 1, 1), x[:, :-1]], dim=1)
        for part in nn.truncated_bptt(layer, x, length=20):
            loss = (head(part.output) - y[:, part.steps]).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert sum(losses[-10:]) < 0.3 * sum(losses[:10])


@pytest.mark.parametrize("batch_first", [False, True])
def test_layouts(batch_first: bool) -> None:
    layer = nn.LSTM(3, 4, batch_first=batch_first)
    x = torch.randn(2, 10, 3) if batch_first else torch.randn(10, 2, 3)
    parts = list(nn.truncated_bptt(layer, x, length=7))
    joined = torch.cat([part.output for part in parts], dim=1 if batch_first else 0)
    torch.testing.assert_close(joined, layer(x)[0])
    alone = [part.output for part in nn.truncated_bptt(layer, x[0], length=7)]
    torch.testing.assert_close(torch.cat(alone), layer(x[0])[0])


def test_an_initial_state_and_resets() -> None:
    layer, x, h = nn.GRU(3, 4), torch.randn(10, 2, 3), torch.randn(1, 2, 4, requires_grad=True)
    resets = torch.rand(10, 2) < 0.3
    parts = list(nn.truncated_bptt(layer, x, length=4, hx=h, resets=resets))
    torch.testing.assert_close(
        torch.cat([part.output for part in parts]), layer(x, h, resets=resets)[0]
    )
    (d_h,) = torch.autograd.grad(parts[0].output.sum(), h, allow_unused=True)
    assert d_h is None


@pytest.mark.parametrize("time_dim", [1, -2])
def test_a_negative_time_axis_applies_to_the_resets_too(time_dim: int) -> None:
    layer, x = nn.GRU(3, 4, batch_first=True), torch.randn(5, 6, 3)
    resets = torch.rand(5, 6) < 0.3
    parts = nn.truncated_bptt(layer, x, length=2, resets=resets, time_dim=time_dim)
    joined = torch.cat([part.output for part in parts], 1)
    torch.testing.assert_close(joined, layer(x, resets=resets)[0])


def test_the_last_state_continues_with_new_data() -> None:
    layer, x, state = nn.LSTM(3, 4), torch.randn(10, 2, 3), None
    outputs = []
    for data in (x[:5], x[5:]):
        for part in nn.truncated_bptt(layer, data, length=2, hx=state):
            part.output.sum().backward()
            outputs.append(part.output)
        state = part.state
    torch.testing.assert_close(torch.cat(outputs), layer(x)[0])


class Model(torch.nn.Module):
    """A model of a user, with time in the last axis."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList([nn.GRU(3, 4), nn.LSTM(4, 5)])

    def forward(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        first, second = (None, None) if state is None else state
        between, first = self.layers[0](x.permute(2, 0, 1), first)
        output, second = self.layers[1](between, second)
        return output.permute(1, 2, 0), [first, second]


def test_a_model_of_the_user() -> None:
    model, x = Model(), torch.randn(2, 3, 10)
    parts = list(nn.truncated_bptt(model, x, length=4, time_dim=2))
    torch.testing.assert_close(torch.cat([part.output for part in parts], 2), model(x)[0])


def test_invalid_arguments_are_errors() -> None:
    """The call raises the error, not the first part."""
    layer, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    for length in (0, -1, 2.0, True):
        with pytest.raises(UsageError, match=f"length is {length!r}. Expected a whole number"):
            nn.truncated_bptt(layer, x, length)
    with pytest.raises(UsageError, match=r"input is a PackedSequence. Expected a padded tensor"):
        nn.truncated_bptt(layer, torch.nn.utils.rnn.pack_sequence([x[:, 0]]), 2)
    with pytest.raises(UsageError, match="input has no step: its axis 0 is 0 long"):
        nn.truncated_bptt(layer, x[:0], 2)
    with pytest.raises(UsageError, match=r"time_dim is 3. Expected an axis of the 3-D input"):
        nn.truncated_bptt(layer, x, 2, time_dim=3)
    with pytest.raises(UsageError, match=r"resets have 7 steps. Expected 5, as the input has"):
        nn.truncated_bptt(layer, x, 2, resets=torch.zeros(7, 2, dtype=torch.bool))
    with pytest.raises(UsageError, match="The module is bidirectional"):
        nn.truncated_bptt(nn.GRU(3, 4, bidirectional=True), x, 2)
    with pytest.raises(
        UsageError, match=r"The state is a dict. Expected a tensor, None, or a tupl"
    ):
        next(nn.truncated_bptt(layer, x, 2, {"h": x}))
