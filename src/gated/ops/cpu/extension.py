"""Loads the C++ recurrences, `gated.ops._cpu`, on first use, or gives the reason why it cannot.

They are absent where gated was installed without a C++ compiler; torch's kernels then replace them.
The environment variable GATED_ISA, read once for each process, selects one of the compiled
instruction sets: avx512, avx2 or baseline (NEON on ARM). GATED_ISA=none switches them off.

`make demo` compiles only the best one of its machine (GATED_INSTRUCTION_SETS=native); on a machine
without that one, the module loads, and is not used.
"""

import importlib
import os
import sys
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from gated.errors import SlowPathWarning, UsageError

__all__ = [
    "available",
    "built_instruction_sets",
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


Function = TypeVar("Function", bound=Callable[..., Any])


class _Found(NamedTuple):
    """The result of loading: the module, or the reason why it is absent."""

    module: ModuleType | None
    reason: str | None = None
    error: str | None = None  # GATED_ISA names an instruction set that is not available
    built: tuple[str, ...] = ()  # the instruction sets of the module, also where it is not used


_found: _Found | None = None  # None: not loaded yet
_warning_is_done = False  # whether the warning was issued or is not needed


def constant_when_compiled(function: Function) -> Function:
    """Mark a function as constant for torch.compile.

    `torch.compiler.assume_constant_result` does the same but imports torch._dynamo, which takes
    longer than the import of torch, and a forecast needs no compiler.
    """
    function._dynamo_marked_constant = True  # type: ignore[attr-defined]
    return function


@constant_when_compiled
def available() -> bool:
    """Return whether the C++ recurrences can be used in this process.

    Raises:
        UsageError: GATED_ISA names an instruction set that is not available.

    Example:
        >>> from gated.ops.cpu import extension
        >>> extension.available() == (extension.reason() is None)
        True
    """
    return _checked_result().module is not None


def module() -> ModuleType:
    """Return the extension module.

    Raises:
        UsageError: it is not available; the message gives the reason.
    """
    found = _checked_result()
    if found.module is None:
        raise UsageError(f"The C++ recurrences are not available: {found.reason}.")
    return found.module


def reason() -> str | None:
    """Return why the C++ recurrences are not used, as the end of a sentence; None if they are."""
    found = _result()
    return found.error or found.reason


def is_switched_off() -> bool:
    """Return whether GATED_ISA=none switches the C++ recurrences off."""
    return os.environ.get(_VARIABLE) == _OFF


def instruction_set() -> str | None:
    """Return the instruction set in use; None where the C++ recurrences are not used."""
    found = _result()
    return None if found.module is None else found.module.instruction_set()


def instruction_sets() -> tuple[str, ...]:
    """Return the compiled instruction sets that this machine supports, fastest first."""
    found = _result()
    return () if found.module is None else _listed(found.module.instruction_sets())


def built_instruction_sets() -> tuple[str, ...]:
    """Return all compiled instruction sets, fastest first; none with GATED_ISA=none."""
    return _result().built


def warn_if_absent() -> None:
    """Warn once for each process that the C++ recurrences are absent.

    There is no warning where they are available, nor with GATED_ISA=none.

    Raises:
        UsageError: GATED_ISA names an instruction set that is not available.
    """
    global _warning_is_done
    torch = sys.modules.get("torch")
    if _warning_is_done or (torch is not None and torch.compiler.is_compiling()):
        return
    _warning_is_done = True
    if available() or is_switched_off():
        return
    warnings.warn(
        f"The C++ recurrences are not used: {reason()}. Torch's kernels give the same results, but "
        f"are slower on a CPU. `gated doctor` shows how to install them; {_VARIABLE}={_OFF} "
        "switches this warning off.",
        SlowPathWarning,
        stacklevel=2,
    )


def _checked_result() -> _Found:
    found = _result()
    if found.error is not None:
        raise UsageError(found.error)
    return found


def _result() -> _Found:
    """Load the module at the first call and return the result of that at every call."""
    global _found
    if _found is None:
        _found = _load(os.environ.get(_VARIABLE, ""))
    return _found


def _load(requested: str) -> _Found:
    if requested == _OFF:
        return _Found(None, f"switched off by {_VARIABLE}={_OFF}")
    try:
        loaded = importlib.import_module(_MODULE)
    except ModuleNotFoundError as error:
        why = f"failed to load ({error})"
        if error.name == _MODULE:
            why = "not built when gated was installed, since that needs a C++ compiler"
    except ImportError as error:
        why = f"failed to load ({error})"
    else:
        return _usable(loaded, requested)
    if requested:
        return _Found(
            None, error=f"{_unavailable_message(requested, ())} The C++ recurrences are {why}."
        )
    return _Found(None, why)


def _usable(loaded: ModuleType, requested: str) -> _Found:
    built = _listed(loaded.built_instruction_sets())
    if loaded.instruction_set() is not None:
        return _Found(loaded, built=built)
    if requested:
        possible = _listed(loaded.instruction_sets())
        return _Found(None, error=_unavailable_message(requested, possible), built=built)
    why = f"built only for {', '.join(built)}, which this machine does not have"
    return _Found(None, why, built=built)


def _listed(names: str) -> tuple[str, ...]:
    return tuple(filter(None, names.split(",")))


def _unavailable_message(requested: str, possible: tuple[str, ...]) -> str:
    names = ", ".join([*possible, _OFF])
    return (
        f'{_VARIABLE} is "{requested}", which this installation does not have on this machine. '
        f"Expected one of: {names}; or leave it unset for the best."
    )
