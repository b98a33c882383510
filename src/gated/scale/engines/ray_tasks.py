"""Runs tasks on a cluster of Ray, or in processes that Ray starts on this machine."""

import importlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from types import TracebackType
from typing import Any, Self

from gated.errors import GatedError, UsageError
from gated.scale.engines.engine import ATTEMPTS, ONE_THREAD
from gated.scale.engines.ray_learners import learn_on_ray
from gated.scale.jobs.measured import TaskReport
from gated.scale.jobs.tasks import Task, run_task

__all__ = ["RayEngine", "require_ray"]


def require_ray() -> Any:
    """The module ray, connected to its cluster, or to processes that it starts here.

    Raises:
        UsageError: it is not installed.
    """
    if find_spec("ray") is None:
        raise UsageError('Ray is not installed. Install it with pip install "gated[ray]".')
    ray = importlib.import_module("ray")
    if not ray.is_initialized():
        ray.init(log_to_driver=False, logging_level="error", include_dashboard=False)
    return ray


@dataclass
class RayEngine:
    """Tasks of Ray. A process loads the model once, for all buckets that it forecasts.

    All machines must reach the folders of the job: a shared disk, or a storage.

    Attributes:
        workers: tasks at a time; by default one for each processor of the cluster.
    """

    workers: int | None = None

    def run(self, working: str, output: str, tasks: Sequence[Task]) -> Iterator[TaskReport]:
        """Run tasks, and yield the report of each when it is done; see `Engine.run`.

        Raises:
            GatedError: a task failed, or its workers died again and again.
        """
        ray = require_ray()
        remote = ray.remote(run_task)
        options = {
            "max_retries": ATTEMPTS,
            "retry_exceptions": [OSError],
            "runtime_env": {"env_vars": ONE_THREAD},
        }
        most = self._most(ray)
        waiting, running = deque(tasks), dict[Any, Task]()
        try:
            while waiting or running:
                # One task more than run: the next one begins without this process.
                while waiting and len(running) < most + (self.workers is None):
                    task = waiting.popleft()
                    alone = min(most, _largest_node(ray)) if task.kind == "decide" else 1
                    reserved = remote.options(num_cpus=alone, **options)
                    running[reserved.remote(working, output, task, alone)] = task
                done, _ = ray.wait(list(running), num_returns=1)
                task = running.pop(done[0])
                yield TaskReport(**_result(ray, done[0], task))
        finally:
            for reference in running:
                ray.cancel(reference, force=True)

    def learn(self, working: str, most: int) -> None:
        """Train the model of a job with all workers, by Ray Train; see `Engine.learn`.

        Raises:
            GatedError: the training failed, or its workers died again and again.
        """
        learn_on_ray(working, min(self._most(require_ray()), most))

    def _most(self, ray: Any) -> int:
        """The tasks at a time."""
        return self.workers or max(1, int(ray.cluster_resources().get("CPU", 1)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None  # Ray's processes belong to Ray


def _largest_node(ray: Any) -> int:
    """The processors of the largest machine of the cluster: a task runs on one machine."""
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return max((int(resources.get("CPU", 1)) for resources in nodes), default=1)


def _result(ray: Any, reference: Any, task: Task) -> dict[str, Any]:
    """The report of a task that has ended.

    Raises:
        GatedError: it failed.
    """
    try:
        return dict(ray.get(reference))
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, GatedError):
            raise error.cause from error
        raise GatedError(
            f"The {task.kind} task {task.number} failed: {error.cause}. What is done is kept: the "
            "same call continues."
        ) from error
    except ray.exceptions.RayError as error:
        raise GatedError(
            f"The {task.kind} task {task.number} ended its process {ATTEMPTS} times ({error}). "
            "The usual cause is too little memory: give fewer workers, or fewer rows_per_bucket. "
            "What is done is kept: the same call continues."
        ) from error
