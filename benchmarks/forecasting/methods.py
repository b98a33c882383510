"""The methods that are compared on a cut: ours, gated's simple rules, and published ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.common.folders import Folder
from benchmarks.forecasting import published
from benchmarks.forecasting.data.cut import Cut
from benchmarks.forecasting.data.datasets import M3, M4_HOURLY
from benchmarks.forecasting.scores import Answer, Scores, Truth, owa, rule_answer
from gated.errors import GatedError
from gated.forecast.baselines.simple import RULES

__all__ = ["POOLED", "Method", "add_owa", "check_seasonal_naive", "known_methods", "simple_rules"]

POOLED = "pooled"
"""The scope of all parts together."""

NAIVE2 = {M4_HOURLY: "Naive2", M3: "NAIVE2"}
"""What the published OWA of a data set is relative to."""


@dataclass(frozen=True)
class Method:
    """A row of the scores.

    Attributes:
        name, source: what it is called, and whose figures these are.
        runs: part of the data to the scores of each run; "pooled" is all of it.
    """

    name: str
    source: str
    runs: dict[str, list[Scores]]

    @classmethod
    def answering(
        cls, name: str, source: str, cuts: Sequence[Cut], runs: Sequence[Sequence[Answer]]
    ) -> "Method":
        """Score answers, a sequence of runs with an answer to each cut."""
        truths = [Truth.of(cut) for cut in cuts]
        scored: dict[str, list[Scores]] = {POOLED: []}
        for answers in runs:
            for cut, truth, answer in zip(cuts, truths, answers, strict=True):
                scored.setdefault(cut.name, []).append(answer.scores(truth))
            scored[POOLED].append(Answer.pool(answers).scores(Truth.pool(truths)))
        return cls(name, source, scored)


def simple_rules(cuts: Sequence[Cut]) -> list[Method]:
    """Every rule that gated itself knows, on these cuts."""
    return [
        Method.answering(name, "simple rule", cuts, [[rule_answer(name, cut) for cut in cuts]])
        for name in RULES
    ]


def known_methods(name: str, cuts: Sequence[Cut], data: Folder, anchors: Folder) -> list[Method]:
    """Published methods on the test cut of a data set; none where nobody published.

    Raises:
        DataError: a file of published figures is missing.
    """
    if name == M4_HOURLY:
        rows = published.m4_hourly(data, anchors)
        return [Method(row.method, row.source, {POOLED: [row.scores]}) for row in rows]
    if name == M3:
        answers = published.m3_answers(data, cuts)
        source = "published forecasts"
        return [Method.answering(who, source, cuts, [parts]) for who, parts in answers.items()]
    return []


def add_owa(name: str, methods: Sequence[Method]) -> None:
    """Give every method that has sMAPE and MASE its OWA, where a published Naive2 is among them.

    A published OWA stays as it is.
    """
    naive2 = next((method for method in methods if method.name == NAIVE2.get(name)), None)
    if naive2 is None:
        return
    for scope, [reference] in naive2.runs.items():
        for method in methods:
            for scores in method.runs.get(scope, []):
                if "smape" in scores and "mase" in scores:
                    scores.setdefault("owa", owa(scores, reference))


def check_seasonal_naive(rules: Sequence[Method], known: Sequence[Method]) -> str:
    """Hold our seasonal naive on M4 hourly against the published one, to the last digit printed.

    Returns:
        A sentence that says so.

    Raises:
        GatedError: they differ: the data, the cut or the metrics are not M4's.
    """
    [ours] = next(method.runs[POOLED] for method in rules if method.name == "seasonal_naive")
    [theirs] = next(method.runs[POOLED] for method in known if method.name == "sNaive")
    figures = " and ".join(
        f"{title} {ours[key]:.3f} (published {theirs[key]:.3f})"
        for key, title in (("smape", "sMAPE"), ("mase", "MASE"))
    )
    if any(round(ours[key], 3) != round(theirs[key], 3) for key in ("smape", "mase")):
        raise GatedError(
            f"The seasonal naive rule scores {figures}. Expected the same figures: the data, the "
            "cut or the metrics are not M4's, so that nothing here can be compared."
        )
    return f"Checked: our seasonal naive scores {figures}."
