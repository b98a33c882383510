"""Reads published figures and forecasts for the same test cut, each quoted with its source."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.common.folders import Folder
from benchmarks.forecasting.data.cut import Cut
from benchmarks.forecasting.scores import CutForecast, Scores

__all__ = [
    "ES_RNN",
    "FFORMA",
    "NEURALFORECAST",
    "NEURALFORECAST_SECONDS",
    "TIREX",
    "Published",
    "m3_forecasts",
    "m4_hourly",
]

_COMPETITION = "M4 workbook"
_GIFT_EVAL = "GIFT-Eval results"
_README = "anchors' README"

ES_RNN = "ES-RNN (Smyl, entry 118, the winner)"
FFORMA = "FFORMA (entry 245)"
TIREX = "TiRex (zero-shot)"
NEURALFORECAST = "neuralforecast 3.3 GRU (input 168, 500 steps)"
NEURALFORECAST_SECONDS = {"fit": 310.0, "predict": 0.55}
"""Seconds of that GRU on 2 cores, quoted from the anchors' README."""

# The anchors' README gives the authors of these entries; the other entries are named by number.
_ENTRY_NAMES = {"118": ES_RNN, "245": FFORMA}
_ENTRIES_SHOWN = 10
_MODELS_SHOWN = 10
_TASK = "m4_hourly/h/short"  # GIFT-Eval's name; its only window is the competition's test part


@dataclass(frozen=True)
class Published:
    """The published scores of one method on a test cut."""

    method: str
    source: str
    scores: Scores


def m4_hourly(data: Folder, anchors: Folder) -> list[Published]:
    """M4 hourly: the competition's benchmarks and best entries, and the best later models.

    Raises:
        DataError: a file of published figures is missing.
    """
    quoted = Published(NEURALFORECAST, _README, {"smape": 14.60, "mase": 1.368})
    return [*_m4_entries(data, anchors), quoted, *_m4_models(anchors)]


def _m4_entries(data: Folder, anchors: Folder) -> list[Published]:
    """The competition's ten benchmarks, and the best entries by OWA."""
    table = pd.read_csv(data.file("forecast/m4_hourly_published_scores.csv"), dtype={"method": str})
    intervals = _m4_intervals(anchors)
    is_entry = table["method"].str.isdigit()
    best = table[is_entry].nsmallest(_ENTRIES_SHOWN, "hourly_owa")
    named = table[is_entry & table["method"].isin(list(_ENTRY_NAMES))]
    shown = pd.concat([table[~is_entry], best, named]).drop_duplicates("method")
    return [
        Published(
            _ENTRY_NAMES.get(method, method if not method.isdigit() else f"M4 entry {method}"),
            _COMPETITION,
            {"smape": smape, "mase": mase, "owa": owa, **intervals.get(method, {})},
        )
        for method, smape, mase, owa in shown.itertuples(index=False)
    ]


def _m4_intervals(anchors: Folder) -> dict[str, Scores]:
    """MSIS of the 95 % intervals on the hourly series, of the methods that gave intervals."""
    # The first line contains the score of each group of columns, the second the frequency; the
    # first column "Hourly" is of MSIS. Remarks follow below the methods.
    table = pd.read_csv(anchors.file("m4_intervals_by_frequency.csv"), skiprows=1)
    msis = table.set_index("User ID")["Hourly"].dropna()
    return {str(method): {"msis": float(value)} for method, value in msis.items()}


def _m4_models(anchors: Folder) -> list[Published]:
    """Neural and pretrained models: the best by OWA, and all with known MASE and CRPS.

    Models whose training data contained the test part ("leak") are left out.
    """
    table = pd.read_csv(anchors.file("m4_owa_foundation_models.csv"))
    table = table[table["leak"] == "No"].sort_values("OWA_H")
    mase, crps = _gift_eval(anchors, "mase"), _gift_eval(anchors, "crps")
    models = []
    for rank, (model, kind, owa) in enumerate(
        zip(table["model"], table["type"], table["OWA_H"], strict=True)
    ):
        if rank < _MODELS_SHOWN or model in mase:
            scores = {"owa": owa}
            if model in mase:
                scores |= {"mase": mase[model], "crps": crps[model]}
            models.append(Published(f"{model} ({kind})", _GIFT_EVAL, scores))
    return models


def _gift_eval(anchors: Folder, score: str) -> Scores:
    """Model to its score on the task that is M4's hourly test part."""
    table = pd.read_csv(anchors.file(f"gift_eval_{score}.csv")).set_index("task")
    figures = table[table.index == _TASK].to_numpy(dtype=np.float64)[0]
    return dict(zip(map(str, table.columns), figures.tolist(), strict=True))


def m3_forecasts(data: Folder, cuts: Sequence[Cut]) -> dict[str, list[CutForecast]]:
    """The forecasts of M3's 24 published methods: method to one forecast for each cut.

    A part that a method did not forecast is NaN.

    Raises:
        DataError: a file is missing.
    """
    order = pd.read_csv(data.file("forecast/m3_meta.csv"))["unique_id"]
    rows = pd.Series(np.arange(len(order)), index=order)
    forecasts = {}
    with np.load(data.file("forecast/m3_published_forecasts.npz")) as stored:
        for method in stored.files:
            points = np.full((len(order), stored[method].shape[1]), np.nan)
            points[: len(stored[method])] = stored[method]
            parts = [points[rows[list(cut.ids)].to_numpy(), : cut.h] for cut in cuts]
            forecasts[method] = [CutForecast(part) for part in parts]
    return forecasts
