"""`gated` beside other libraries: the same table, the same cut, the same scores, one machine.

Each library lives in an environment of its own and works in a process of its own, one method after
the other. What fails, or is not done in time, keeps its row and says so.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.common.folders import Folder
from benchmarks.common.measure import machine
from benchmarks.common.report import Report
from benchmarks.forecasting.data.cut import Cut
from benchmarks.forecasting.data.datasets import Columns, load
from benchmarks.forecasting.scores import Truth
from benchmarks.peers.environments import Environment, require
from benchmarks.peers.libraries import GATED, Configuration, Peer
from benchmarks.peers.peers_report import TRIAL, Row, as_report, with_ratios
from benchmarks.peers.time_limit import Limit
from benchmarks.peers.worker_process import Actuals, Work, run_worker
from gated.errors import UsageError

__all__ = ["Request", "run"]

_IMPORTS = 3  # of which the median counts


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        name: a data set that is cut in one.
        data: where the data sets lie.
        peers: beside gated, in this order.
        environments: the folder of their environments.
        limit: seconds for each method.
        threads: of each.
        seed: of each.
        validation: cut one horizon earlier.
        trial: a few training steps each.
    """

    name: str
    data: Folder
    peers: tuple[Peer, ...]
    environments: Path
    limit: Limit = field(default_factory=Limit)
    threads: int = 2
    seed: int = 0
    validation: bool = False
    trial: bool = False


def run(request: Request, keep: Callable[[Report], None] = lambda _: None) -> Report:
    """Let every method forecast, gated first.

    Args:
        request: what is asked for.
        keep: is given the report as it stands after each method, so that hours are not lost.

    Raises:
        DataError, UsageError: from reading the data, or an environment is missing.
        GatedError: an environment is not whole; this comes before any method is at work.
    """
    peers = (GATED, *request.peers)
    environments = require(request.environments, peers)
    where = machine(request.threads)
    cut = _one_cut(request)
    facts: dict[str, str | int | bool] = {
        "data": request.name,
        "cut": "validation" if request.validation else "test",
        "h": cut.h,
        "series": len(cut.ids),
        "steps": len(cut.past),
        "seed": request.seed,
        "limit": str(request.limit),
        "trial": request.trial,
    }
    rows: list[Row] = []
    report = as_report(facts, where, rows, _notes(cut, request))
    installed = {name: _installed(environment) for name, environment in environments.items()}
    for peer in peers:
        for configuration in peer.of(cut):
            _tell(f"{configuration.title}, {configuration.name}: at work …")
            work = _work(request, cut, environments[peer.name], configuration)
            outcome = run_worker(cut, work)
            rows.append(installed[peer.name] | _row(request, cut, configuration, work, outcome))
            report = as_report(facts, where, with_ratios(rows), _notes(cut, request))
            keep(report)
    return report


def _one_cut(request: Request) -> Cut:
    cuts = load(
        request.name,
        request.data,
        columns=Columns(),
        horizon=None,
        validation=request.validation,
    )
    if len(cuts) > 1:
        raise UsageError(
            f"--data {request.name} is forecast in {len(cuts)} parts. Expected a data set of one."
        )
    return cuts[0]


def _installed(environment: Environment) -> Row:
    _tell(f"{environment.peer.name}: size and import …")
    return {
        "version": environment.version(),
        "import": environment.import_seconds(_IMPORTS),
        "installed": environment.installed_mb(),
    }


def _work(
    request: Request, cut: Cut, environment: Environment, configuration: Configuration
) -> Work:
    settings = configuration.settings(cut)
    return Work(
        worker=environment.peer.worker,
        python=environment.python,
        method=configuration.method,
        settings={**settings, **environment.peer.trial} if request.trial else settings,
        uses_covariates=configuration.takes_covariates and bool(cut.covariates),
        seed=request.seed,
        threads=request.threads,
        limit=request.limit.for_peer(environment.peer.name),
    )


def _row(
    request: Request, cut: Cut, configuration: Configuration, work: Work, outcome: Actuals
) -> Row:
    row: Row = {
        "method": (TRIAL if request.trial else "") + configuration.title,
        "configuration": configuration.name,
        "covariates": ", ".join(cut.covariates) if work.uses_covariates else "none",
        "settings": json.dumps(work.settings) if work.settings else "none",
        "source": configuration.source,
        "outcome": outcome.failure or "done",
    }
    if outcome.answer is None:
        return row
    return row | {
        **outcome.answer.scores(Truth.of(cut)),
        "fit": outcome.cost["fit_seconds"],
        "predict": outcome.cost["predict_seconds"],
        "peak": outcome.cost["peak_mb"],
    }


def _notes(cut: Cut, request: Request) -> list[str]:
    notes = [
        *cut.notes,
        "Points are medians where a method has quantiles; a method that forecasts points only has "
        "no CRPS and no coverage. statsforecast's are means, which stand for its medians too.",
        "fit: from the table to the fitted model. predict: the first forecast of all series. "
        f"import: the median of {_IMPORTS} new interpreters. installed: the library and all that "
        "it brings. Each method has the same threads and limit; the limit counts from the start "
        "of its process.",
        "statsforecast works in as many processes as there are threads, or series if they are "
        "fewer; its peak counts what they share more than once.",
    ]
    if request.trial:
        notes.append(
            "TRIAL: a few training steps each, to try the benchmark. No figure here says anything "
            "about any of the libraries."
        )
    return notes


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
