"""Saves forecasters as models of MLflow, which loads and serves them.

A model is the file of `Forecaster.save`, or the parameters of a forecaster that is not fitted. It
has no pickle: MLflow calls this module to load it (`loader_module`).
"""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from gated._version import __version__
from gated.errors import GatedError, UsageError
from gated.files import write_whole
from gated.forecast import Forecaster
from gated.libraries import importing

with importing("mlflow", "gated.adapters.mlflow"):
    import mlflow.pyfunc
    from mlflow.exceptions import MlflowException
    from mlflow.models import ModelSignature, infer_signature
    from mlflow.types.schema import AnyType, ColSpec, Schema

__all__ = ["GatedModel", "log_model", "save_model"]

_FOLDER, _FITTED, _PARAMS = "forecaster", "forecaster.gated", "forecaster.json"


class GatedModel:
    """What MLflow loads: a forecaster whose `predict` has the parameters of a request.

    Attributes:
        forecaster: the forecaster.
    """

    def __init__(self, forecaster: Forecaster) -> None:
        self.forecaster = forecaster

    def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> Any:
        """Forecast the series of a table.

        Args:
            model_input: the table, as `Forecaster.predict` accepts it.
            params: `h`, the steps ahead, and `level`, the central intervals in percent.

        Raises:
            MlflowException: the table cannot be read, or a parameter is out of range. MLflow's
                server answers with its message.
        """
        try:
            return _forecast(self.forecaster, model_input, params or {})
        except GatedError as error:
            raise MlflowException.invalid_parameter_value(str(error)) from error


def save_model(
    forecaster: Forecaster, path: str | Path, example: pd.DataFrame, *, h: int, **options: Any
) -> None:
    """Write a forecaster as a model of MLflow into a new folder.

    Args:
        forecaster: fitted or not. The rows of the fitted table are not written: the model
            forecasts the table of a request.
        path: of the folder.
        example: a table as requests have it, for the signature and the input example; it is
            stored in the model.
        h: steps ahead where a request has no `h`.
        options: further arguments of `mlflow.pyfunc.save_model`.

    Raises:
        DataError: the example cannot be forecast.
        UsageError: `h` is out of range.
    """
    _write(forecaster, example, h, lambda **model: mlflow.pyfunc.save_model(path, **model), options)


def log_model(
    forecaster: Forecaster, name: str, example: pd.DataFrame, *, h: int, **options: Any
) -> Any:
    """Log a forecaster as a model of the current run of MLflow.

    Args:
        forecaster, example, h: as in `save_model`.
        name: of the model.
        options: further arguments of `mlflow.pyfunc.log_model`, such as `registered_model_name`.

    Returns:
        The `ModelInfo` of MLflow.

    Raises:
        DataError, UsageError: as `save_model`.
    """
    return _write(
        forecaster, example, h, lambda **model: mlflow.pyfunc.log_model(name=name, **model), options
    )


def _write(
    forecaster: Forecaster,
    example: pd.DataFrame,
    h: int,
    write: Callable[..., Any],
    options: dict[str, Any],
) -> Any:
    params = {"h": h, "level": [80.0]}
    made = _forecast(forecaster, example, params)
    with TemporaryDirectory() as parent:
        folder = Path(parent, _FOLDER)  # its name is that in the model
        folder.mkdir()
        if forecaster.is_fitted:
            forecaster.save(folder / _FITTED, with_table=False)
        else:
            write_whole(folder / _PARAMS, json.dumps(forecaster.get_params()).encode())
        given = {
            "loader_module": __name__,
            "data_path": str(folder),
            "signature": _signature(example, made, params),
            "input_example": (example, params),
            "pip_requirements": [f"gated[mlflow]=={__version__}"],
        }
        return write(**given | options)


def _forecast(forecaster: Forecaster, table: pd.DataFrame, params: dict[str, Any]) -> Any:
    """Forecast with the parameters of a request."""
    h, level = params.get("h"), params.get("level")
    return forecaster.predict(
        table,
        None if h is None else int(h),
        level=None if level is None else [float(one) for one in level],
    )


def _signature(example: pd.DataFrame, made: Any, params: dict[str, Any]) -> ModelSignature:
    """The columns of requests and of forecasts, and the parameters.

    Columns of numbers are of any type: MLflow refuses whole numbers where the example had
    fractions, and missing values where it had whole numbers.
    """
    numbers = {str(name) for name in example.select_dtypes("number").columns}
    inferred = infer_signature(example.drop(columns=[*numbers]), made, params=params)
    types = {} if inferred.inputs is None else inferred.inputs.input_dict()
    columns = [
        ColSpec(AnyType() if name in numbers else types[name].type, name)
        for name in map(str, example.columns)
    ]
    return ModelSignature(Schema(columns), inferred.outputs, inferred.params)


def _load_pyfunc(path: str) -> GatedModel:
    """Load a model; MLflow calls this."""
    fitted, params = Path(path, _FITTED), Path(path, _PARAMS)
    if fitted.exists():
        return GatedModel(Forecaster.load(fitted))
    if not params.exists():
        raise UsageError(
            f"{path} has no forecaster. Expected a model that gated.adapters.mlflow wrote."
        )
    return GatedModel(Forecaster(**json.loads(params.read_text("utf-8"))))
