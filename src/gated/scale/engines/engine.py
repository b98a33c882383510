"""Defines what runs the tasks of a job."""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

from gated.scale.jobs.measured import TaskReport
from gated.scale.jobs.tasks import Task

__all__ = ["Engine"]


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

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
