"""Runs tasks in processes of this machine.

Each worker is a new interpreter that computes a product with one thread, so that results do not
depend on the number of workers. If a worker is killed, another one gets its task.
"""

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from selectors import EVENT_READ, DefaultSelector
from types import TracebackType
from typing import Any, Self

import gated.errors
from gated.errors import GatedError
from gated.scale.engines.engine import ATTEMPTS
from gated.scale.engines.local_learners import learn_here, with_modules
from gated.scale.jobs.measured import TaskReport
from gated.scale.jobs.tasks import Task

__all__ = ["LocalEngine"]


@dataclass
class _Worker:
    """A process, and the task that it runs."""

    process: subprocess.Popen[str]
    task: Task | None = None

    @classmethod
    def start(cls) -> "_Worker":
        command = [sys.executable, "-m", "gated.scale.engines.worker"]
        pipe = subprocess.PIPE
        return cls(
            subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=with_modules())
        )

    def give(self, working: str, output: str, task: Task, workers: int) -> None:
        """Send a task. A dead worker takes it, too: its pipe then ends, which is noticed later."""
        self.task = task
        asked = {"working": working, "output": output, **asdict(task), "workers": workers}
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return

    def answer(self) -> dict[str, Any] | None:
        """The report of the task; None if the worker is dead."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line.endswith("\n") else None

    def end(self, *, now: bool = False) -> None:
        """End the process, after its task or now."""
        if now:
            self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        self.process.wait()


@dataclass
class LocalEngine:
    """Processes of this machine.

    Attributes:
        workers: how many; by default one for each processor that this process may use.
    """

    workers: int = field(default_factory=lambda: len(os.sched_getaffinity(0)))
    _idle: list[_Worker] = field(default_factory=list, init=False)
    _busy: list[_Worker] = field(default_factory=list, init=False)

    @property
    def processes(self) -> list[int]:
        """The numbers of the processes of its workers."""
        return [worker.process.pid for worker in (*self._idle, *self._busy)]

    def run(self, working: str, output: str, tasks: Sequence[Task]) -> Iterator[TaskReport]:
        """Run tasks, and yield the report of each when it is done; see `Engine.run`.

        Raises:
            GatedError: a task failed, or its workers died again and again.
        """
        waiting, attempts = deque(tasks), dict.fromkeys(tasks, 0)
        with DefaultSelector() as selector:
            while waiting or self._busy:
                while waiting and len(self._busy) < self.workers:
                    worker = self._idle.pop() if self._idle else _Worker.start()
                    attempts[waiting[0]] += 1
                    worker.give(working, output, waiting.popleft(), self.workers)
                    self._busy.append(worker)
                    selector.register(worker.process.stdout, EVENT_READ, worker)  # type: ignore[arg-type]
                for key, _ in selector.select():
                    worker, task = key.data, key.data.task
                    selector.unregister(key.fileobj)
                    answer = worker.answer()
                    self._busy.remove(worker)
                    if answer is None:
                        worker.end()
                    else:
                        self._idle.append(worker)
                    if answer is not None and "error" not in answer:
                        yield TaskReport(**answer)
                        continue
                    _require_attempts(task, attempts[task], answer)
                    waiting.append(task)

    def learn(self, working: str, most: int) -> None:
        """Train the model of a job with all workers; see `Engine.learn`.

        Raises:
            GatedError: the training failed, or its processes died again and again.
        """
        learn_here(working, min(self.workers, most))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._idle:
            worker.end()
        for worker in self._busy:
            worker.end(now=True)
        self._idle, self._busy = [], []


def _require_attempts(task: Task, count: int, answer: dict[str, Any] | None) -> None:
    """Raise the error of a task, unless it may succeed the next time."""
    if answer is None:
        if count < ATTEMPTS:
            return
        raise GatedError(
            f"The {task.kind} task {task.number} ended its process {count} times. The usual cause "
            "is too little memory: give fewer workers, or fewer rows_per_bucket. What is done is "
            "kept: the same call continues."
        )
    if answer["error"] == "OSError":
        if count < ATTEMPTS:
            return
        raise GatedError(
            f"The {task.kind} task {task.number} failed {count} times: {answer['message']}. What "
            "is done is kept: the same call continues."
        )
    kind = getattr(gated.errors, answer["error"], GatedError)
    raise kind(answer["message"])
