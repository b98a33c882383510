"""Learns from dialogues: `gated train dialogue`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gated.cli.requests.sequences.train_request import TrainRequest
from gated.media.dialogues import DialogueFiles, read_dialogues
from gated.text import counted

if TYPE_CHECKING:
    from gated import Conversationalist
    from gated.train import Progress
    from gated.train.checkpoint import Checkpoint

__all__ = ["Dialogues"]


@dataclass(frozen=True)
class Dialogues:
    """Dialogues, and the conversation that is trained on them.

    Attributes:
        request: the options.
        found: the dialogues.
    """

    request: TrainRequest
    found: DialogueFiles
    read: Sequence[str] = ()

    @classmethod
    def of(cls, request: TrainRequest) -> "Dialogues":
        """Read the files."""
        return cls(request, read_dialogues(request.source))

    @property
    def notes(self) -> Sequence[str]:
        return self.found.notes

    def fit(
        self, follow: Callable[["Progress"], None], checkpoint: "Checkpoint"
    ) -> "Conversationalist":
        from gated import Conversationalist

        request = self.request
        given = {**request.given_sizes, "seed": request.seed}
        if request.precision is not None:
            given["precision"] = request.precision
        model = Conversationalist(**given)
        return model.fit(self.found.dialogues, progress=follow, checkpoint=checkpoint)

    def result(self, model: "Conversationalist", took: str) -> Sequence[str]:
        learned = model.learned_
        replies = counted(learned["replies"], "different reply", "different replies")
        read = f"Learned from {counted(learned['dialogues'], 'dialogue')} with {replies} in {took}."
        return [read, model.verdict_]

    def use(self, out: Path) -> str:
        return f"gated chat {out}"

    def facts(self, model: "Conversationalist") -> dict[str, Any]:
        return {"medium": "dialogue"}
