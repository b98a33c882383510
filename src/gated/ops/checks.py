"""Checks that the arguments of a recurrence are dense tensors of one floating dtype and device.

The functions of `gated.ops` run these checks before they read any shape, so that the message names
a list, an array or a tensor of another dtype instead of an error inside torch.
"""

from collections.abc import Collection, Mapping

import torch
from torch import Tensor

from gated.errors import UsageError

__all__ = ["check_same_kind", "check_tensors"]


def check_tensors(x: object, others: Mapping[str, object], optional: Collection[str]) -> None:
    """Check `others` against x; the tensors named in `optional` may be None.

    Raises:
        UsageError: one of them is not a dense tensor, or has another dtype or device than x, or x
            is not of a floating dtype. Under torch.autocast dtypes may differ, since it converts
            them.
    """
    x = _dense("x", x)
    if not x.dtype.is_floating_point:
        raise UsageError(f"x has dtype {x.dtype}. Expected a floating one: x.float() converts it.")
    for name, given in others.items():
        if given is not None or name not in optional:
            check_same_kind(name, given, x)


def check_same_kind(name: str, given: object, x: Tensor, dtype: torch.dtype | None = None) -> None:
    """Raise UsageError unless `given` is dense, on x's device and of `dtype`, or x's dtype."""
    tensor = _dense(name, given)
    if tensor.device != x.device:
        raise UsageError(
            f"{name} is on device {tensor.device}, x on {x.device}. Expected one device: "
            f"{name}.to(x.device) moves it."
        )
    expected = x.dtype if dtype is None else dtype
    if tensor.dtype != expected and (dtype is not None or not _converts(x.device.type)):
        raise UsageError(
            f"{name} has dtype {tensor.dtype}. Expected {expected}"
            f"{'' if dtype is not None else ', which x has'}: {name}.to({expected}) converts it."
        )


def _dense(name: str, given: object) -> Tensor:
    if not isinstance(given, Tensor):
        kind = "None" if given is None else f"of type {type(given).__name__}"
        raise UsageError(
            f"{name} is {kind}. Expected a tensor: torch.as_tensor makes one of an array or a list."
        )
    if given.layout != torch.strided:
        raise UsageError(
            f"{name} has layout {given.layout}. Expected a dense tensor: {name}.to_dense() is one."
        )
    return given


def _converts(device: str) -> bool:
    """Whether torch.autocast converts the operands of a product on this kind of device."""
    return torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)
