"""Measures how far back the state of a recurrence reaches: ∂h_T/∂h_{T−k} for all distances k.

The chain rule gives the gradient over k steps as a product of k matrices,

    P_k = ∂h_T/∂h_{T−1} · ∂h_{T−1}/∂h_{T−2} · … · ∂h_{T−k+1}/∂h_{T−k},

so that its norm vanishes or explodes about as the power of a number (Bengio et al. 1994; Pascanu et
al. 2013, arXiv 1211.5063). Here rows V are carried back step by step, V P_k: with the unit vectors
as V the product itself, which is exact; with m random vectors v ~ N(0, I) its norm is estimated,
since E ‖v P_k‖² = ‖P_k‖²_F. The state is all that a layer carries from step to step: h of all
layers, and c of an LSTM.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gated.arrays import FloatArray
from gated.errors import DataError, UsageError
from gated.insight.torch_layers import as_gated
from gated.nn.recurrent.base import Recurrent
from gated.text import counted

__all__ = ["StateGradients", "state_gradients"]

_EXACT = 256  # features of the state up to which the product itself is computed
_VECTORS = 32  # random ones above
_SETTLED = 4  # the first distances, 1/4 of all, do not count for the rate


@dataclass(frozen=True)
class StateGradients:
    """The effect of a state on the state k steps later.

    Attributes:
        log_norm: [T + 1] log of ‖∂h_T/∂h_{T−k}‖_F ÷ ‖I‖_F for k = 0 … T, the mean over the
            sequences; −inf where the gradient is zero.
        error: [T + 1] standard error of `log_norm` from the random vectors; 0 where it is exact.
        spectrum: [S] the singular values of the gradient over all T steps, falling, as natural
            logarithms, of the first sequence; None where the norm is estimated.
        is_exact: whether the product itself was computed.
    """

    log_norm: FloatArray
    error: FloatArray
    spectrum: FloatArray | None
    is_exact: bool

    @property
    def rate(self) -> float:
        """The factor of the norm per step, over the later three quarters of the distances."""
        if self.log_norm[-1] == -np.inf:
            return 0.0
        first = (len(self.log_norm) - 1) // _SETTLED
        rise = self.log_norm[-1] - self.log_norm[first]
        return float(np.exp(rise / (len(self.log_norm) - 1 - first)))

    @property
    def half_life(self) -> float:
        """Steps in which the norm falls by half, by `rate`; negative: in which it doubles."""
        if self.rate == 0:
            return 0.0
        log_rate = np.log(self.rate)
        return float(np.log(0.5) / log_rate) if log_rate else float("inf")


def state_gradients(
    layer: nn.Module, input: Tensor, hx: Any = None, *, vectors: int | None = None, seed: int = 0
) -> StateGradients:
    """Measure ∂h_T/∂h_{T−k} for k = 0 … T, where T is the number of steps of the input.

    Args:
        layer: an RNN, LSTM or GRU of `gated.nn` or `torch.nn`, forward only.
        input: as in a call of the layer, no packed sequence.
        hx: the initial state, as in a call.
        vectors: random ones; by default none, and 32 where the state has more than 256 features.
        seed: of the random vectors.

    Raises:
        UsageError: the module is no recurrent layer, or reads backward too; or the number of
            vectors is below 2.
        DataError: there are fewer than two steps, or a state is not finite.

    Example:
        >>> from gated.nn import RNN
        >>> layer = RNN(1, 2, bias=False)
        >>> _ = nn.init.eye_(layer.weight_hh_l0).data.mul_(0.5)
        >>> found = state_gradients(layer, torch.zeros(9, 1, 1))
        >>> round(found.rate, 3), round(found.half_life, 3)
        (0.5, 1.0)
    """
    with torch.random.fork_rng(devices=[]):  # a converted layer draws weights that are replaced
        own = as_gated(layer)
    if own.bidirectional:
        raise UsageError("The layer reads backward, too. Expected one that reads forward only.")
    if vectors is not None and vectors < 2:
        raise UsageError(f"vectors is {vectors}. Expected at least 2.")
    steps = _steps(own, input)
    if len(steps) < 2:
        raise DataError(f"The input has {counted(len(steps), 'step')}. Expected at least two.")
    with _frozen(own):
        return _measured(own, steps, hx, vectors, seed)


@contextmanager
def _frozen(layer: Recurrent) -> Iterator[None]:
    """Without dropout, and without gradients of the weights."""
    was_training = layer.training
    trained = [each for each in layer.parameters() if each.requires_grad]
    layer.eval().requires_grad_(False)
    try:
        yield
    finally:
        layer.train(was_training)
        for parameter in trained:
            parameter.requires_grad_()


def _steps(layer: Recurrent, input: Tensor) -> Tensor:
    """[T, B, I] the input."""
    if not isinstance(input, Tensor):
        raise UsageError("The input is packed. Expected a tensor.")
    if input.dim() == 2:
        return input[:, None]
    return input.transpose(0, 1) if layer.batch_first else input


def _measured(
    layer: Recurrent, steps: Tensor, hx: Any, vectors: int | None, seed: int
) -> StateGradients:
    states = _states(layer, steps, hx)
    if not all(bool(torch.isfinite(state).all()) for state in states):
        raise DataError("A state is not finite. Expected a layer and an input of finite numbers.")
    batch, features = states[0].shape
    is_exact = vectors is None and features <= _EXACT
    if is_exact:
        rows = torch.eye(features, dtype=states[0].dtype, device=states[0].device)
        rows = rows.expand(batch, -1, -1)
    else:
        generator = torch.Generator().manual_seed(seed)
        size = (batch, vectors or _VECTORS, features)
        rows = torch.randn(size, generator=generator, dtype=states[0].dtype).to(states[0].device)
    scale = torch.zeros(
        batch, dtype=torch.float64, device=rows.device
    )  # log of what the rows were divided by
    squares = [_log_squares(rows, scale)]
    for step, before in zip(reversed(steps), reversed(states[:-1]), strict=True):
        rows = _carried(layer, step, before, rows)
        size_of_rows = rows.flatten(1).norm(dim=1)
        safe = size_of_rows.where(size_of_rows > 0, torch.ones_like(size_of_rows))
        rows, scale = rows / safe[:, None, None], scale + safe.double().log()
        squares.append(_log_squares(rows, scale))
    return _summed(torch.stack(squares), rows, scale, is_exact)


def _states(layer: Recurrent, steps: Tensor, hx: Any) -> list[Tensor]:
    """[T + 1] of [B, S], the state before the first step and after each."""
    state = hx
    if state is None:
        _, state = layer(_laid_out(layer, steps[:1]))
        state = (
            tuple(torch.zeros_like(part) for part in state)
            if isinstance(state, tuple)
            else torch.zeros_like(state)
        )
    found = [_flat(state).detach()]
    with torch.no_grad():
        for step in steps:
            _, state = layer(_laid_out(layer, step[None]), state)
            found.append(_flat(state))
    return found


def _carried(layer: Recurrent, step: Tensor, before: Tensor, rows: Tensor) -> Tensor:
    """[B, m, S] the rows times the gradient of one step."""
    batch, count, features = rows.shape
    own = before.repeat_interleave(count, 0).requires_grad_()  # [B·m, S]
    repeated = step.repeat_interleave(count, 0)
    with torch.enable_grad():
        _, after = layer(_laid_out(layer, repeated[None]), _apart(layer, own))
        (carried,) = torch.autograd.grad(_flat(after), own, rows.reshape(-1, features))
    return torch.unflatten(carried, 0, (batch, count))


def _laid_out(layer: Recurrent, steps: Tensor) -> Tensor:
    return steps.transpose(0, 1) if layer.batch_first else steps


def _flat(state: Any) -> Tensor:
    """[B, S] the parts of a state [L, B, ·] of each sequence in one row."""
    parts = state if isinstance(state, tuple) else (state,)
    return torch.cat([part.transpose(0, 1).flatten(1) for part in parts], 1)


def _apart(layer: Recurrent, flat: Tensor) -> Any:
    """Undo `_flat`."""
    sizes = [layer.proj_size or layer.hidden_size]
    if layer.recurrence.kind == "lstm":
        sizes.append(layer.hidden_size)
    parts = torch.split(flat, [layer.num_layers * size for size in sizes], 1)
    found = tuple(
        torch.unflatten(part, 1, (layer.num_layers, size)).transpose(0, 1).contiguous()
        for part, size in zip(parts, sizes, strict=True)
    )
    return found if len(found) == 2 else found[0]


def _log_squares(rows: Tensor, scale: Tensor) -> Tensor:
    """[B, m] log of the squared norm of each row."""
    return rows.double().square().sum(2).log() + 2 * scale[:, None]


def _summed(found: Tensor, rows: Tensor, scale: Tensor, is_exact: bool) -> StateGradients:
    """Sum up the log squares [T + 1, B, m] of the rows."""
    count = found.shape[2]
    per_sequence = found.logsumexp(2) / 2  # [T + 1, B] log of the norm of all rows
    start = per_sequence[:1]
    log_norm = (per_sequence - start).mean(1)
    error = torch.zeros_like(log_norm)
    if not is_exact:  # the standard error of a mean of squares, carried through the logarithm
        shares = (found - found.logsumexp(2, keepdim=True)).exp() * count  # mean 1
        spread = shares.var(2) / count  # [T + 1, B] of the mean
        error = (spread.mean(1) / 4 / found.shape[1]).sqrt()
    spectrum = None
    if is_exact:
        values = torch.linalg.svdvals(rows[0].double())
        spectrum = (values.log() + scale[0]).cpu().numpy()
    return StateGradients(log_norm.cpu().numpy(), error.cpu().numpy(), spectrum, is_exact)
