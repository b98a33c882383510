"""The residual block: its shape, its start, and a recurrence in float32 under autocast."""

import pytest
import torch

from gated.nn.blocks import RecurrentBlock


def test_the_block_is_the_identity_if_both_branches_are_zero() -> None:
    block = RecurrentBlock(8)
    for layer in (block.recurrent, block.feed_forward[-1]):
        for parameter in layer.parameters():
            torch.nn.init.zeros_(parameter)
    inputs = torch.randn(2, 5, 8)
    torch.testing.assert_close(block(inputs)[0], inputs)


@pytest.mark.parametrize("batch", [1, 6])
def test_under_autocast_the_recurrence_stays_in_float32(batch: int, monkeypatch) -> None:
    block, inputs = RecurrentBlock(16), torch.randn(batch, 7, 16, requires_grad=True)
    seen = []
    forward = block.recurrent.forward

    def spy(values, *rest):
        seen.append((values.dtype, torch.is_autocast_enabled("cpu")))
        return forward(values, *rest)

    monkeypatch.setattr(block.recurrent, "forward", spy)
    expected, _ = block(inputs)
    with torch.autocast("cpu", torch.bfloat16):
        found, _ = block(inputs)
    assert seen == [(torch.float32, False)] * 2
    torch.testing.assert_close(found.float(), expected, rtol=0.05, atol=0.05)
    found.float().sum().backward()
    assert inputs.grad is not None
    assert inputs.grad.isfinite().all()


def test_parts_of_a_sequence_give_the_output_of_the_whole() -> None:
    block, inputs = RecurrentBlock(16).eval(), torch.randn(3, 9, 16)
    whole, last = block(inputs)

    first, state = block(inputs[:, :4])
    second, end = block(inputs[:, 4:], state)

    torch.testing.assert_close(torch.cat([first, second], 1), whole)
    torch.testing.assert_close(end, last)


def test_single_steps_give_the_output_of_the_whole() -> None:
    block, inputs = RecurrentBlock(16).eval(), torch.randn(3, 9, 16)
    whole, last = block(inputs)

    state, outputs = torch.zeros(1, 3, 16), []
    with torch.no_grad():
        for step in inputs.split(1, dim=1):
            output, state = block(step, state)
            outputs.append(output)

    torch.testing.assert_close(torch.cat(outputs, 1), whole.detach())
    torch.testing.assert_close(state, last.detach())
