"""Defines what runs the tasks of a job, and how its processes are started."""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

from gated.scale.jobs.measured import TaskReport
from gated.scale.jobs.tasks import Task

__all__ = ["ATTEMPTS", "ONE_THREAD", "Engine"]

ATTEMPTS = 8
"""How often a task is begun whose worker dies or whose storage does not answer, or a training."""

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Variables for the processes of workers, which compute a product with one thread each."""


class Engine(Protocol):
    """Runs tasks in any order, each at least once; a worker that dies costs its task only."""

    def run(self, working: str, output: str, tasks: Sequence[Task]) -> Iterator[TaskReport]:
        """Run tasks, and yield the report of each when it is done.

        Args:
            working, output: the addresses of the folders of the job and of its output.
            tasks: to run.

        Raises:
            GatedError: a task failed, or its workers died again and again.
        """

    def learn(self, working: str, most: int) -> None:
        """Train the model of a job with all workers; see `gated.scale.learning.learn`.

        Args:
            working: the address of the folder of the job, on a disk that all workers reach.
            most: workers, at most.

        Raises:
            GatedError: the training failed.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
