"""Converts a live state, or the states of some series, to bytes and back.

The bytes of a live state have its decisions; those of single series have a fingerprint of the
decisions, so that a state is not used with others.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from gated.array_file import damaged, pack_arrays, unpack_arrays
from gated.arrays import ObjectArray
from gated.errors import GatedError, ModelFileError, UsageError
from gated.files import read_content
from gated.forecast.config import ForecasterConfig
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.distribution.dependence import Dependence
from gated.forecast.estimator import Estimator
from gated.forecast.live.options import Options
from gated.forecast.live.rules import Rules
from gated.forecast.live.state.packing import arrays_of, states_of
from gated.forecast.live.state.states import States
from gated.forecast.model.network import NetworkConfig, SeasonNetwork
from gated.forecast.model.weights.pretrained import pretrained_network
from gated.forecast.training.fitted import Fitted
from gated.forecast.validation.combination import Combination
from gated.forecast.validation.mean_correction import MeanModel
from gated.table import Frequency, Schema, Static, Table

__all__ = ["content_of", "packed_live", "packed_states", "unpacked_live", "unpacked_states"]

_LIVE, _SERIES, _VERSION = "live state", "state of series", 1
_DO_NOT_FIT = (
    LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RuntimeError
)  # fmt: skip

Parts = tuple[Rules, States, Options, ForecasterConfig]


def packed_live(rules: Rules, states: States, options: Options, config: ForecasterConfig) -> bytes:
    """The bytes of a live state.

    Raises:
        GatedError: a label is of a type that JSON does not support.
    """
    header = {
        "rules": _rules_json(rules),
        "options": options.to_json(),
        "config": config.to_json(),
        "ids": _labels(states),
    }
    return pack_arrays(arrays_of(states), header, kind=_LIVE, version=_VERSION)


def unpacked_live(content: bytes, name: str, model: Estimator | None) -> Parts:
    """The parts of a live state.

    Args:
        content: bytes of `packed_live`.
        name: what the bytes are, for messages: the path of a file.
        model: the forecaster with the network, if it was trained.

    Raises:
        ModelFileError: they are changed, damaged, no state, or of another version.
        UsageError: the model is missing, or is another one.
    """
    arrays, header = unpack_arrays(content, name, kind=_LIVE, version=_VERSION)
    try:
        rules = _rules(header["rules"], name, model)
        options = Options.from_json(header["options"])
        config = ForecasterConfig(**header["config"])
        return rules, _states(arrays, header["ids"], rules), options, config
    except UsageError:
        raise
    except _DO_NOT_FIT as error:
        raise damaged(name, _LIVE, error) from error


def packed_states(states: States, rules: Rules) -> bytes:
    """The bytes of the states of some series.

    Raises:
        GatedError: a label is of a type that JSON does not support.
    """
    header = {"rules": _fingerprint(rules), "ids": _labels(states)}
    return pack_arrays(arrays_of(states), header, kind=_SERIES, version=_VERSION)


def unpacked_states(content: bytes, rules: Rules, name: str) -> States:
    """The states of some series.

    Args:
        content: bytes of `packed_states`.
        rules: the decisions.
        name: what the bytes are, for messages.

    Raises:
        ModelFileError: they are damaged, or belong to other decisions.
    """
    arrays, header = unpack_arrays(content, name, kind=_SERIES, version=_VERSION)
    if header.get("rules") != _fingerprint(rules):
        raise ModelFileError(
            f"{name}: belongs to other decisions, of another table, horizon or time. Expected one "
            "of this live state. Watch the table again for new states."
        )
    try:
        return _states(arrays, header["ids"], rules)
    except _DO_NOT_FIT as error:
        raise damaged(name, _SERIES, error) from error


def _states(arrays: dict[str, Any], labels: list[Any], rules: Rules) -> States:
    ids: ObjectArray = np.empty(len(labels), dtype=object)
    ids[:] = labels
    if len({str(label) for label in labels}) < len(labels):
        raise ValueError("a series occurs twice")
    dated = not rules.table.frequency.is_numbered
    return states_of(arrays, ids, rules.rows, rules.h, dated=dated)


def _labels(states: States) -> list[Any]:
    plain = [label.item() if isinstance(label, np.generic) else label for label in states.past.ids]
    for label in plain:
        if not isinstance(label, str | int | float | bool):
            raise GatedError(
                f"{label!r} is of type {type(label).__name__}, which a file cannot store. Use text "
                "or numbers as ids, such as df.assign(unique_id=df.unique_id.astype(str))."
            )
    return plain


def _rules_json(rules: Rules) -> dict[str, Any]:
    fitted = rules.fitted
    return {
        "network": fitted.network.config.to_json(),
        "profile": fitted.profile.to_json(),
        "combination": fitted.combination.to_json(),
        "mean": fitted.mean.to_json(),
        "dependence": fitted.dependence.to_json(),
        "frequency": rules.table.frequency.to_json(),
        "schema": rules.table.schema.to_json(),
        "h": rules.h,
    }


def _fingerprint(rules: Rules) -> str:
    """A name of the decisions: other decisions have another one."""
    text = json.dumps(_rules_json(rules), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _rules(stored: dict[str, Any], name: str, model: Estimator | None) -> Rules:
    """The decisions of a file, with the network of the package or of the model."""
    combination = Combination.from_json(stored["combination"])
    config = NetworkConfig.from_json(stored["network"])
    fitted = Fitted(
        TableProfile.from_json(stored["profile"]),
        _network(config, combination, name, model),
        combination,
        MeanModel.from_json(stored["mean"]),
        Dependence.from_json(stored["dependence"]),
    )
    if type(stored["h"]) is not int or stored["h"] < 1:
        raise ValueError(f"the horizon is {stored['h']!r}")
    frequency = Frequency.from_json(stored["frequency"])
    nothing = np.zeros((0, 0))
    table = Table(
        ids=np.empty(0, dtype=object),
        offsets=np.zeros(1, dtype=np.int64),
        ds=np.zeros(0, dtype=np.int64 if frequency.is_numbered else "M8[ns]"),
        y=np.zeros(0),
        covariates=nothing,
        covariate_names=(),
        past_covariates=nothing,
        past_names=(),
        categories={},
        static=Static.none(0),
        frequency=frequency,
        schema=Schema.from_json(stored["schema"]),
        notes=(),
        rejected={},
    )
    return Rules(fitted, table, stored["h"])


def _network(
    config: NetworkConfig, combination: Combination, name: str, model: Estimator | None
) -> SeasonNetwork:
    if combination.origin == "pretrained":
        return pretrained_network(config.layout)
    if model is None:
        raise UsageError(
            f"{name}: the network of this state was trained on a table, and is not in the file. "
            "Give the forecaster that was watched: model=Forecaster.load(…)."
        )
    fitted = model._fit_.fitted
    if fitted.combination != combination or fitted.network.config != config:
        raise UsageError(
            f"{name}: belongs to another model. Expected the forecaster that was watched. Give "
            "it, or watch the table with this model."
        )
    return fitted.network


def content_of(path: Path) -> bytes:
    """The bytes of a file of a live state.

    Raises:
        ModelFileError: it is missing, or cannot be read.
    """
    try:
        return read_content(path, f"Expected a {_LIVE} of gated.", "Watch the table again.")
    except GatedError as error:
        raise ModelFileError(str(error)) from error
