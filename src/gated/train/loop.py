"""One training loop for every task: a loss per step, a score now and then, the best weights kept.

The weights that are scored and kept are a running average of the ones that are trained
(Polyak & Juditsky 1992): they wander less, so that a score says more and stopping early is safe.
"""

import math
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from gated.train.interrupt import CtrlC

__all__ = ["Loop", "Plan", "Progress"]


@dataclass(frozen=True)
class Plan:
    """How long and how hard to train.

    Attributes:
        steps: gradient steps, at most.
        learning_rate: the highest of the one-cycle schedule (Smith 2018, arXiv 1803.09820).
        weight_decay: of AdamW (arXiv 1711.05101).
        clip: largest norm of a step's gradient.
        averaging: decay of the running average of the weights, per step.
        evaluations: how often the score is taken, evenly spread.
        patience: evaluations without a better score after which training stops.
    """

    steps: int
    learning_rate: float
    weight_decay: float = 1e-2
    clip: float = 1.0
    averaging: float = 0.97
    evaluations: int = 10
    patience: int = 4


@dataclass(frozen=True)
class Progress:
    """What a progress bar can show. `score` is NaN before the first evaluation."""

    step: int
    steps: int
    loss: float
    score: float
    seconds_left: float


@dataclass
class Loop:
    """Trains a model, step by step, so that it can stop and go on anywhere.

    Args:
        model: what is trained.
        step_loss: makes a batch from the generator and gives its loss.
        plan: how long and how hard.
        generator: the source of all sampling in `step_loss`.
        score: lower is better; taken with the averaged weights in evaluation mode. Without it
            all steps are run and the last average is kept.
        shares: of the plan's learning rate, by the parameter's name, for those that are to move
            less than the others.
    """

    model: nn.Module
    step_loss: Callable[[torch.Generator], Tensor]
    plan: Plan
    generator: torch.Generator
    score: Callable[[], float] | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    step: int = field(default=0, init=False)
    best_score: float = field(default=math.inf, init=False)
    best_step: int = field(default=0, init=False)
    history: list[tuple[int, float, float]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        plan = self.plan
        groups: dict[float, list[nn.Parameter]] = {}
        for name, parameter in self.model.named_parameters():
            groups.setdefault(self.shares.get(name, 1.0), []).append(parameter)
        self._optimizer = torch.optim.AdamW(
            [{"params": parameters} for parameters in groups.values()],
            plan.learning_rate,
            weight_decay=plan.weight_decay,
            fused=True,  # one pass over all weights instead of a dozen small ones each
        )
        highest = [plan.learning_rate * share for share in groups]
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer, highest, total_steps=plan.steps
        )
        self._values = self.model.state_dict()  # the model's own tensors, not copies
        self._average = _copy(self.model)
        self._best = _copy(self.model)
        self._random = torch.get_rng_state()
        self._loss = math.nan
        self._is_whole = True

    @property
    def done(self) -> bool:
        """True when the steps are used up or the score has stopped falling."""
        return self.step >= self.plan.steps or self._evaluations_since_best() >= self.plan.patience

    @property
    def parameters(self) -> list[list[Tensor]]:
        """The trained tensors, in the groups and the order of the optimiser."""
        return [group["params"] for group in self._optimizer.param_groups]

    @property
    def is_whole(self) -> bool:
        """False where an error ended a step halfway: from there no run can go on."""
        return self._is_whole

    def run(self, progress: Callable[[Progress], None] | None = None) -> None:
        """Train until done, then leave the best averaged weights in the model.

        Ctrl-C interrupts after a whole step, however often it is pressed, as does an exception of
        `progress`: `state` then holds all that is needed to go on.
        """
        started, first = time.monotonic(), self.step
        self._random = torch.get_rng_state()
        with CtrlC() as ctrl_c:
            while not self.done:
                with ctrl_c.held():
                    self._advance()
                if progress is not None:
                    per_step = (time.monotonic() - started) / (self.step - first)
                    left = per_step * (self.plan.steps - self.step)
                    score = self.history[-1][2] if self.history else math.nan
                    progress(Progress(self.step, self.plan.steps, self._loss, score, left))
                ctrl_c.check()
        self.model.load_state_dict(self._best if self.score else self._average)
        self.model.eval()

    def state(self) -> dict[str, Any]:
        """All that is needed to go on to the same bits: weights, moments, schedule, randomness.

        The random state is that of the end of the last step: what was drawn since, such as the
        first weights of another network, is drawn again by whoever goes on from here. The tensors
        are the loop's own, to be stored before it goes on.
        """
        return {
            "model": _copy(self.model),
            "average": self._average,
            "best": self._best,
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "generator": self.generator.get_state(),
            "random": self._random,
            "step": self.step,
            "best_step": self.best_step,
            "best_score": repr(self.best_score),
            "loss": repr(self._loss),
            "history": [[step, repr(loss), repr(score)] for step, loss, score in self.history],
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Take up where `state` was taken. The state itself is copied, and may be loaded again."""
        self.model.load_state_dict(state["model"])
        self._average = {name: value.clone() for name, value in state["average"].items()}
        self._best = {name: value.clone() for name, value in state["best"].items()}
        self._optimizer.load_state_dict(deepcopy(state["optimizer"]))
        self._schedule.load_state_dict(state["schedule"])
        self.generator.set_state(state["generator"])
        self._random = state["random"].clone()
        torch.set_rng_state(self._random)
        self.step, self.best_step = state["step"], state["best_step"]
        self.best_score, self._loss = float(state["best_score"]), float(state["loss"])
        self.history = [(s, float(loss), float(score)) for s, loss, score in state["history"]]

    def _advance(self) -> None:
        self._is_whole = False
        if not self.model.training:  # else a walk over all modules in every step
            self.model.train()
        loss = self.step_loss(self.generator)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), self.plan.clip)
        self._optimizer.step()
        self._schedule.step()
        self.step += 1
        self._follow()
        value = float(loss.detach())
        self._loss = value if math.isnan(self._loss) else 0.95 * self._loss + 0.05 * value
        if self.score is not None and self._is_evaluation(self.step):
            self._evaluate(self.score)
        self._random = torch.get_rng_state()
        self._is_whole = True

    def _follow(self) -> None:
        """Move the averaged weights towards the trained ones; the first steps count evenly."""
        keep = min(self.plan.averaging, self.step / (self.step + 9))
        with torch.no_grad():
            for name, value in self._values.items():
                self._average[name].lerp_(value, 1 - keep)

    def _is_evaluation(self, step: int) -> bool:
        count, steps = self.plan.evaluations, self.plan.steps
        return step * count // steps > (step - 1) * count // steps

    def _evaluate(self, score: Callable[[], float]) -> None:
        trained = _copy(self.model)
        self.model.load_state_dict(self._average)
        self.model.eval()
        with torch.no_grad():
            value = score()
        self.history.append((self.step, self._loss, value))
        if value < self.best_score:
            self.best_score, self.best_step = value, self.step
            self._best = _copy(self.model)
        self.model.load_state_dict(trained)

    def _evaluations_since_best(self) -> int:
        return sum(step > self.best_step for step, _, _ in self.history)


def _copy(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
