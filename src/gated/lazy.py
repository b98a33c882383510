"""Loads the public names of a package when they are first used (PEP 562).

So a program that needs a part of `gated` loads that part only: a forecast needs no torch.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["loaded_on_use"]


def loaded_on_use(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package.

    Args:
        package: its name.
        homes: maps each public name to the module that defines it; a name that maps to itself
            within the package is that module.

    >>> homes = {"GatedError": "gated.errors", "errors": "gated.errors"}
    >>> get, names = loaded_on_use("gated", homes)
    >>> names()
    ['GatedError', 'errors']
    >>> get("GatedError") is get("errors").GatedError
    True
    """

    def get(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = homes[name]
        module = import_module(home)
        return module if home == f"{package}.{name}" else getattr(module, name)

    return get, lambda: sorted(homes)
