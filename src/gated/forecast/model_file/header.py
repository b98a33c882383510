"""Checks the header of a model file: its keys, and the type and range of each value.

A file may come from an untrusted source, or have been edited. Each check raises a ValueError with
the key; `model_file` converts it to the error for users.
"""

import math
from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from gated.forecast.baselines import simple
from gated.forecast.config import ForecasterConfig
from gated.forecast.data.closed.calendar import rule_kinds
from gated.forecast.data.patching import CONTEXT
from gated.forecast.data.regression.effect import AXES
from gated.forecast.data.regression.terms import MOST_WAVES
from gated.forecast.model.views import VIEWS
from gated.table.schema import Backend, Fill
from gated.table.series.aggregation import Aggregate
from gated.table.time.calendar import LONGEST_SEASON
from gated.train.stored_values import (
    Check,
    flag,
    label,
    list_of,
    mapping_of,
    number,
    one_of,
    optional,
    record,
    text,
    whole,
)

__all__ = ["OF_THE_TABLE", "check_header"]

OF_THE_TABLE = ("h", "freq", "season_length")
"""Parameters of a forecaster for reading a table, not for training a network."""

# Larger than any valid value, and small enough for arithmetic.
_MANY = 10**9
_LONGEST_NAME = 100  # of a frequency or a time zone

_NAMES = list_of(text(), is_distinct=True)
_DTYPE = record(
    {"name": text(_LONGEST_NAME)},
    {"time_unit": one_of(("ns", "us", "ms", "s")), "categories": list_of(text())},
)
_TIME = record(
    {
        "kind": one_of(("datetime", "date", "period", "digits", "integer")),
        "dtype": optional(_DTYPE),
        "pandas_dtype": optional(text(_LONGEST_NAME)),
        "pattern": text(_LONGEST_NAME),
        "day_first": optional(flag),
        "zone": optional(text(_LONGEST_NAME)),
        "clock": one_of(("wall", "UTC")),
    }
)
_SCHEMA = record(
    {
        "id_col": text(),
        "time_col": text(),
        "target_col": text(),
        "time": _TIME,
        "backend": one_of(get_args(Backend)),
        "id_dtype": optional(_DTYPE),
        "has_id_col": flag,
        "has_time_col": flag,
        "time_format": optional(text()),
        "wide": flag,
    },
    {
        "missing": list_of(text()),
        "aggregate": one_of(get_args(Aggregate)),
        "counts_rows": flag,
        "decimals": mapping_of(one_of((",", "."))),
        "missing_codes": mapping_of(list_of(number())),
        "fill": one_of(get_args(Fill)),
    },
)
_NETWORK = record(
    {
        "layout": record(
            {"patch": whole(1, _MANY), "leads": whole(1, _MANY)},
            {
                "long_season": number(0, _MANY),
                "seasonal": flag,
                "context": whole(1, 4 * CONTEXT),
            },
        ),
        "hidden_size": whole(1, _MANY),
        "num_layers": whole(1, _MANY),
        "dropout": number(0, 1),
        "covariates": whole(0, _MANY),
        "calendar": whole(0, _MANY),
    },
    {"past_covariates": whole(0, _MANY), "static": whole(0, _MANY)},
)
_FEATURE = record(
    {
        "covariate": text(),
        "category": optional(whole(0, _MANY)),
        "mean": number(),
        "spread": number(np.finfo(np.float64).tiny),
    }
)
_ENCODER = record({"names": _NAMES, "features": list_of(_FEATURE)})
_CLOSED_RULE = record(
    {
        "kind": one_of(rule_kinds()),
        "values": list_of(whole(-366, _MANY), is_distinct=True),
        "names": _NAMES,
        "seen": whole(0, _MANY),
        "closed": whole(0, _MANY),
        "zeros": whole(0, _MANY),
        "years": list_of(whole(1, 9_999), is_distinct=True),
    }
)
_CLOSED_CALENDAR = record(
    {
        "steps_per_day": whole(1, 1_440),
        "rules": list_of(_CLOSED_RULE),
        "own": list_of(
            record(
                {
                    "ids": list_of(label, is_distinct=True),
                    "slots": list_of(whole(0, _MANY), is_distinct=True),
                }
            )
        ),
        "place": optional(text(_LONGEST_NAME)),
    },
    {"own_dates": list_of(record({"ids": list_of(label, is_distinct=True), "rule": _CLOSED_RULE}))},
)
_TERM = record(
    {
        "features": list_of(whole(0, _MANY)),
        "steps": whole(1, _MANY),
        "delay": whole(0, _MANY),
        "knots": list_of(number()),
        "waves": whole(0, MOST_WAVES),
    }
)
_REGRESSION = record(
    {
        "encoder": _ENCODER,
        "low": list_of(number()),
        "high": list_of(number()),
        "terms": list_of(_TERM),
        "weights": list_of(list_of(number())),
        "offset": number(),
        "bounds": list_of(number()),
        "axis": one_of(AXES),
        "season_length": whole(1, LONGEST_SEASON),
        "origin": whole(-(2**63), 2**63 - 1),
        "share": number(0, 1),
        "errors": list_of(number(0)),
    }
)
_PROFILE = record(
    {
        "known": _ENCODER,
        "past": _ENCODER,
        "static": _ENCODER,
        "holidays": optional(record({"place": text(_LONGEST_NAME), "feasts": _NAMES})),
        "calendar_names": _NAMES,
        "closing": optional(
            record(
                {
                    "covariate": text(),
                    "category": optional(whole(0, _MANY)),
                    "value": number(0, 1),
                    "times": whole(0, _MANY),
                }
            )
        ),
        "non_negative": flag,
        "integer": flag,
    },
    {
        "uninformative": list_of(text()),
        "silent": list_of(text()),  # its name up to version 3
        "unused": list_of(text()),
        "own_seasons": list_of(list_of(whole(0, _MANY))),
        "closed_calendar": _CLOSED_CALENDAR,  # from version 5 on
        "regression": optional(_REGRESSION),
    },
)
_EXPECTED = record(
    {
        "typical": number(0),
        "share": optional(number(0)),
        "total": optional(number(0)),
        "target": text(),
        "step": text(_LONGEST_NAME),
        "series": whole(1, _MANY),
    }
)
_COMBINATION = record(
    {
        "share": number(0, 1),
        "errors": mapping_of(number(0)),
        "windows": whole(0, _MANY),
        "h": whole(0, _MANY),
        "widen_80": number(0, 1e6),
        "widen_95": number(0, 1e6),
    },
    {
        "baseline": one_of(simple.BASELINES),
        "rule": one_of(simple.BASELINES),  # its name up to version 3
        "origin": one_of(("shipped", "tuned", "scratch")),
        "widen_slope": number(-1, 1),
        "views": record({}, dict.fromkeys(VIEWS, number(0, 1))),
        "instead": mapping_of(number(0)),
        "expected": optional(_EXPECTED),
    },
)
_MEAN = record(
    {
        "own_factor": number(0.1, 10),
        "level_share": number(0, 1),
        "half_life": number(0.01, 1000),
        "factor": number(0.1, 10),
    },
    {"typical_level": number(0)},
)
_DEPENDENCE = record(
    {
        "constant": number(0, 1),
        "decay": number(0, 1),
        "common": number(0, 0.99),
        "windows": whole(0, _MANY),
    }
)
_PARAMS: dict[str, Check] = {
    "h": optional(whole(1, _MANY)),
    "freq": optional(text(_LONGEST_NAME)),
    "season_length": optional(whole(1, _MANY)),
    "holidays": optional(text(_LONGEST_NAME)),
}
_HEADER = record(
    {
        "params": mapping_of(lambda value, where: None),
        "h": whole(1, _MANY),
        "network": _NETWORK,
        "facts": _PROFILE,
        "verdict": _COMBINATION,
        "ids": list_of(label, is_distinct=True),
        "dated": flag,
        "covariate_names": _NAMES,
        "past_names": _NAMES,
        "categories": mapping_of(list_of(text())),
        "static_names": _NAMES,
        "static_categories": mapping_of(list_of(text())),
        "newcomers": list_of(label, is_distinct=True),
        "frequency": record(
            {"alias": text(_LONGEST_NAME), "season_length": whole(1, _MANY)},
            {"long_season": optional(whole(1, _MANY))},
        ),
        "schema": _SCHEMA,
        "notes": list_of(text()),
        "rejected": mapping_of(text()),
    },
    {"mean": _MEAN, "dependence": _DEPENDENCE},  # since version 5
)


