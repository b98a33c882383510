"""One file holds a fitted forecaster: safetensors for numbers, JSON for the rest, no pickle."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gated.arrays import ObjectArray
from gated.errors import GatedError, ModelFileError
from gated.forecast.config import ForecasterConfig
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.model.network import NetworkConfig, SeasonNetwork
from gated.forecast.training.combination import Combination
from gated.forecast.training.fitted import Fitted
from gated.table import Frequency, Schema, Static, Table
from gated.train import load_tensors, save_tensors

_VERSION = 3
_NETWORK = "network."
_OF_THE_TABLE = ("h", "freq", "season_length")
_TABLE = "table."


def save_model(
    path: str | Path, params: dict[str, Any], h: int, fitted: Fitted, table: Table
) -> None:
    """Write a fitted forecaster and the table it will forecast from.

    Raises:
        GatedError: the file cannot be written, or an id is of a kind that JSON does not know.
    """
    tensors = {_NETWORK + name: value for name, value in fitted.network.state_dict().items()}
    is_dated = np.issubdtype(table.ds.dtype, np.datetime64)
    arrays: dict[str, NDArray[Any]] = {
        "y": table.y,
        "ds": table.ds.astype("M8[ns]").astype(np.int64) if is_dated else table.ds,
        "offsets": table.offsets,
        "covariates": table.covariates,
        "past_covariates": table.past_covariates,
        "static": table.static.values,
        "newcomer_values": table.static.newcomer_values,
    }
    for name, array in arrays.items():
        tensors[_TABLE + name] = torch.tensor(array)
    header = {
        "params": {name: _plain(value) for name, value in params.items()},
        "h": h,
        "network": fitted.network.config.to_json(),
        "facts": fitted.profile.to_json(),
        "verdict": fitted.combination.to_json(),
        "ids": [_plain(label) for label in table.ids],
        "dated": bool(is_dated),
        "covariate_names": list(table.covariate_names),
        "past_names": list(table.past_names),
        "categories": table.categories,
        "static_names": list(table.static.names),
        "static_categories": table.static.categories,
        "newcomers": [_plain(label) for label in table.static.newcomers],
        "frequency": table.frequency.to_json(),
        "schema": table.schema.to_json(),
        "notes": list(table.notes),
        "rejected": table.rejected,
    }
    save_tensors(path, tensors, header, kind="model", version=_VERSION)


def load_model(path: str | Path) -> tuple[dict[str, Any], int, Fitted, Table]:
    """Read what `save_model` wrote: (params, h, fitted, table).

    Raises:
        ModelFileError: missing, damaged, not a gated model, or of another version.
    """
    tensors, header = load_tensors(path, kind="model", version=_VERSION)
    try:
        network = SeasonNetwork(NetworkConfig.from_json(header["network"]))
        weights = {
            name.removeprefix(_NETWORK): value
            for name, value in tensors.items()
            if name.startswith(_NETWORK)
        }
        network.load_state_dict(weights)
        network.eval().requires_grad_(False)  # as the pretrained one: the same bits
        fitted = Fitted(
            TableProfile.from_json(header["facts"]),
            network,
            Combination.from_json(header["verdict"]),
        )
        table = _table(tensors, header)
        if len(table.ids) != len(table.offsets) - 1 or table.offsets[-1] != len(table.y):
            raise ValueError("the table's parts have different lengths")
        ForecasterConfig(**{k: v for k, v in header["params"].items() if k not in _OF_THE_TABLE})
        return header["params"], int(header["h"]), fitted, table
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise ModelFileError(
            f"{path}: is a gated model file, but its parts do not fit together ({error}). It was "
            "changed or damaged; save the model again."
        ) from error


def _plain(value: Any) -> Any:
    """A value as JSON keeps it.

    Raises:
        GatedError: it is of a kind that JSON does not know.
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or isinstance(plain, str | int | float | bool):
        return plain
    raise GatedError(
        f"{value!r} is of type {type(value).__name__}, which a model file does not keep. Use text "
        "or numbers as ids before fitting, such as df.assign(unique_id=df.unique_id.astype(str))."
    )


def _table(tensors: dict[str, torch.Tensor], header: dict[str, Any]) -> Table:
    stored = {
        name.removeprefix(_TABLE): tensor.numpy()
        for name, tensor in tensors.items()
        if name.startswith(_TABLE)
    }
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
            newcomers=_objects(header["newcomers"]),
            newcomer_values=stored["newcomer_values"],
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
