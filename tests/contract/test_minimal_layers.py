"""The contract of MinGRU and MinLSTM: layouts, directions, packing, resets, steps, errors."""

import copy
import io
import warnings
from typing import Any

import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence

from gated import nn
from gated.errors import UsageError
from gated.ops.minimal import reference

KINDS = ["MinGRU", "MinLSTM"]
SCANS = ["plain", "log", "steps"]
by_kind = pytest.mark.parametrize("kind", KINDS)
by_scan = pytest.mark.parametrize("scan", SCANS)
DTYPE = torch.float64


def layer_of(kind: str, **options: Any) -> torch.nn.Module:
    return getattr(nn, kind)(3, 4, dtype=DTYPE, **options)


@by_scan
@by_kind
def test_a_layer_equals_its_steps_in_both_directions(kind: str, scan: str) -> None:
    layer = layer_of(kind, num_layers=2, bidirectional=True, scan=scan)
    x, h = torch.randn(7, 2, 3, dtype=DTYPE), torch.randn(4, 2, 4, dtype=DTYPE)
    output, h_n = layer(x, h)
    below, finals = x, []
    for number in range(2):
        outputs = []
        for suffix, times in (("", range(7)), ("_reverse", range(6, -1, -1))):
            name = f"l{number}{suffix}"
            weight, bias = getattr(layer, f"weight_ih_{name}"), getattr(layer, f"bias_ih_{name}")
            state, at = h[len(finals)], {}
            for t in times:
                state = at[t] = reference.step(layer.kind, below[t], state, weight, bias)
            outputs.append(torch.stack([at[t] for t in range(7)]))
            finals.append(state)
        below = torch.cat(outputs, dim=-1)
    torch.testing.assert_close(output, below)
    torch.testing.assert_close(h_n, torch.stack(finals))


@pytest.mark.parametrize("bidirectional", [False, True])
@by_scan
@by_kind
def test_a_packed_batch_equals_its_separate_sequences(
    kind: str, scan: str, bidirectional: bool
) -> None:
    layer = layer_of(kind, num_layers=2, bidirectional=bidirectional, scan=scan)
    lengths = [4, 7, 2, 7, 1]
    x = torch.randn(7, 5, 3, dtype=DTYPE)
    h = torch.randn(4 if bidirectional else 2, 5, 4, dtype=DTYPE)
    packed, states = layer(pack_padded_sequence(x, lengths, enforce_sorted=False), h)
    output, _ = pad_packed_sequence(packed)
    for b, length in enumerate(lengths):
        alone, last = layer(x[:length, b], h[:, b])
        torch.testing.assert_close(output[:length, b], alone)
        torch.testing.assert_close(states[:, b], last)


@by_kind
def test_batch_first_and_unbatched(kind: str) -> None:
    layer, turned = layer_of(kind), layer_of(kind, batch_first=True)
    turned.load_state_dict(layer.state_dict())
    x = torch.randn(6, 2, 3, dtype=DTYPE)
    output, h_n = layer(x)
    torch.testing.assert_close(turned(x.transpose(0, 1))[0].transpose(0, 1), output)
    for each in (layer, turned):
        alone, last = each(x[:, 1])
        torch.testing.assert_close(alone, output[:, 1])
        torch.testing.assert_close(last, h_n[:, 1])


@pytest.mark.parametrize("scan", ["plain", "steps"])
@pytest.mark.parametrize("bidirectional", [False, True])
@by_kind
def test_the_part_between_resets_is_a_separate_sequence(
    kind: str, bidirectional: bool, scan: str
) -> None:
    layer = layer_of(kind, num_layers=2, bidirectional=bidirectional, scan=scan)
    x, resets = torch.randn(9, 2, 3, dtype=DTYPE), torch.zeros(9, 2, dtype=torch.bool)
    resets[[0, 4, 8]] = True
    parts = [layer(x[part])[0] for part in (slice(0, 4), slice(4, 8), slice(8, 9))]
    torch.testing.assert_close(layer(x, resets=resets)[0], torch.cat(parts))


@by_kind
def test_steps_equal_the_sequence(kind: str) -> None:
    layer = layer_of(kind, num_layers=2, dropout=0.3).eval()
    x, h = torch.randn(6, 2, 3, dtype=DTYPE), None
    whole, h_n = layer(x)
    for t in range(6):
        output, h = layer.step(x[t], h)
        torch.testing.assert_close(output, whole[t])
    torch.testing.assert_close(h, h_n)
    output, h = layer.step(x[0, 1])
    assert (output.shape, h.shape) == ((4,), (2, 4))
    torch.testing.assert_close(output, whole[0, 1])
    assert not output.requires_grad
    assert not h.requires_grad


