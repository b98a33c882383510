"""Every exception and warning that gated raises on purpose.

A message says what was given, what was expected and what to do next. The terminal prints it
as it stands, so it must make sense without a traceback.
"""

__all__ = [
    "DataError",
    "GatedError",
    "GatedWarning",
    "ModelFileError",
    "NotFittedError",
    "SlowPathWarning",
    "UsageError",
]


class GatedError(Exception):
    """Base of all errors raised by gated on purpose."""


class DataError(GatedError, ValueError):
    """A table cannot be read or forecast as it stands: the message names the place."""


class UsageError(GatedError, ValueError):
    """An argument or option is out of range, unknown, or contradicts another one."""


class NotFittedError(GatedError, ValueError, AttributeError):
    """A forecast was asked of a model that has not seen any data yet.

    An AttributeError too, as in scikit-learn: `hasattr(model, "verdict_")` is False before `fit`.
    """


class ModelFileError(GatedError, ValueError):
    """A model file is truncated, of another version, or not one of ours."""


class GatedWarning(UserWarning):
    """Something was repaired or assumed, and the user should know."""


class SlowPathWarning(GatedWarning):
    """The same results come slower than they could: the C++ recurrences are not installed."""
