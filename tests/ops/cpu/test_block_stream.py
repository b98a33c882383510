"""Steps of a stack of residual blocks in C++ against the blocks, and their refusals."""

import threading

import numpy as np
import pytest
import torch
from torch import nn

from gated.nn.blocks import RecurrentBlock
from gated.numeric import Parameters
from gated.ops import blocks as blocks_module
from gated.ops.cpu import extension
from gated.ops.cpu.block_stream import BlockStream

pytestmark = pytest.mark.skipif(not extension.available(), reason=str(extension.reason()))


def stack(hidden: int, count: int) -> tuple[list[RecurrentBlock], nn.LayerNorm]:
    torch.manual_seed(0)
    blocks = [RecurrentBlock(hidden).eval() for _ in range(count)]
    norm = nn.LayerNorm(hidden)
    for module in (*blocks, norm):
        for parameter in module.parameters():
            parameter.data += 0.1 * torch.randn_like(parameter)
    return blocks, norm


def parameters(module: nn.Module) -> Parameters:
    return Parameters({name: value.detach().numpy() for name, value in module.named_parameters()})


def stream_of(blocks: list[RecurrentBlock], norm: nn.LayerNorm) -> BlockStream:
    made = blocks_module.stream_of([parameters(block) for block in blocks], parameters(norm))
    assert made is not None
    return made


def arrays(steps: int, hidden: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    x, h = random.normal(size=(steps, hidden)), random.normal(size=(count, hidden))
    return x.astype(np.float32), h.astype(np.float32)


@pytest.mark.parametrize(("hidden", "count"), [(1, 1), (8, 2), (37, 3), (128, 1)])
@pytest.mark.parametrize("steps", [1, 2, 9])
def test_steps_equal_those_of_the_blocks(hidden, count, steps) -> None:
    blocks, norm = stack(hidden, count)
    x, h = arrays(steps, hidden, count)
    features, states = torch.from_numpy(x)[None], []
    with torch.no_grad():
        for block, state in zip(blocks, torch.from_numpy(h), strict=True):
            features, after = block(features, state[None, None])
            states.append(after[0, 0])
        expected = norm(features)[0]
    y, h_next = stream_of(blocks, norm)(x, h)
    np.testing.assert_allclose(y, expected, atol=2e-5)
    np.testing.assert_allclose(h_next, torch.stack(states), atol=2e-5)


def test_the_weights_are_a_copy() -> None:
    blocks, norm = stack(8, 1)
    stream, (x, h) = stream_of(blocks, norm), arrays(3, 8, 1)
    before = stream(x, h)
    with torch.no_grad():
        for parameter in blocks[0].parameters():
            parameter.zero_()
    for first, second in zip(before, stream(x, h), strict=True):
        np.testing.assert_array_equal(first, second)


def test_threads_share_the_weights() -> None:
    stream, (x, h) = stream_of(*stack(33, 2)), arrays(5, 33, 2)
    expected, found = stream(x, h)[0], []
    threads = [
        threading.Thread(target=lambda: found.extend(stream(x, h)[0] for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 200
    assert all((each == expected).all() for each in found)


@pytest.mark.parametrize(
    ("x", "h"), [((3, 7), (2, 8)), ((3, 8), (1, 8)), ((3, 8), (2, 9)), ((2, 3), (2, 8))]
)
def test_arrays_of_other_sizes_are_refused(x, h) -> None:
    stream = stream_of(*stack(8, 2))
    with pytest.raises(ValueError, match=r"An array has \d+ elements\. Expected \d+ times 8"):
        stream(np.zeros(x, dtype=np.float32), np.zeros(h, dtype=np.float32))


@pytest.mark.parametrize("x", [np.zeros((3, 8)), np.zeros((8, 3), dtype=np.float32).T])
def test_arrays_of_another_type_or_layout_are_refused(x) -> None:
    with pytest.raises(TypeError, match="incompatible function arguments"):
        stream_of(*stack(8, 2))(x, np.zeros((2, 8), dtype=np.float32))


def test_weights_of_other_sizes_are_refused() -> None:
    (block,), norm = stack(8, 1)
    own, last = parameters(block), [value.detach().numpy() for value in norm.parameters()]
    names = (
        *("recurrent_norm.weight", "recurrent_norm.bias"),
        *("recurrent.weight_ih_l0", "recurrent.weight_hh_l0"),
        *("recurrent.bias_ih_l0", "recurrent.bias_hh_l0"),
        *(f"feed_forward.{layer}.{name}" for layer in (0, 1, 4) for name in ("weight", "bias")),
    )
    weights = [[own[name] for name in names]]
    BlockStream("gru_after", weights, last, 1e-5)
    with pytest.raises(ValueError, match="Expected whole blocks"):
        BlockStream("gru_after", [weights[0][:-1]], last, 1e-5)
    with pytest.raises(ValueError, match="Expected blocks and a norm"):
        BlockStream("gru_after", [], last, 1e-5)
    with pytest.raises(ValueError, match=r"An array has 192 elements\. Expected 8 times 8"):
        BlockStream("rnn_tanh", weights, last, 1e-5)
    with pytest.raises(ValueError, match="A block has no cell state"):
        BlockStream("lstm", weights, last, 1e-5)


def test_there_is_no_stream_without_the_kernels(monkeypatch) -> None:
    monkeypatch.setattr(extension, "available", lambda: False)
    (block,), norm = stack(8, 1)
    assert blocks_module.stream_of([parameters(block)], parameters(norm)) is None
