"""Provides what the estimators of sequences share: hyperparameters, and the file of a fitted one.

Hyperparameters follow scikit-learn's convention: `sklearn.base.clone` and its model selection need
`get_params` and `set_params`.
"""

import inspect
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from gated.errors import NotFittedError, UsageError
from gated.sklearn_tags import sklearn_tags
from gated.tasks.stored_model import StoredModel

__all__ = ["Estimator"]


Stored = TypeVar("Stored", bound=StoredModel)


class Estimator(Generic[Stored]):
    """An estimator whose constructor stores its arguments as given, under their own names.

    A subclass sets `_kind`, and `_stored` in its `fit`.
    """

    _kind: type[Stored]
    _fit_call = "fit(X, y)"  # as messages name it
    _sklearn_type: str | None = None  # as scikit-learn names it
    _stored: Stored | None = None

    def save(self, path: str | Path, *, half: bool = False) -> None:
        """Write the fitted estimator to one file (safetensors and JSON, no pickle).

        Args:
            path: of the file.
            half: store the weights as float16: half the size, and slightly other results.

        Raises:
            NotFittedError: it is not fitted.
            GatedError: the file cannot be written.
        """
        self._fitted.save(path, half=half)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a file of `save`.

        Raises:
            ModelFileError: the file is damaged, of another kind, or of another version.
        """
        stored = cls._kind.load(path)
        known = {name: stored.params[name] for name in cls._names() if name in stored.params}
        model = cls(**known)
        model._stored = stored
        return model

    @property
    def learned_(self) -> dict[str, Any]:
        """From what the estimator learned, and how well."""
        return dict(self._fitted.learned)

    @property
    def weights_(self) -> int:
        """The number of weights of the network."""
        return self._fitted.weight_count

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

    def __sklearn_tags__(self) -> Any:
        """A description for scikit-learn."""
        return sklearn_tags(self._sklearn_type)

    def __sklearn_is_fitted__(self) -> bool:
        return self._stored is not None

    def __repr__(self) -> str:
        signature = inspect.signature(type(self)).parameters
        given = (
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value != signature[name].default
        )
        return f"{type(self).__name__}({', '.join(given)})"

    @property
    def _fitted(self) -> Stored:
        if self._stored is None:
            raise NotFittedError(
                f"This {type(self).__name__} is not fitted. Call {self._fit_call} first."
            )
        return self._stored

    @classmethod
    def _names(cls) -> list[str]:
        return [name for name in inspect.signature(cls).parameters if name != "self"]
