"""Defines every exception and warning that gated raises on purpose.

A message says what was found, what was expected and what to do next. The command line prints
only the message, so it must be complete without a traceback.
"""

__all__ = [
    "DataError",
    "GatedError",
    "GatedWarning",
    "MissingLibraryError",
    "ModelFileError",
    "NotFittedError",
    "SlowPathWarning",
    "StoreError",
    "StoreFullError",
    "UsageError",
]


class GatedError(Exception):
    """Base of all errors raised by gated on purpose."""


class DataError(GatedError, ValueError):
    """A table cannot be read or forecast: the message names the file, row or column."""


class UsageError(GatedError, ValueError):
    """An argument or option is out of range, unknown, or contradicts another one."""


class MissingLibraryError(UsageError, ImportError):
    """A part of gated needs a library that is not installed; the message says what to install."""


class NotFittedError(GatedError, ValueError, AttributeError):
    """A forecast was requested from a model that is not fitted.

    An AttributeError too, as in scikit-learn: `hasattr(model, "verdict_")` is False before `fit`.
    """


class ModelFileError(GatedError, ValueError):
    """A model file is truncated, of another version, or not a gated model."""


class StoreError(GatedError):
    """The store of `gated serve` cannot be reached, is damaged, or is in use."""


class StoreFullError(StoreError):
    """The disk of the store is full: the last write was not stored, all before it are."""


class GatedWarning(UserWarning):
    """Something was repaired, assumed or left out; the message describes it."""


class SlowPathWarning(GatedWarning):
    """Computation is slower than possible, because the C++ recurrences are not installed."""
