"""One file holds a fitted forecaster: safetensors for numbers, JSON for the rest, no pickle."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gated.errors import ModelFileError
from gated.forecast.fitting import Fitted
from gated.forecast.network import NetworkConfig, SeasonNetwork
from gated.forecast.prepare import Facts
from gated.forecast.verdict import Verdict
from gated.table import Frequency, Schema, Table
from gated.train import load_tensors, save_tensors

_VERSION = 1
_NETWORK = "network."
_TABLE = "table."


def save_model(
    path: str | Path, params: dict[str, Any], h: int, fitted: Fitted, table: Table
) -> None:
    """Write a fitted forecaster and the table it will forecast from."""
    tensors = {_NETWORK + name: value for name, value in fitted.network.state_dict().items()}
    is_dated = np.issubdtype(table.ds.dtype, np.datetime64)
    arrays: dict[str, NDArray[Any]] = {
        "y": table.y,
        "ds": table.ds.astype("M8[ns]").astype(np.int64) if is_dated else table.ds,
        "offsets": table.offsets,
        "covariates": table.covariates,
    }
    for name, array in arrays.items():
        tensors[_TABLE + name] = torch.tensor(array)
    header = {
        "params": params,
        "h": h,
        "network": fitted.network.config.to_json(),
        "facts": fitted.facts.to_json(),
        "verdict": fitted.verdict.to_json(),
        "ids": [label.item() if isinstance(label, np.generic) else label for label in table.ids],
        "dated": bool(is_dated),
        "covariate_names": list(table.covariate_names),
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
        network.eval()
        fitted = Fitted(
            Facts.from_json(header["facts"]), network, Verdict.from_json(header["verdict"])
        )
        return header["params"], header["h"], fitted, _table(tensors, header)
    except (KeyError, TypeError, RuntimeError) as error:
        raise ModelFileError(
            f"{path}: is a gated model file, but its parts do not fit together ({error}). It was "
            "changed or damaged; save the model again."
        ) from error


def _table(tensors: dict[str, torch.Tensor], header: dict[str, Any]) -> Table:
    stored = {
        name.removeprefix(_TABLE): tensor.numpy()
        for name, tensor in tensors.items()
        if name.startswith(_TABLE)
    }
    ids = np.empty(len(header["ids"]), dtype=object)
    ids[:] = header["ids"]
    return Table(
        ids=ids,
        offsets=stored["offsets"],
        ds=stored["ds"].astype("M8[ns]") if header["dated"] else stored["ds"],
        y=stored["y"],
        covariates=stored["covariates"],
        covariate_names=tuple(header["covariate_names"]),
        frequency=Frequency.from_json(header["frequency"]),
        schema=Schema.from_json(header["schema"]),
        notes=tuple(header["notes"]),
        rejected=dict(header["rejected"]),
    )
