"""Gives an estimator the hyperparameters of its constructor, by scikit-learn's convention."""

import inspect
from typing import Any, Self

from gated.errors import UsageError

__all__ = ["Params"]


class Params:
    """The arguments of the constructor, stored as given under their own names.

    `sklearn.base.clone` and its model selection need `get_params` and `set_params`.
    """

    @classmethod
    def _names(cls) -> list[str]:
        return [name for name in inspect.signature(cls).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The hyperparameters as given (scikit-learn's convention; `deep` changes nothing)."""
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self, **params: Any) -> Self:
        """Change hyperparameters; takes effect at the next `fit`.

        Raises:
            UsageError: a name is unknown.
        """
        for name, value in params.items():
            if name not in self._names():
                raise UsageError(
                    f"{name!r} is not a parameter. Expected one of {', '.join(self._names())}."
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        signature = inspect.signature(type(self)).parameters
        given = (
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value != signature[name].default
        )
        return f"{type(self).__name__}({', '.join(given)})"
