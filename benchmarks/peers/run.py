"""Compares gated with other forecasting libraries on several data sets.

Each library has its own environment, and each method runs in its own process, one after the other.
A method that fails or exceeds its time limit keeps its row, with the reason.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.common.folders import Folder
from benchmarks.common.measure import machine, show_progress
from benchmarks.common.report import Row
from benchmarks.forecasting.data.cut import Cut
from benchmarks.forecasting.data.datasets import DATASETS, Columns, load_cuts
from benchmarks.forecasting.scores import Actuals, CutForecast
from benchmarks.peers.environments import Environment, require_environments
from benchmarks.peers.libraries import Configuration, Peer, with_gated_first
from benchmarks.peers.results import PeersResults
from benchmarks.peers.time_limit import TimeLimit
from benchmarks.peers.worker_process import Job, WorkerResult, run_worker
from gated.errors import DataError, UsageError
from gated.forecast.baselines import simple

__all__ = ["IMPORTS", "TRIAL", "PeersRequest", "run"]

IMPORTS = 3
"""Timed imports of each library."""

TRIAL = "TRIAL "
"""Prefix of the name of every method of a shortened run."""


@dataclass(frozen=True)
class PeersRequest:
    """Options of the benchmark.

    Attributes:
        names: data sets of one part each, or paths of tables.
        data: the folder of data sets.
        peers: the compared libraries, in this order; gated comes first in any case.
        environments: the folder of their environments.
        horizon: steps to forecast of the tables that are given by path.
        limit: seconds for each method.
        threads: number of threads of each method.
        seed: of each method.
        validation: cut one horizon earlier.
        trial: use few training steps, to try the benchmark.
    """

    names: tuple[str, ...]
    data: Folder
    peers: tuple[Peer, ...]
    environments: Path
    horizon: int | None = None
    limit: TimeLimit = field(default_factory=TimeLimit)
    threads: int = 2
    seed: int = 0
    validation: bool = False
    trial: bool = False


def run(
    request: PeersRequest,
    save: Callable[[PeersResults], None] = lambda _: None,
    earlier: Callable[[PeersResults], PeersResults] = lambda new: new,
) -> PeersResults:
    """Run every method on every table, gated first.

    Args:
        request: the options.
        save: gets the results after each method, so that an interrupted run is not lost.
        earlier: from the empty results of this run to those that it extends; methods that they
            hold are not run again.

    Raises:
        DataError, UsageError: from reading the data, or an environment is missing.
        GatedError: an environment is incomplete; this is checked before the first method runs.
    """
    peers = with_gated_first(request.peers)
    environments = require_environments(request.environments, peers)
    facts: dict[str, str | int | bool] = {
        "cut": "validation" if request.validation else "test",
        "seed": request.seed,
        "trial": request.trial,
    }
    results = earlier(PeersResults(facts, machine(request.threads)))
    cuts = [_one_cut(request, name) for name in request.names]
    for cut in cuts:
        results = results.with_table(_table_row(cut))
    measured = {row["library"] for row in results.libraries}
    for name, environment in environments.items():
        if name not in measured:
            results = results.with_library(_library_row(environment))
    for cut in cuts:
        for peer in peers:
            for configuration in peer.configurations_for(cut):
                title = (TRIAL if request.trial else "") + configuration.title
                if results.holds(cut.name, (title, configuration.name)):
                    continue
                show_progress(f"{cut.name}: {configuration.title}, {configuration.name}")
                job = _job(request, cut, environments[peer.name], configuration)
                result = run_worker(cut, job)
                row = _method_row(cut, peer, configuration, job, result)
                results = results.with_method({"method": title, **row})
                save(results)
    return results


def _one_cut(request: PeersRequest, name: str) -> Cut:
    cuts = load_cuts(
        name,
        request.data,
        columns=Columns(),
        horizon=None if name in DATASETS else request.horizon,
        validation=request.validation,
    )
    if len(cuts) > 1:
        raise UsageError(
            f"--data {name} has {len(cuts)} parts that are forecast separately. Expected data sets "
            "of one part, such as m4_hourly."
        )
    return cuts[0]


def _library_row(environment: Environment) -> Row:
    show_progress(f"{environment.peer.name}: size and import")
    return {
        "library": environment.peer.name,
        "version": environment.version(),
        "import": environment.import_seconds(IMPORTS),
        "installed": environment.installed_mb(),
    }


def _table_row(cut: Cut) -> Row:
    """The table, and the MASE of its seasonal naive forecast, to which overviews are relative."""
    points = simple.apply("seasonal_naive", cut.history, cut.offsets, cut.season_length, cut.h)
    naive_mase = CutForecast(points).scores(Actuals.of(cut))["mase"]
    if not naive_mase > 0:
        raise DataError(
            f"{cut.name}: the seasonal naive forecast has a MASE of {naive_mase}. Expected an "
            "error above 0, to which the others are relative. Choose another data set."
        )
    return {
        "data": cut.name,
        "series": len(cut.ids),
        "steps": len(cut.past),
        "h": cut.h,
        "season_length": cut.season_length,
        "naive_mase": naive_mase,
        "notes": " ".join(cut.notes),
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


def _method_row(
    cut: Cut, peer: Peer, configuration: Configuration, job: Job, result: WorkerResult
) -> Row:
    row: Row = {
        "data": cut.name,
        "library": peer.name,
        "configuration": configuration.name,
        "covariates": ", ".join(cut.covariates) if job.uses_covariates else "none",
        "settings": json.dumps(job.settings) if job.settings else "none",
        "source": configuration.source,
        "limit": job.limit,
        "process": result.seconds,
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