def check_header(header: Mapping[str, Any]) -> None:
    """Check all values of a header.

    Raises:
        ValueError: a value is missing, unknown, of another type or out of range.
    """
    _HEADER(header, "header")
    params = header["params"]
    for name, check in _PARAMS.items():
        check(params.get(name), f"header.params.{name}")
    ForecasterConfig(**{k: v for k, v in params.items() if k not in OF_THE_TABLE})
    for pair in header["facts"].get("own_seasons", ()):
        if len(pair) != 2:
            raise ValueError(f"header.facts.own_seasons has {len(pair)} numbers; expected pairs")
    verdict = header["verdict"]
    baseline = verdict.get("baseline", verdict.get("rule"))
    if verdict["windows"] and not {"network", baseline} <= verdict["errors"].keys():
        raise ValueError("header.verdict.errors lacks the network or the baseline")
    if "views" in verdict and not math.isclose(sum(verdict["views"].values()), 1, abs_tol=1e-3):
        raise ValueError("header.verdict.views has weights whose sum is not 1")
    _check_names(header)


def _check_names(header: Mapping[str, Any]) -> None:
    """Check that names are distinct, and that only columns have categories."""
    columns = [*header["covariate_names"], *header["past_names"]]
    series = [*header["ids"], *header["newcomers"]]
    for what, names in (("a column", columns), ("a series", series)):
        if len(set(names)) < len(names):
            raise ValueError(f"{what} occurs in two lists of names")
    for categories, known in (
        ("categories", columns),
        ("static_categories", header["static_names"]),
    ):
        if not header[categories].keys() <= set(known):
            raise ValueError(f"header.{categories} has columns that the table does not have")
