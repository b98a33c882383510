"""Defines dropout that draws fewer random bits than torch.

On a CPU, drawing random numbers takes most of the time of dropout.
"""

import torch
from torch import Tensor, nn

from gated.ops.cpu.backend import is_watched

__all__ = ["Dropout"]

_BITS = 16  # random bits for each element


class Dropout(nn.Dropout):
    """torch.nn.Dropout that draws fewer random bits on a CPU.

    torch draws one number for each element; this class draws 16 bits. The probability is rounded to
    a multiple of 1/65,536, and the kept elements are scaled by the rounded probability, so that the
    mean of the output is the input. On other devices, in place, and inside torch.compile, vmap and
    similar transforms it calls torch's dropout.

    Source: Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from
    Overfitting".

    Args:
        p: probability of setting an element to zero in training.
        inplace: whether to change the input.

    Shape:
        input and output: any, the same.

    Raises:
        ValueError: p is not between 0 and 1.

    >>> _ = torch.manual_seed(0)
    >>> Dropout(0.5)(torch.ones(6)).tolist()
    [0.0, 0.0, 2.0, 0.0, 0.0, 0.0]
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply dropout to `input`; see the class."""
        dropped = round(self.p * 2**_BITS)
        draws_bits = not self.inplace and input.device.type == "cpu" and 0 < dropped < 2**_BITS
        if not self.training or not draws_bits or is_watched():
            return super().forward(input)
        scale = 2**_BITS / (2**_BITS - dropped)
        return input * _kept(input, dropped).mul_(scale)


def _kept(like: Tensor, dropped: int) -> Tensor:
    """1, or 0 with probability dropped / 65,536, in the shape and dtype of `like`."""
    words = torch.empty(-(-like.numel() * _BITS // 64), dtype=torch.int64, device=like.device)
    words.random_(-(2**63), None)  # all 64 bits
    draws = words.view(torch.int16)[: like.numel()]
    return draws.ge_(dropped - 2 ** (_BITS - 1)).view(like.shape).to(like.dtype)
