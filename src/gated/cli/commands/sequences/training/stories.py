"""Learns from stories with questions: `gated train answers`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gated.cli.requests.sequences.train_request import TrainRequest
from gated.media.stories import StoryFiles, read_stories
from gated.text import counted, grouped, percent

if TYPE_CHECKING:
    from gated import Answerer
    from gated.train import Progress
    from gated.train.checkpoint import Checkpoint

__all__ = ["Stories"]


@dataclass(frozen=True)
class Stories:
    """Questions about stories, and the answerer that is trained on them.

    Attributes:
        request: the options.
        found: the questions.
    """

    request: TrainRequest
    found: StoryFiles
    read: Sequence[str] = ()

    @classmethod
    def of(cls, request: TrainRequest) -> "Stories":
        """Read the files."""
        return cls(request, read_stories(request.source))

    @property
    def notes(self) -> Sequence[str]:
        return self.found.notes

    def fit(self, follow: Callable[["Progress"], None], checkpoint: "Checkpoint") -> "Answerer":
        from gated import Answerer

        model = Answerer(**self.request.given_sizes, seed=self.request.seed)
        return model.fit(self.found.questions, progress=follow, checkpoint=checkpoint)

    def result(self, model: "Answerer", took: str) -> Sequence[str]:
        learned = model.learned_
        read = (
            f"Learned from {counted(learned['questions'], 'question')} with "
            f"{counted(len(model.words_), 'word')} in {took}"
        )
        if learned["accuracy"] is None:
            return [f"{read}; none were held out."]
        right = round(learned["accuracy"] * learned["held_out"])
        return [
            f"{read}. Of {grouped(learned['held_out'])} held-out questions, {grouped(right)} were "
            f"answered correctly ({percent(learned['accuracy'])})."
        ]

    def use(self, out: Path) -> str:
        return f"gated answer {out} --story FILE QUESTION"

    def facts(self, model: "Answerer") -> dict[str, Any]:
        return {"medium": "answers"}
