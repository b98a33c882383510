"""Provides `Conversationalist`: chooses replies in a dialogue."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.errors import DataError
from gated.libraries import require_torch
from gated.media.dialogues import Dialogue, DialogueFiles, read_dialogues
from gated.tasks.conversation.examples import GRAMS, Examples
from gated.tasks.conversation.histories import Histories, features_after
from gated.tasks.conversation.model_file import StoredConversation
from gated.tasks.conversation.network import ConversationConfig
from gated.tasks.conversation.ranking.chooser import Chooser, Contexts, Reply
from gated.tasks.conversation.ranking.mixture import FEATURES, Mixture
from gated.tasks.conversation.stream import ConversationStream, checked_turn
from gated.tasks.conversation.verdict import verdict
from gated.tasks.data.inputs import warn_each
from gated.tasks.estimator import Estimator
from gated.tasks.limits import LARGEST
from gated.tasks.network.state import State
from gated.tasks.number_checks import check_number, check_whole, check_whole_numbers
from gated.tasks.words import Words
from gated.train.progress import Progress

if TYPE_CHECKING:
    from gated.tasks.conversation.learning.held_out import Checked
    from gated.train.checkpoint import Checkpoint

__all__ = ["Conversationalist"]

_EXPECTED = "Expected a path, or a list of gated.media.dialogues.Dialogue or of lists of texts."


class Conversationalist(Estimator[StoredConversation]):
    """Chooses the next reply of a dialogue among all replies of the training.

    A recurrent network reads the turns, each as its words and their n-grams; its state is all that
    it keeps of a dialogue. Its scores are combined with the similarity of texts (TF-IDF), with
    weights that are estimated on held-out dialogues. Where no reply is probable enough, it
    is "I do not know.", unless the turn was learned word for word, always with this reply.

    Args:
        hidden_size: features of the network.
        num_layers: recurrent blocks.
        dropout: in training.
        max_steps: training steps at most.
        batch_size: dialogues in a training step.
        learning_rate: the peak of the schedule.
        validation: share of the dialogues to hold out; 0 for all steps, equal weights, and a reply
            to every turn.
        precision: share of right replies, among those that are given, on the held-out dialogues; 0
            for a reply to every turn.
        seed: of all randomness; `random_state` is another name for it.

    Attributes:
        learned_: from what and how well: dialogues, replies, held_out (replies), right and
            nearest_right (shares of the network and of TF-IDF alone), answered and answered_right
            (above the threshold), steps, notes.
        replies_: all different replies.
        verdict_: the comparison with TF-IDF in words.

    Example:
        >>> greeting, order = ["Hello", "Hi!"], ["A table, please", "For how many?"]
        >>> model = Conversationalist(hidden_size=8, max_steps=40, validation=0)
        >>> model.fit([greeting, order] * 4).reply(["Hello!"]).text
        'Hi!'
    """

    _kind = StoredConversation
    _fit_call = "fit(dialogues)"

    def __init__(
        self,
        *,
        hidden_size: int = 128,
        num_layers: int = 1,
        dropout: float = 0.2,
        max_steps: int = 800,
        batch_size: int = 32,
        learning_rate: float = 3e-3,
        validation: float = 0.1,
        precision: float = 0.9,
        seed: int | None = None,
        random_state: int | None = None,
    ) -> None:
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.max_steps = max_steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.validation = validation
        self.precision = precision
        self.seed = seed
        self.random_state = random_state

    def fit(
        self,
        dialogues: Any,
        *,
        progress: Callable[[Progress], None] | None = None,
        checkpoint: "str | Path | Checkpoint | None" = None,
    ) -> Self:
        """Train on dialogues.

        Args:
            dialogues: a path of a file or a folder (JSON lines, CSV, YAML); or a list of
                `gated.media.dialogues.Dialogue`, or of lists of texts: the person's turn first,
                every second one a reply.
            progress: called after each step.
            checkpoint: file that is written if Ctrl-C or an error interrupts the training. A later
                call with the same dialogues and hyperparameters resumes from it, to the same bits.

        Raises:
            DataError: a dialogue cannot be read, or there are fewer than two different replies.
            UsageError: a hyperparameter is out of range, or torch is not installed.
            GatedError: the checkpoint is of another training.

        Warns:
            GatedWarning: dialogues or files were left out.
        """
        seed = self._check()
        require_torch("Training a conversation")
        from gated.tasks.conversation.learning.held_out import checked
        from gated.tasks.conversation.learning.training import TrainingSettings, train
        from gated.train.checkpoint import opened

        files = _dialogues_of(dialogues)
        warn_each(files.notes)
        given = files.dialogues
        words = Words.of(turn for each in given for turn in each.turns)
        examples = Examples(given, words)
        if len(examples.replies) < 2:
            raise DataError(
                f"All replies are {examples.replies[0]!r}. Expected at least two different ones."
            )
        config = ConversationConfig(
            words.size, GRAMS, self.hidden_size, self.num_layers, self.dropout
        )
        settings = TrainingSettings(self.max_steps, self.batch_size, self.learning_rate, seed)
        held = _held_out(given, self.validation, seed)
        with opened(checkpoint) as resumed:
            trained = train(examples, config, settings, held, progress, resumed)
            learning = [given[index] for index in np.setdiff1d(np.arange(len(given)), held)]
            found = None
            if len(held):
                contexts = _contexts(learning, examples.replies)
                chooser = Chooser(trained.network, words, examples.replies, contexts)
                held_out = [given[index] for index in held]
                found = checked(chooser, held_out, Histories(given), self.precision)
            self._stored = StoredConversation(
                self.get_params(),
                trained.network,
                words,
                examples.replies,
                _contexts(given, examples.replies),
                Mixture((1.0,) * len(FEATURES), 0.0) if found is None else found.mixture,
                _learned(len(given), len(examples.replies), found, trained.steps, files.notes),
            )
        return self

    def reply(self, turns: Sequence[str]) -> Reply:
        """Choose the reply to the turns so far, the person's first and last.

        Raises:
            DataError: they are no texts, or there is none.
        """
        u, texts = self._after(turns)
        stored = self._fitted
        return stored.chooser.chosen(u, texts[-1], stored.mixture)

    def rank(self, turns: Sequence[str], candidates: Sequence[str]) -> FloatArray:
        """[n] scores of any texts as the next reply; higher is better.

        Args:
            turns: so far.
            candidates: n texts, which need not be among the replies of the training.

        Raises:
            DataError: the turns or a candidate are no texts.
        """
        u, texts = self._after(turns)
        stored = self._fitted
        given = [checked_turn(text) for text in candidates]
        return stored.mixture.logits(stored.chooser.features_of(u, texts[-1], given))

    def score(self, dialogues: Any) -> float:
        """The share of the replies that it chooses among all known ones.

        A reply is right that some of these dialogues have after the same turns.

        Args:
            dialogues: as in `fit`.

        Raises:
            DataError: a dialogue cannot be read.
        """
        files = _dialogues_of(dialogues)
        warn_each(files.notes)
        stored, histories = self._fitted, Histories(files.dialogues)
        right = []
        for dialogue in files.dialogues:
            features = features_after(stored.chooser, dialogue)
            for (turns, _), of_replies in zip(dialogue.replies(), features, strict=True):
                best = int(stored.mixture.logits(of_replies).argmax())
                right.append(histories.are_right(turns, stored.replies[best]))
        return float(np.mean(right))

    def stream(self, state: State | None = None) -> ConversationStream:
        """A dialogue that goes on turn by turn, with a state of constant size.

        Args:
            state: of an earlier stream, to go on from there.

        Raises:
            UsageError: the state is of another model.

        Example:
            >>> pairs = [["Hello", "Hi!"], ["A table, please", "For how many?"]]
            >>> model = Conversationalist(hidden_size=8, max_steps=40, validation=0).fit(pairs * 4)
            >>> dialogue = model.stream()
            >>> dialogue.say("A table").text
            'For how many?'
        """
        return ConversationStream(self._fitted, state)

    @property
    def replies_(self) -> list[str]:
        """All different replies of the training."""
        return list(self._fitted.replies)

    @property
    def verdict_(self) -> str:
        """The comparison with TF-IDF on held-out replies, in words."""
        return verdict(self._fitted.learned)

    def _after(self, turns: Sequence[str]) -> tuple[NDArray[np.float32], list[str]]:
        """u after the turns, and the turns."""
        if isinstance(turns, str) or not isinstance(turns, Sequence) or not turns:
            raise DataError(
                f"The turns are {turns!r}. Expected a list of texts, the last one to be answered."
            )
        texts = [checked_turn(turn) for turn in turns]
        return self._fitted.chooser.read(texts)[-1], texts

    def _check(self) -> int:
        seed = check_whole_numbers(self)
        check_whole("max_steps", self.max_steps, 1, LARGEST["max_steps"])
        check_number("dropout", self.dropout, 0, 0.95)
        check_number("validation", self.validation, 0, 0.9)
        check_number("precision", self.precision, 0, 1)
        check_number("learning_rate", self.learning_rate, 1e-9, 1)
        return seed


def _dialogues_of(given: Any) -> DialogueFiles:
    """Read or convert dialogues.

    Raises:
        DataError: there is none, or one is no dialogue.
    """
    if isinstance(given, str | Path):
        return read_dialogues(given)
    if not isinstance(given, Iterable):
        raise DataError(f"The dialogues are {type(given).__name__}. {_EXPECTED}")
    found = []
    for number, each in enumerate(given, 1):
        turns = each.turns if isinstance(each, Dialogue) else each
        if isinstance(turns, str) or not isinstance(turns, Sequence) or len(turns) < 2:
            raise DataError(f"Dialogue {number:,} is {each!r:.60}. Expected at least two turns.")
        found.append(Dialogue(tuple(checked_turn(turn) for turn in turns)))
    if not found:
        raise DataError(f"There is no dialogue. {_EXPECTED}")
    return DialogueFiles(found)


def _contexts(dialogues: Sequence[Dialogue], replies: Sequence[str]) -> Contexts:
    """The turns before the replies of dialogues, each pair once."""
    places = {text: place for place, text in enumerate(replies)}
    pairs = dict.fromkeys(
        (turns[-1], places[reply]) for each in dialogues for turns, reply in each.replies()
    )
    return Contexts(
        [turn for turn, _ in pairs], np.array([place for _, place in pairs], dtype=np.int64)
    )


def _held_out(dialogues: Sequence[Dialogue], share: float, seed: int) -> IntArray:
    """Positions of the dialogues to hold out, at least one; equal dialogues stay together."""
    rows: dict[Dialogue, int] = {}
    row = np.array([rows.setdefault(each, len(rows)) for each in dialogues])
    if share == 0 or len(rows) < 2:
        return np.zeros(0, dtype=np.int64)
    count = min(max(round(share * len(rows)), 1), len(rows) - 1)
    chosen = np.random.default_rng(seed).permutation(len(rows))[:count]
    return np.flatnonzero(np.isin(row, chosen)).astype(np.int64)


def _learned(
    dialogues: int, replies: int, found: "Checked | None", steps: int, notes: Sequence[str]
) -> dict[str, Any]:
    return {
        "dialogues": dialogues,
        "replies": replies,
        "held_out": 0 if found is None else found.replies,
        "right": None if found is None else found.right,
        "nearest_right": None if found is None else found.nearest_right,
        "answered": None if found is None else found.answered,
        "answered_right": None if found is None else found.answered_right,
        "steps": steps,
        "notes": list(notes),
    }