@by_kind
def test_dropout_acts_between_layers_in_training_only(kind: str) -> None:
    layer, plain = layer_of(kind, num_layers=2, dropout=0.5), layer_of(kind, num_layers=2)
    plain.load_state_dict(layer.state_dict())
    x = torch.randn(6, 2, 3, dtype=DTYPE)
    torch.testing.assert_close(layer.eval()(x)[0], plain(x)[0])
    assert not torch.allclose(layer.train()(x)[0], plain(x)[0])


@by_kind
def test_copy_and_save(kind: str) -> None:
    layer = layer_of(kind, num_layers=2, bias=False, scan="log")
    x = torch.randn(6, 2, 3, dtype=DTYPE)
    stored = io.BytesIO()
    torch.save(layer, stored)
    stored.seek(0)
    restored = torch.load(stored, weights_only=False)  # the stream of this very test
    for other in (copy.deepcopy(layer), restored):
        assert repr(other) == repr(layer) == f"{kind}(3, 4, num_layers=2, bias=False, scan=log)"
        assert torch.equal(other(x)[0], layer(x)[0])


@by_kind
def test_every_parameter_has_a_gradient(kind: str) -> None:
    layer = layer_of(kind, num_layers=2, bidirectional=True)
    layer(torch.randn(6, 2, 3, dtype=DTYPE))[0].square().sum().backward()
    for parameter in layer.parameters():
        assert parameter.grad is not None
        assert bool(parameter.grad.abs().sum() > 0)


@by_scan
@by_kind
def test_compiles_without_a_break(kind: str, scan: str) -> None:
    layer = layer_of(kind, num_layers=2, scan=scan)
    x = torch.randn(5, 2, 3, dtype=DTYPE)
    with warnings.catch_warnings():  # the compiler's own, about its insides
        warnings.simplefilter("ignore")
        output, _ = torch.compile(layer, backend="aot_eager", fullgraph=True)(x)
        output.sum().backward()
    torch._dynamo.reset()
    torch.testing.assert_close(output, layer(x)[0])
    assert layer.weight_ih_l0.grad is not None


@by_kind
def test_initial_weights(kind: str) -> None:
    torch.manual_seed(4)
    one = getattr(nn, kind)(16, 50, 2)
    torch.manual_seed(4)
    other = getattr(nn, kind)(16, 50, 2)
    for name, weight in one.named_parameters():
        bound = 1 / (16 if name.endswith("l0") else 50) ** 0.5
        assert 0.9 * bound < weight.abs().max().item() <= bound
        assert torch.equal(weight, getattr(other, name))


@by_kind
def test_invalid_arguments_of_the_constructor(kind: str) -> None:
    for name in ("input_size", "hidden_size", "num_layers"):
        sizes = {"input_size": 3, "hidden_size": 4} | {name: 0}
        with pytest.raises(UsageError, match=f"{name} is 0. Expected a whole number of at least 1"):
            getattr(nn, kind)(**sizes)
    with pytest.raises(UsageError, match=r"dropout is 1.5. Expected a number from 0 to 1"):
        layer_of(kind, dropout=1.5)
    with pytest.raises(UsageError, match="scan is 'fast'"):
        layer_of(kind, scan="fast")


@by_kind
def test_invalid_arguments_of_a_call(kind: str) -> None:
    layer, x = layer_of(kind), torch.randn(5, 2, 3, dtype=DTYPE)
    with pytest.raises(UsageError, match=r"The input has 2 features. Expected input_size=3"):
        layer(x[..., :2])
    with pytest.raises(UsageError, match=r"The input has 2 features. Expected input_size=3"):
        layer(pack_sequence([x[:, 0, :2]]))
    with pytest.raises(UsageError, match=r"The input has shape \[3\]. Expected 3 axes, or 2 unb"):
        layer(x[0, 0])
    with pytest.raises(UsageError, match="The input has no time step"):
        layer(x[:0])
    with pytest.raises(UsageError, match=r"hx has shape \[1, 3, 4\]. Expected \[1, 2, 4\]"):
        layer(x, torch.zeros(1, 3, 4, dtype=DTYPE))
    with pytest.raises(UsageError, match=r"resets have shape \[5, 1\]. Expected \[5, 2\]"):
        layer(x, resets=torch.zeros(5, 1, dtype=torch.bool))
    with pytest.raises(UsageError, match='resets were given with scan="log"'):
        layer_of(kind, scan="log")(x, resets=torch.zeros(5, 2, dtype=torch.bool))


@by_kind
def test_invalid_arguments_of_a_step(kind: str) -> None:
    layer, x = layer_of(kind), torch.randn(2, 3, dtype=DTYPE)
    with pytest.raises(
        UsageError, match=r"The input has shape \[1, 2, 3\]. Expected 2 axes, or 1 unb"
    ):
        layer.step(x[None])
    with pytest.raises(UsageError, match=r"state has shape \[1, 1, 4\]. Expected \[1, 2, 4\]"):
        layer.step(x, torch.zeros(1, 1, 4, dtype=DTYPE))
    with pytest.raises(UsageError, match="step was called on a bidirectional layer"):
        layer_of(kind, bidirectional=True).step(x)
