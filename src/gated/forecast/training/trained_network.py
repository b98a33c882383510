"""Defines the result of one training stage: weights, and their score on the held-out windows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from gated.train.checkpoint import Earlier, SavedStage
from gated.train.loop_state import check_weights
from gated.train.stored_values import one_of, record, text, whole

__all__ = ["TrainedNetwork", "best_before"]

_FACTS = record({"start": text(), "score": text(), "steps": whole(0, 10**9)})


@dataclass(frozen=True)
class TrainedNetwork:
    """The best network of a training stage.

    Attributes:
        start: "tune" or "scratch".
        score: score on the held-out windows; lower is better.
        steps: number of steps with the best score; 0 if training did not improve the pretrained
            weights.
        weights: its state dict.
    """

    start: str
    score: float
    steps: int
    weights: dict[str, Tensor]

    def as_earlier(self) -> Earlier:
        """Convert it for a checkpoint of the next stage."""
        facts = {"start": self.start, "score": repr(self.score), "steps": self.steps}
        return Earlier(facts, self.weights)


def best_before(
    saved: SavedStage,
    starts: Sequence[str],
    most_steps: int,
    weights: Callable[[str], Mapping[str, Tensor]],
) -> TrainedNetwork | None:
    """The best network of the stages before a saved one, checked; None in the first.

    Args:
        saved: the content of a checkpoint.
        starts: the training stages of the fit, in order; "finish" follows them.
        most_steps: the largest number of steps of a stage.
        weights: returns the initial weights of a stage.

    Raises:
        ModelFileError: the file is damaged.
    """
    previous = starts[: starts.index(saved.name)] if saved.name in starts else starts
    earlier = saved.earlier
    try:
        if saved.name not in (*starts, "finish") or (earlier is None) != (not previous):
            raise ValueError(f"stage {saved.name!r} is not a stage of this fit")
        if earlier is None:
            return None
        facts = earlier.facts
        _FACTS(facts, "earlier")
        one_of(previous)(facts["start"], "earlier.start")
        whole(0, most_steps)(facts["steps"], "earlier.steps")
        check_weights(earlier.weights, weights(facts["start"]))
        return TrainedNetwork(
            facts["start"], float(facts["score"]), facts["steps"], dict(earlier.weights)
        )
    except ValueError as error:
        raise saved.unusable() from error
