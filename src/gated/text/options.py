"""Formats the names of options: as keywords of Python, or as flags inside a command."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["OptionStyle", "option", "option_name", "option_style"]

OptionStyle = Callable[[str, str | None], str]

_LISTS = ("covariates", "past_covariates", "level", "quantiles", "against")


def option(name: str, value: str | None = None) -> str:
    """The text of an option in a message, in the current style.

    >>> option("time_col"), option("freq", "YS"), option("covariates")
    ('time_col=', 'freq="YS"', 'covariates=[…]')
    """
    return _style.get()(name, value)


def option_name(name: str) -> str:
    """How a sentence names an option in the current style, as in "top_p is 2.0. Expected …".

    >>> option_name("top_p")
    'top_p'
    """
    style = _style.get()
    return name if style is _keyword else style(name, None)


@contextmanager
def option_style(style: OptionStyle) -> Iterator[None]:
    """Write options in another style inside the block.

    Args:
        style: maps the name of a parameter, and its value or None, to text.

    >>> with option_style(lambda name, value: f"--{name} {value or ''}".strip()):
    ...     option("freq", "YS")
    '--freq YS'
    """
    token = _style.set(style)
    try:
        yield
    finally:
        _style.reset(token)


def _keyword(name: str, value: str | None) -> str:
    """The style for Python users."""
    if value is not None:
        return f'{name}="{value}"'
    if name == "wide":
        return "wide=True"
    return f"{name}=[…]" if name in _LISTS else f"{name}="


_style: ContextVar[OptionStyle] = ContextVar("option_style", default=_keyword)
