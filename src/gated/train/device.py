"""Where training runs: a device of torch's, checked before any work."""

import torch

from gated.errors import UsageError

__all__ = ["training_device"]


def training_device(name: str) -> torch.device:
    """The device of a name such as "cpu", "cuda", "cuda:1" or "mps".

    Raises:
        UsageError: torch knows no such device, or it is not there.

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
