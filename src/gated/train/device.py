"""Checks the device to train on before any work is done."""

import torch

from gated.errors import UsageError

__all__ = ["training_device"]

_EXPECTED = (
    'Expected "cpu", or the name of a device that torch finds on this machine, such as "cuda".'
)


def training_device(name: str) -> torch.device:
    """Return the torch device of a name such as "cpu", "cuda", "cuda:1" or "mps".

    Raises:
        UsageError: torch does not have this device, or cannot use it on this machine.

    >>> training_device("cpu")
    device(type='cpu')
    """
    if not isinstance(name, str):
        raise UsageError(f"device is {name!r}, which is no name. {_EXPECTED}")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise UsageError(f"device is {name!r}, which torch does not know. {_EXPECTED}") from error
    try:
        torch.zeros(1, device=device).item()  # torch's device "meta" gives no number back
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).strip().splitlines()[0].split(". ")[0].removesuffix(".")
        raise UsageError(
            f"device is {name!r}, which cannot be used here: {reason}. {_EXPECTED}"
        ) from error
    return device
