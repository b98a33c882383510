"""Tables that compare gated with other methods: ratios of the scores, then the scores."""

import math
from collections.abc import Mapping, Sequence

from benchmarks.common.report import Column, Row, Sheet, Value, spread
from benchmarks.forecasting.data.datasets import M3, M4_HOURLY
from benchmarks.forecasting.methods import POOLED, Method
from benchmarks.forecasting.published import ES_RNN, FFORMA, NEURALFORECAST, TIREX
from benchmarks.forecasting.scores import SCORE_FORMATS, Scores

__all__ = ["part_sheets", "ratio_sheet", "score_sheet"]

_RATIO_SCORES = ("smape", "mase", "owa", "wape", "crps")
_RANKING_SCORES = {M4_HOURLY: ("owa", "mase"), M3: ("smape",)}
_USUAL_RANKING_SCORE = ("wape",)
_REFERENCES = {
    M4_HOURLY: (ES_RNN, FFORMA, TIREX, NEURALFORECAST),
    M3: ("THETA", "ForecastPro"),
}


def ratio_sheet(
    name: str, ours: Method, baselines: Sequence[Method], published: Sequence[Method]
) -> Sheet:
    """Our scores divided by those of another method, or by the best of several."""
    by_name = {method.name: method for method in (*baselines, *published)}
    against = {
        "seasonal_naive": [by_name["seasonal_naive"]],
        "the better of seasonal_naive and seasonal_mean": [
            by_name["seasonal_naive"],
            by_name["seasonal_mean"],
        ],
        f"the best of the {len(baselines)} baselines on the test part": list(baselines),
    }
    if published:
        against |= {reference: [by_name[reference]] for reference in _REFERENCES[name]}
        against["the best published figure"] = list(published)
    rows = [{"against": words, **_ratios(ours, methods)} for words, methods in against.items()]
    columns = [
        Column("against", f"{ours.name} divided by"),
        *(Column(key, SCORE_FORMATS[key][0]) for key in _present_scores(rows)),
    ]
    return Sheet("ratios", "Ratios: below 1, gated has the smaller error", columns, rows)


def score_sheet(name: str, methods: Sequence[Method]) -> Sheet:
    """The scores of every method over all parts, the best first; `methods` begins with ours."""
    ranking = _ranking_score(name, methods[0])
    ranked = sorted(methods, key=lambda method: _sort_key(method, ranking))
    title = f"Scores over all steps, lowest {SCORE_FORMATS[ranking][0]} first"
    rows: list[Row] = [
        {"method": method.name, "source": method.source, **_summary(method.runs[POOLED])}
        for method in ranked
    ]
    columns = [Column("method", "method"), Column("source", "source"), *_score_columns(rows)]
    return Sheet("scores", title, columns, rows, frozenset({methods[0].name}))


def part_sheets(name: str, parts: Sequence[str], methods: Sequence[Method]) -> list[Sheet]:
    """Scores by part: one score of every method, then all scores of ours."""
    ours, ranking = methods[0], _ranking_score(name, methods[0])
    keys = (*parts, POOLED)
    ranked = sorted(methods, key=lambda method: _sort_key(method, ranking))
    by_part = Sheet(
        "by_part",
        f"{SCORE_FORMATS[ranking][0]} by part",
        [Column("method", "method"), *(Column(key, key) for key in keys)],
        [
            {
                "method": method.name,
                **{key: _summary(method.runs[key])[ranking] for key in keys},
            }
            for method in ranked
        ],
        frozenset({ours.name}),
    )
    our_rows = [{"part": key, **_summary(ours.runs[key])} for key in keys]
    our_scores = Sheet(
        "ours_by_part",
        f"{ours.name}, by part",
        [Column("part", "part"), *_score_columns(our_rows)],
        our_rows,
    )
    return [by_part, our_scores]


def _present_scores(rows: Sequence[Mapping[str, Value]]) -> list[str]:
    """The scores that one row at least contains, in the order of the columns."""
    return [key for key in SCORE_FORMATS if any(key in row for row in rows)]


def _score_columns(rows: Sequence[Mapping[str, Value]]) -> list[Column]:
    return [Column(key, *SCORE_FORMATS[key]) for key in _present_scores(rows)]


def _summary(runs: Sequence[Scores]) -> Row:
    return {key: spread([run[key] for run in runs]) for key in runs[0]}


def _ratios(ours: Method, others: Sequence[Method]) -> Row:
    ratios: Row = {}
    for key in _RATIO_SCORES:
        scores = [run[key] for method in others for run in method.runs[POOLED] if key in run]
        best = min((score for score in scores if not math.isnan(score)), default=0.0)
        if best > 0 and key in ours.runs[POOLED][0]:
            ratios[key] = spread([run[key] / best for run in ours.runs[POOLED]])
    return ratios


def _ranking_score(name: str, ours: Method) -> str:
    """The score by which methods are sorted: of the data set's, the first that ours has."""
    candidates = _RANKING_SCORES.get(name, _USUAL_RANKING_SCORE)
    return next(key for key in candidates if key in ours.runs[POOLED][0])


def _sort_key(method: Method, score: str) -> float:
    """The median of a score over the runs; infinity where it is not known."""
    runs = sorted(run.get(score, math.inf) for run in method.runs[POOLED])
    middle = runs[len(runs) // 2]
    return math.inf if math.isnan(middle) else middle
