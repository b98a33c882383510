"""Trains a model step by step, and keeps an average of its weights.

A step draws a batch, computes its loss, clips the gradient and updates the weights with AdamW. A
running average follows the weights (Polyak & Juditsky 1992): it varies less from step to step, so
that its score is more reliable and training can stop early. The loop evaluates this average, and
keeps the one with the best score.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from gated.train.interrupt import CtrlC
from gated.train.plan import TrainingPlan
from gated.train.progress import Progress

__all__ = ["Loop", "each_new_loop"]

Batch = TypeVar("Batch")


_followers: ContextVar[tuple[Callable[["Loop[Any]"], None], ...]] = ContextVar(
    "followers", default=()
)


@contextmanager
def each_new_loop(follow: Callable[["Loop[Any]"], None]) -> Iterator[None]:
    """Call a function with each `Loop` that is made inside, in whatever estimator.

    Args:
        follow: may set `on_gradient`; it must leave the training as it is.
    """
    token = _followers.set((*_followers.get(), follow))
    try:
        yield
    finally:
        _followers.reset(token)


@dataclass
class Loop(Generic[Batch]):
    """Trains a model, and can stop and resume after any step.

    A step whose gradient is not finite leaves the weights as they are, and is counted in
    `skipped`: one bad batch must not end a long run.

    Args:
        model: the model to train.
        draw_batch: draws a batch, with all its randomness from the generator.
        batch_loss: the loss of a batch, a scalar with a gradient.
        plan: length and settings.
        generator: for `draw_batch`.
        score: called with the averaged weights in the model, in evaluation mode; lower is better.
            Without it, training uses up the budget and the last average is kept.
        rate_shares: shares of the learning rate by parameter name; 1 for all others.
        batch_size: how much of the budget a batch uses; by default 1, a step.
        average_gradients: called after the backward pass of each step with the parameters, where
            several workers train one model; see `Workers`.
        on_gradient: called after the backward pass of each step with the norm of the gradient
            before it is clipped: `lambda norm: watch.step(plan.clip, norm)` of a `GradientWatch`.

    Attributes:
        step: batches so far.
        used: of the budget.
        skipped: batches whose gradient was not finite.
        clipped: batches whose gradient was longer than `plan.clip`.
        loss: running average of the loss; NaN before the first step.
        average: the averaged weights by name.
        best_score, best_step: of the best evaluation.
        history: (step, loss, score) of each evaluation.

    >>> model = nn.Linear(1, 1)
    >>> def draw(generator):
    ...     return torch.rand(8, 1, generator=generator)
    >>> def loss(x):
    ...     return (model(x) - 3 * x).square().mean()
    >>> Loop(model, draw, loss, TrainingPlan(300, 0.1), torch.Generator()).run()
    >>> bool((model.weight - 3).abs() < 0.1)
    True
    """

    model: nn.Module
    draw_batch: Callable[[torch.Generator], Batch]
    batch_loss: Callable[[Batch], Tensor]
    plan: TrainingPlan
    generator: torch.Generator
    score: Callable[[], float] | None = None
    rate_shares: Mapping[str, float] = field(default_factory=dict)
    batch_size: Callable[[Batch], int] = lambda _: 1
    average_gradients: Callable[[Iterable[nn.Parameter]], None] | None = None
    on_gradient: Callable[[float], None] | None = None
    step: int = field(default=0, init=False)
    used: int = field(default=0, init=False)
    skipped: int = field(default=0, init=False)
    clipped: int = field(default=0, init=False)
    loss: float = field(default=math.nan, init=False)
    average: dict[str, Tensor] = field(init=False)
    best_score: float = field(default=math.inf, init=False)
    best_step: int = field(default=0, init=False)
    history: list[tuple[int, float, float]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        groups: dict[tuple[float, float], list[nn.Parameter]] = {}
        for name, parameter in self.model.named_parameters():
            is_decayed = self.plan.decayed == "all" or parameter.ndim > 1
            decay = self.plan.weight_decay if is_decayed else 0.0
            groups.setdefault((self.rate_shares.get(name, 1.0), decay), []).append(parameter)
        self._optimizer = torch.optim.AdamW(
            [
                {"params": parameters, "weight_decay": decay, "rate_share": share}
                for (share, decay), parameters in groups.items()
            ],
            fused=True,  # one pass over all weights instead of a dozen small ones each
        )
        self._values = self.model.state_dict()  # the model's own tensors, not copies
        self.average = _copy(self.model)
        self._best = _copy(self.model) if self.score is not None else {}
        self._random = torch.get_rng_state()
        self._is_whole = True
        for follow in _followers.get():
            follow(self)

    @property
    def done(self) -> bool:
        """True when the budget is used up, or the score is good enough or no longer falls."""
        return (
            self.used >= self.plan.budget
            or self.best_score <= self.plan.goal
            or self._evaluations_since_best() >= self.plan.patience
        )

    @property
    def parameters(self) -> list[list[Tensor]]:
        """The trained tensors, in the groups and the order of the optimiser."""
        return [group["params"] for group in self._optimizer.param_groups]

    @property
    def is_whole(self) -> bool:
        """False after an error within a step: the run cannot be resumed from there."""
        return self._is_whole

    @property
    def learning_rate(self) -> float:
        """The learning rate of the last step."""
        plan = self.plan
        return plan.schedule(self.used, plan.budget, plan.learning_rate).learning_rate

    def run(self, progress: Callable[[Progress], None] | None = None) -> None:
        """Train until `done`, then load the best averaged weights into the model.

        Ctrl-C interrupts at the end of a step, however often it is pressed, as does an exception of
        `progress`: `state` then holds everything that a resume needs.
        """
        started, first = time.monotonic(), self.used
        self._random = torch.get_rng_state()
        with CtrlC() as ctrl_c:
            while not self.done:
                with ctrl_c.held():
                    self.advance()
                if progress is not None:
                    seconds_per_unit = (time.monotonic() - started) / (self.used - first)
                    left = seconds_per_unit * (self.plan.budget - self.used)
                    score = self.history[-1][2] if self.history else math.nan
                    progress(Progress(self.used, self.plan.budget, self.loss, score, left))
                ctrl_c.check()
        self.model.load_state_dict(self._best if self.score else self.average)
        self.model.eval()

    def advance(self) -> None:
        """Train on one batch."""
        self._is_whole = False
        if not self.model.training:  # train() visits all modules, so not in every step
            self.model.train()
        batch = self.draw_batch(self.generator)
        used = self.used + self.batch_size(batch)
        self._set_rates(used)
        with self._autocast():
            loss = self.batch_loss(batch)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        if self.average_gradients is not None:
            self.average_gradients(self.model.parameters())
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.plan.clip)
        is_finite = bool(norm.isfinite())
        self.clipped += bool(norm > self.plan.clip)
        if self.on_gradient is not None:
            self.on_gradient(float(norm))
        if is_finite:
            self._optimizer.step()
        self.step, self.skipped = self.step + 1, self.skipped + (not is_finite)
        before, self.used = self.used, used
        if is_finite:
            self._update_averages(float(loss.detach()))
        if self.score is not None and self._is_evaluation(before):
            self._evaluate(self.score)
        self._random = torch.get_rng_state()
        self._is_whole = True

    def state(self) -> dict[str, Any]:
        """Return the state for a bit-identical resume: weights, moments, random states, counts.

        The random state is that of the end of the last step: a resumed run repeats all draws after
        it, such as the initial weights of another network. The tensors are not copies: store them
        before the loop continues.
        """
        return {
            "model": _copy(self.model),
            "average": self.average,
            "best": self._best,
            "optimizer": self._optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "random": self._random,
            "device_random": self._device_random(),
            "step": self.step,
            "used": self.used,
            "skipped": self.skipped,
            "clipped": self.clipped,
            "best_step": self.best_step,
            "best_score": repr(self.best_score),
            "loss": repr(self.loss),
            "history": [[step, repr(loss), repr(score)] for step, loss, score in self.history],
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Resume from a `state`. The state itself is copied, and may be loaded again."""
        self.model.load_state_dict(state["model"])
        self.average = {name: value.clone() for name, value in state["average"].items()}
        self._best = {name: value.clone() for name, value in state["best"].items()}
        self._optimizer.load_state_dict(deepcopy(state["optimizer"]))
        self.generator.set_state(state["generator"])
        self._random = state["random"].clone()
        torch.set_rng_state(self._random)
        if state.get("device_random") is not None:
            torch.cuda.set_rng_state(state["device_random"], self._device)
        self.step, self.used, self.skipped = state["step"], state["used"], state["skipped"]
        self.clipped, self.best_step = state["clipped"], state["best_step"]
        self.best_score, self.loss = float(state["best_score"]), float(state["loss"])
        self.history = [(s, float(loss), float(score)) for s, loss, score in state["history"]]

    @property
    def _device(self) -> torch.device:
        return next(self.model.parameters()).device

    def _device_random(self) -> Tensor | None:
        """The state of the generator that dropout draws from on a GPU; None on a CPU."""
        return torch.cuda.get_rng_state(self._device) if self._device.type == "cuda" else None

    def _autocast(self) -> AbstractContextManager[object]:
        if self.plan.precision == "float32":
            return nullcontext()
        return torch.autocast(self._device.type, torch.bfloat16)

    def _set_rates(self, used: int) -> None:
        """Set the optimiser's learning rates and momentum for the step that ends at `used`."""
        plan = self.plan
        for group in self._optimizer.param_groups:
            peak = plan.learning_rate * group["rate_share"]
            group["lr"], momentum = plan.schedule(used, plan.budget, peak)
            group["betas"] = (momentum, plan.beta2)

    def _update_averages(self, loss: float) -> None:
        """Update both running averages; the average of the weights is a mean at first."""
        updates = self.step - self.skipped
        keep = min(self.plan.averaging, updates / (updates + 9))
        with torch.no_grad():
            values = list(self._values.values())
            torch._foreach_lerp_(list(self.average.values()), values, 1 - keep)
        smoothing = self.plan.loss_smoothing
        is_first = math.isnan(self.loss)
        self.loss = loss if is_first else smoothing * self.loss + (1 - smoothing) * loss

    def _is_evaluation(self, before: int) -> bool:
        """Return whether the last batch passed one of the evenly spaced evaluation points."""
        count, budget = self.plan.evaluations, self.plan.budget
        return self.used * count // budget > before * count // budget

    def _evaluate(self, score: Callable[[], float]) -> None:
        trained = _copy(self.model)
        self.model.load_state_dict(self.average)
        self.model.eval()
        with torch.no_grad():
            value = score()
        self.history.append((self.step, self.loss, value))
        if value < self.best_score:
            self.best_score, self.best_step = value, self.step
            self._best = _copy(self.model)
        self.model.load_state_dict(trained)

    def _evaluations_since_best(self) -> int:
        return sum(step > self.best_step for step, _, _ in self.history)


def _copy(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
