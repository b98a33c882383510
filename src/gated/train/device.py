"""Checks the device to train on before any work is done."""

import torch

from gated.errors import UsageError

__all__ = ["training_device"]


def training_device(name: str) -> torch.device:
    """Return the torch device of a name such as "cpu", "cuda", "cuda:1" or "mps".

    Raises:
        UsageError: torch does not have this device, or cannot use it on this machine.

    >>> training_device("cpu")
    device(type='cpu')
    """
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, TypeError, NotImplementedError) as error:
        reason = str(error).strip().splitlines()[0]
        raise UsageError(
            f'device is {name!r}, which cannot be used here: {reason} Expected "cpu", or the name '
            'of a device that torch finds on this machine, such as "cuda".'
        ) from error
    return device
