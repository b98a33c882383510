"""The C++ recurrences, `gated.ops._cpu`: loaded when first asked for; and why not, where not.

They are absent where gated was installed without a C++ compiler, and are then replaced by torch's
kernels. The environment variable GATED_ISA, read once a process, chooses among the instruction
sets they were compiled for: avx512, avx2 or baseline (on ARM that is NEON). GATED_ISA=none leaves
them out.
"""

import importlib
import os
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

import torch

from gated.errors import SlowPathWarning, UsageError

__all__ = [
    "available",
    "constant_when_compiled",
    "instruction_set",
    "instruction_sets",
    "is_switched_off",
    "module",
    "reason",
    "warn_if_absent",
]

_MODULE = "gated.ops._cpu"
_VARIABLE = "GATED_ISA"
_OFF = "none"


Question = TypeVar("Question", bound=Callable[..., Any])


class _Found(NamedTuple):
    """What came of loading: the module, or why there is none."""

    module: ModuleType | None
    reason: str | None = None
    error: str | None = None  # GATED_ISA asks for what is not there


_found: _Found | None = None  # None: nobody has asked yet
_is_settled = False  # whether there is nothing left to warn of


def constant_when_compiled(question: Question) -> Question:
    """Tell torch.compile that the answer never changes.

    As `torch.compiler.assume_constant_result` does, which imports torch._dynamo for it: that takes
    longer than the import of torch, and a forecast needs no compiler.
    """
    question._dynamo_marked_constant = True  # type: ignore[attr-defined]
    return question


@constant_when_compiled
def available() -> bool:
    """Whether the C++ recurrences can be used in this process.

    Raises:
        UsageError: GATED_ISA asks for an instruction set that is not there.

    Example:
        >>> from gated.ops.cpu import extension
        >>> extension.available() == (extension.reason() is None)
        True
    """
    return _checked().module is not None


def module() -> ModuleType:
    """The extension module.

    Raises:
        UsageError: it is not available; the message says why.
    """
    found = _checked()
    if found.module is None:
        raise UsageError(f"The C++ recurrences are not available: {found.reason}.")
    return found.module


def reason() -> str | None:
    """Why the C++ recurrences are not used, as the end of a sentence; None where they are."""
    found = _look()
    return found.error or found.reason


def is_switched_off() -> bool:
    """Whether GATED_ISA=none leaves the C++ recurrences out on purpose."""
    return os.environ.get(_VARIABLE) == _OFF


def instruction_set() -> str | None:
    """The instruction set in use; None where the C++ recurrences are not."""
    found = _look()
    return None if found.module is None else found.module.instruction_set()


def instruction_sets() -> tuple[str, ...]:
    """Those that were compiled and that this machine can run, best first; maybe none."""
    found = _look()
    return () if found.module is None else _listed(found.module)


def warn_if_absent() -> None:
    """Warn, once a process, that recurrences are slower here than they could be.

    Silent where the C++ recurrences are available, and where GATED_ISA=none says that they are
    not wanted.

    Raises:
        UsageError: GATED_ISA asks for an instruction set that is not there.
    """
    global _is_settled
    if torch.compiler.is_compiling() or _is_settled:
        return
    _is_settled = True
    if available() or is_switched_off():
        return
    warnings.warn(
        f"The C++ recurrences are not used: {reason()}. Torch's kernels compute the same, but "
        f"slower on a CPU. `gated doctor` says what to do; {_VARIABLE}={_OFF} says that it is "
        "meant.",
        SlowPathWarning,
        stacklevel=2,
    )


def _checked() -> _Found:
    found = _look()
    if found.error is not None:
        raise UsageError(found.error)
    return found


def _look() -> _Found:
    """Load the module, the first time; at other times say what came of that."""
    global _found
    if _found is None:
        _found = _load(os.environ.get(_VARIABLE, ""))
    return _found


def _load(asked: str) -> _Found:
    if asked == _OFF:
        return _Found(None, f"switched off by {_VARIABLE}={_OFF}")
    try:
        loaded = importlib.import_module(_MODULE)
    except ModuleNotFoundError as error:
        why = f"failed to load ({error})"
        if error.name == _MODULE:
            why = "not built when gated was installed, which takes a C++ compiler"
    except ImportError as error:
        why = f"failed to load ({error})"
    else:
        if loaded.instruction_set() is None:
            return _Found(None, error=_refusal(asked, _listed(loaded)))
        return _Found(loaded)
    if asked:
        return _Found(None, error=f"{_refusal(asked, ())} The C++ recurrences are {why}.")
    return _Found(None, why)


def _listed(loaded: ModuleType) -> tuple[str, ...]:
    return tuple(loaded.instruction_sets().split(","))


def _refusal(asked: str, possible: tuple[str, ...]) -> str:
    names = ", ".join([*possible, _OFF])
    return (
        f'{_VARIABLE} is "{asked}", which this installation does not have on this machine. '
        f"Expected one of: {names}; or leave it unset for the best."
    )
