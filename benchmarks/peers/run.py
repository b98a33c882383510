"""Compares gated with other forecasting libraries on one data set.

Each library has its own environment, and each method runs in its own process, one after the other.
A method that fails or exceeds its time limit keeps its row, with the reason.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.common.folders import Folder
from benchmarks.common.measure import machine, show_progress
from benchmarks.common.report import Report, Row
from benchmarks.forecasting.data.cut import Cut
from benchmarks.forecasting.data.datasets import Columns, load_cuts
from benchmarks.forecasting.scores import Actuals
from benchmarks.peers.environments import Environment, require_environments
from benchmarks.peers.libraries import GATED, Configuration, Peer
from benchmarks.peers.peers_report import TRIAL, peers_report, with_ratios
from benchmarks.peers.time_limit import TimeLimit
from benchmarks.peers.worker_process import Job, WorkerResult, run_worker
from gated.errors import UsageError

__all__ = ["PeersRequest", "run"]

_IMPORTS = 3  # timed imports of each library


@dataclass(frozen=True)
class PeersRequest:
    """Options of the benchmark.

    Attributes:
        name: a data set with one cut.
        data: the folder of data sets.
        peers: the libraries that gated is compared with, in this order.
        environments: the folder of their environments.
        limit: seconds for each method.
        threads: number of threads of each method.
        seed: of each method.
        validation: cut one horizon earlier.
        trial: use few training steps, to try the benchmark.
    """

    name: str
    data: Folder
    peers: tuple[Peer, ...]
    environments: Path
    limit: TimeLimit = field(default_factory=TimeLimit)
    threads: int = 2
    seed: int = 0
    validation: bool = False
    trial: bool = False


def run(request: PeersRequest, save: Callable[[Report], None] = lambda _: None) -> Report:
    """Run every method, gated first.

    Args:
        request: the options.
        save: gets the report after each method, so that an interrupted run is not lost.

    Raises:
        DataError, UsageError: from reading the data, or an environment is missing.
        GatedError: an environment is incomplete; this is checked before the first method runs.
    """
    peers = (GATED, *request.peers)
    environments = require_environments(request.environments, peers)
    described = machine(request.threads)
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
    report = peers_report(facts, described, rows, _notes(cut, request))
    installed = {name: _installed_columns(one) for name, one in environments.items()}
    for peer in peers:
        for configuration in peer.configurations_for(cut):
            show_progress(f"running {configuration.title}, {configuration.name}")
            job = _job(request, cut, environments[peer.name], configuration)
            result = run_worker(cut, job)
            rows.append(installed[peer.name] | _row(request, cut, configuration, job, result))
            report = peers_report(facts, described, with_ratios(rows), _notes(cut, request))
            save(report)
    return report


def _one_cut(request: PeersRequest) -> Cut:
    cuts = load_cuts(
        request.name,
        request.data,
        columns=Columns(),
        horizon=None,
        validation=request.validation,
    )
    if len(cuts) > 1:
        raise UsageError(
            f"--data {request.name} has {len(cuts)} parts that are forecast separately. Expected a "
            "data set of one part, such as m4_hourly."
        )
    return cuts[0]


def _installed_columns(environment: Environment) -> Row:
    show_progress(f"{environment.peer.name}: size and import")
    return {
        "version": environment.version(),
        "import": environment.import_seconds(_IMPORTS),
        "installed": environment.installed_mb(),
    }


def _job(
    request: PeersRequest, cut: Cut, environment: Environment, configuration: Configuration
) -> Job:
    settings = configuration.settings(cut)
    return Job(
        worker=environment.peer.worker,
        python=environment.python,
        method=configuration.method,
        settings={**settings, **environment.peer.trial} if request.trial else settings,
        uses_covariates=configuration.takes_covariates and bool(cut.covariates),
        seed=request.seed,
        threads=request.threads,
        limit=request.limit.for_library(environment.peer.name),
    )


def _row(
    request: PeersRequest, cut: Cut, configuration: Configuration, job: Job, result: WorkerResult
) -> Row:
    row: Row = {
        "method": (TRIAL if request.trial else "") + configuration.title,
        "configuration": configuration.name,
        "covariates": ", ".join(cut.covariates) if job.uses_covariates else "none",
        "settings": json.dumps(job.settings) if job.settings else "none",
        "source": configuration.source,
        "outcome": result.failure or "done",
    }
    if result.forecast is None:
        return row
    return row | {
        **result.forecast.scores(Actuals.of(cut)),
        "fit": result.cost["fit_seconds"],
        "predict": result.cost["predict_seconds"],
        "peak": result.cost["peak_mb"],
    }


def _notes(cut: Cut, request: PeersRequest) -> list[str]:
    notes = [
        *cut.notes,
        "Points are medians where a method has quantiles; a method with points only has no CRPS "
        "and no coverage. statsforecast's points are means, which are used as its medians.",
        "fit: from the table to the fitted model. predict: the first forecast of all series. "
        f"import: the median of {_IMPORTS} new interpreters. installed: the library and all of its "
        "dependencies. Each method has the same threads and limit; the limit begins with the "
        "start of its process.",
        "statsforecast uses as many processes as there are threads, or series if they are fewer; "
        "memory that the processes share is counted more than once.",
    ]
    if request.trial:
        notes.append(
            "TRIAL: few training steps each, to try the benchmark. The figures are not results of "
            "the libraries."
        )
    return notes
