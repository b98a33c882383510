"""The sheets that set our scores beside the others': ratios first, then the scores themselves."""

import math
from collections.abc import Mapping, Sequence

from benchmarks.common.report import Column, Sheet, Value, spread
from benchmarks.forecasting.data.datasets import M3, M4_HOURLY
from benchmarks.forecasting.methods import POOLED, Method
from benchmarks.forecasting.published import ES_RNN, FFORMA, NEURALFORECAST, TIREX
from benchmarks.forecasting.scores import SCORES, Scores

__all__ = ["part_sheets", "ratio_sheet", "score_sheet"]

_RATIOS = ("smape", "mase", "owa", "wape", "crps")
_HEADLINES = {M4_HOURLY: ("owa", "mase"), M3: ("smape",)}
_USUAL_HEADLINE = ("wape",)
_YARDSTICKS = {
    M4_HOURLY: (ES_RNN, FFORMA, TIREX, NEURALFORECAST),
    M3: ("THETA", "ForecastPro"),
}


def ratio_sheet(name: str, ours: Method, rules: Sequence[Method], known: Sequence[Method]) -> Sheet:
    """Our scores divided by the others'; where several are named, by the best of them."""
    by_name = {method.name: method for method in (*rules, *known)}
    against = {
        "seasonal_naive": [by_name["seasonal_naive"]],
        "the better of seasonal_naive and seasonal_mean": [
            by_name["seasonal_naive"],
            by_name["seasonal_mean"],
        ],
        f"the best of the {len(rules)} simple rules, chosen with hindsight": list(rules),
    }
    if known:
        against |= {who: [by_name[who]] for who in _YARDSTICKS[name]}
        against["the best published figure"] = list(known)
    rows = [{"against": words, **_ratios(ours, methods)} for words, methods in against.items()]
    columns = [
        Column("against", f"{ours.name} divided by"),
        *(Column(key, SCORES[key][0]) for key in _known_scores(rows)),
    ]
    title = "Ratios: below 1, gated errs less"
    return Sheet("ratios", title, columns, rows)


def score_sheet(name: str, methods: Sequence[Method]) -> Sheet:
    """Every method's scores over all parts, the best on top; ours come first among `methods`."""
    headline = _headline(name, methods[0])
    ranked = sorted(methods, key=lambda method: _sorting(method, headline))
    title = f"Scores over all steps, lowest {SCORES[headline][0]} first"
    rows: list[dict[str, Value]] = [
        {"method": method.name, "source": method.source, **_summary(method.runs[POOLED])}
        for method in ranked
    ]
    columns = [Column("method", "method"), Column("source", "source"), *_score_columns(rows)]
    return Sheet("scores", title, columns, rows, frozenset({methods[0].name}))


def part_sheets(name: str, parts: Sequence[str], methods: Sequence[Method]) -> list[Sheet]:
    """Where there are several parts: one score of every method, all scores of ours, by part."""
    ours, headline = methods[0], _headline(name, methods[0])
    scopes = (*parts, POOLED)
    ranked = sorted(methods, key=lambda method: _sorting(method, headline))
    by_part = Sheet(
        "by_part",
        f"{SCORES[headline][0]} by part",
        [Column("method", "method"), *(Column(scope, scope) for scope in scopes)],
        [
            {
                "method": method.name,
                **{scope: _summary(method.runs[scope])[headline] for scope in scopes},
            }
            for method in ranked
        ],
        frozenset({ours.name}),
    )
    detail_rows = [{"part": scope, **_summary(ours.runs[scope])} for scope in scopes]
    detail = Sheet(
        "ours_by_part",
        f"{ours.name}, by part",
        [Column("part", "part"), *_score_columns(detail_rows)],
        detail_rows,
    )
    return [by_part, detail]


def _known_scores(rows: Sequence[Mapping[str, Value]]) -> list[str]:
    """The scores that any row has, in their order."""
    return [key for key in SCORES if any(key in row for row in rows)]


def _score_columns(rows: Sequence[Mapping[str, Value]]) -> list[Column]:
    return [Column(key, *SCORES[key]) for key in _known_scores(rows)]


def _summary(runs: Sequence[Scores]) -> dict[str, Value]:
    return {key: spread([run[key] for run in runs]) for key in runs[0]}


def _ratios(ours: Method, others: Sequence[Method]) -> dict[str, Value]:
    ratios: dict[str, Value] = {}
    for key in _RATIOS:
        known = [run[key] for method in others for run in method.runs[POOLED] if key in run]
        best = min((score for score in known if not math.isnan(score)), default=0.0)
        if best > 0 and key in ours.runs[POOLED][0]:
            ratios[key] = spread([run[key] / best for run in ours.runs[POOLED]])
    return ratios


def _headline(name: str, ours: Method) -> str:
    """The score that ranks: of the data set's, the first that we have."""
    wanted = _HEADLINES.get(name, _USUAL_HEADLINE)
    return next(key for key in wanted if key in ours.runs[POOLED][0])


def _sorting(method: Method, headline: str) -> float:
    """The median of a score; last where it is not known."""
    runs = sorted(run.get(headline, math.inf) for run in method.runs[POOLED])
    middle = runs[len(runs) // 2]
    return math.inf if math.isnan(middle) else middle
