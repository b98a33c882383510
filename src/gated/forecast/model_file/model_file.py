"""Saves and loads fitted forecasters: one file of safetensors and JSON, without pickle.

Some names in the file are older than those of the Python code and stay for compatibility.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.array_file import damaged, load_arrays, save_arrays
from gated.arrays import ObjectArray
from gated.errors import GatedError
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.distribution.dependence import Dependence
from gated.forecast.inputs import without_rows
from gated.forecast.model.network import NetworkConfig
from gated.forecast.model_file.checks import (
    check_layout,
    check_profile,
    check_table,
    checked_network,
)
from gated.forecast.model_file.header import check_header
from gated.forecast.training.fitted import Fitted
from gated.forecast.validation.combination import Combination
from gated.forecast.validation.mean_correction import MeanModel
from gated.table import Frequency, Schema, Static, Table

_KIND, _VERSION = "model", 5
_OLDER = (4,)
_WITHOUT_CHECKSUM = (3,)
_NETWORK = "network."
_TABLE = "table."
_ARRAYS = (
    "y", "ds", "offsets", "covariates", "past_covariates", "static", "newcomer_values"
)  # fmt: skip


def save_model(
    path: str | Path,
    params: dict[str, Any],
    h: int,
    fitted: Fitted,
    table: Table,
    *,
    with_table: bool = True,
) -> None:
    """Write a fitted forecaster and its table.

    Args:
        path: path of the file.
        params: the hyperparameters as given.
        h: the horizon of the fit.
        fitted: profile, network and combination.
        table: the fitted table with its known future.
        with_table: whether to write the table's values, labels and notes.

    Raises:
        GatedError: the file cannot be written, or an id is of a type that JSON does not support.
    """
    if not with_table:
        table = without_rows(table)
        fitted = replace(fitted, profile=fitted.profile.without_series())
    stored = {_NETWORK + name: value for name, value in fitted.network.arrays.items()}
    is_dated = np.issubdtype(table.ds.dtype, np.datetime64)
    arrays: tuple[NDArray[Any], ...] = (
        table.y,
        table.ds.astype("M8[ns]").astype(np.int64) if is_dated else table.ds,
        table.offsets,
        table.covariates,
        table.past_covariates,
        table.static.values,
        table.static.cold_start_values,
    )
    for name, array in zip(_ARRAYS, arrays, strict=True):
        stored[_TABLE + name] = array
    header = {
        "params": {name: _plain(value) for name, value in params.items()},
        "h": h,
        "network": fitted.network.config.to_json(),
        "facts": fitted.profile.to_json(),
        "verdict": fitted.combination.to_json(),
        "mean": fitted.mean.to_json(),
        "dependence": fitted.dependence.to_json(),
        "ids": [_plain(label) for label in table.ids],
        "dated": bool(is_dated),
        "covariate_names": list(table.covariate_names),
        "past_names": list(table.past_names),
        "categories": table.categories,
        "static_names": list(table.static.names),
        "static_categories": table.static.categories,
        "newcomers": [_plain(label) for label in table.static.cold_start_ids],
        "frequency": table.frequency.to_json(),
        "schema": table.schema.to_json(),
        "notes": list(table.notes),
        "rejected": table.rejected,
    }
    save_arrays(path, stored, header, kind=_KIND, version=_VERSION)


def load_model(path: str | Path) -> tuple[dict[str, Any], int, Fitted, Table]:
    """Read a file of `save_model`: (params, h, fitted, table).

    A table that was left out has no rows, but the schema for reading another table.

    Raises:
        ModelFileError: missing, changed, damaged, not a gated model, or of another version.
    """
    path = Path(path)
    stored, header = load_arrays(
        path, kind=_KIND, version=_VERSION, older=_OLDER, without_checksum=_WITHOUT_CHECKSUM
    )
    try:
        check_header(header)
        return header["params"], header["h"], *_parts(stored, header)
    except _DO_NOT_FIT as error:
        raise damaged(path, _KIND, error) from error


# Exceptions raised by values that are valid one by one but not consistent.
_DO_NOT_FIT = (
    LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RuntimeError
)  # fmt: skip


def _parts(stored: dict[str, NDArray[Any]], header: dict[str, Any]) -> tuple[Fitted, Table]:
    """Build the fit and the table, with checks before each."""
    weights, arrays = (
        {
            name.removeprefix(prefix): value
            for name, value in stored.items()
            if name.startswith(prefix)
        }
        for prefix in (_NETWORK, _TABLE)
    )
    if len(weights) + len(arrays) < len(stored) or arrays.keys() != set(_ARRAYS):
        raise ValueError(f"its arrays are not the network's and the table's {', '.join(_ARRAYS)}")
    table = _table(arrays, header)
    check_table(table)
    config = NetworkConfig.from_json(header["network"])
    check_layout(config.layout, table.frequency, header["h"])
    profile = TableProfile.from_json(header["facts"])
    check_profile(profile, config, table)
    network = checked_network(config, weights)
    fitted = Fitted(
        profile,
        network,
        Combination.from_json(header["verdict"]),
        MeanModel.from_json(header.get("mean", {})),  # absent up to version 4, as is dependence
        Dependence.from_json(header.get("dependence", {})),
    )
    return fitted, table


def _plain(value: Any) -> Any:
    """Convert a value to a type of JSON.

    Raises:
        GatedError: JSON does not support its type.
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or isinstance(plain, str | int | float | bool):
        return plain
    raise GatedError(
        f"{value!r} is of type {type(value).__name__}, which a model file cannot store. Use text "
        "or numbers as ids before fitting, such as df.assign(unique_id=df.unique_id.astype(str))."
    )


def _table(stored: dict[str, NDArray[Any]], header: dict[str, Any]) -> Table:
    if stored["ds"].dtype != np.int64:
        raise ValueError(f"the times are of type {stored['ds'].dtype}")
    return Table(
        ids=_objects(header["ids"]),
        offsets=stored["offsets"],
        ds=stored["ds"].astype("M8[ns]") if header["dated"] else stored["ds"],
        y=stored["y"],
        covariates=stored["covariates"],
        covariate_names=tuple(header["covariate_names"]),
        past_covariates=stored["past_covariates"],
        past_names=tuple(header["past_names"]),
        categories=_labels(header["categories"]),
        static=Static(
            names=tuple(header["static_names"]),
            values=stored["static"],
            categories=_labels(header["static_categories"]),
            cold_start_ids=_objects(header["newcomers"]),
            cold_start_values=stored["newcomer_values"],
        ),
        frequency=Frequency.from_json(header["frequency"]),
        schema=Schema.from_json(header["schema"]),
        notes=tuple(header["notes"]),
        rejected=dict(header["rejected"]),
    )


def _objects(labels: list[Any]) -> ObjectArray:
    objects = np.empty(len(labels), dtype=object)
    objects[:] = labels
    return objects


def _labels(stored: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(labels) for name, labels in stored.items()}
