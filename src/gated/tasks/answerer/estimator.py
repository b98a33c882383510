"""Provides `Answerer`: answers questions about stories."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np

from gated.arrays import IntArray
from gated.errors import DataError, UsageError
from gated.libraries import require_torch
from gated.media.stories import StoryQuestion
from gated.tasks.answerer.answer import Answer
from gated.tasks.answerer.examples import Examples, batches_of
from gated.tasks.answerer.inputs import asked_of, questions_of, sentences_given
from gated.tasks.answerer.model_file import StoredAnswerer
from gated.tasks.answerer.network import MOST_PARTS, StoryConfig
from gated.tasks.answerer.stream import StoryStream
from gated.tasks.answerer.vocabulary import END, Vocabulary, answer_parts
from gated.tasks.data.inputs import warn_each
from gated.tasks.estimator import Estimator
from gated.tasks.limits import LARGEST
from gated.tasks.network.state import State
from gated.tasks.number_checks import check_number, check_whole, check_whole_numbers
from gated.train.progress import Progress

if TYPE_CHECKING:
    from gated.tasks.answerer.learning.training import Trained
    from gated.train.checkpoint import Checkpoint

__all__ = ["Answerer"]

Asked: TypeAlias = StoryQuestion | tuple[str | Sequence[str], str]
"""A question about a story: with its answer, which is not read, or a story and a question."""

_MOST_STARTS = 100
_LONGER = 2  # answers may have so many times the parts of the longest one that was learned


class Answerer(Estimator[StoredAnswerer]):
    """Answers questions about stories: a recurrence over sentences whose gates see the question.

    Each layer reads the story forward and backward, and reduces the question by what the sentences
    say: "Where is the ball?" becomes "Where is Mary?" where Mary took the ball (query reduction,
    arXiv 1606.04582). The update gate of a sentence is the share of the memory that it leaves as it
    is. Answers are made of the words of the training answers, one after another, and have at most
    twice the words of the longest one.

    Args:
        hidden_size: features of the network.
        num_layers: of the reduction: how often a question can be reduced before its answer.
        dropout: in training, of sentences, question and memory.
        max_steps: training steps of a start at most.
        starts: trainings from other random weights at most: the next one follows where less than
            98 % of the held-out answers are right, and the one with the lowest loss is kept.
        word_memories: whether each sentence is read with what the others say about its words; None:
            in every second start, not in the first.
        batch_size: questions in a training step.
        learning_rate: the peak of the schedule.
        validation: share of the questions to hold out; 0 for one start of all steps, without
            calibration. Questions of one story stay together where they follow each other.
        seed: of all randomness; `random_state` is another name for it.

    Attributes:
        learned_: from what and how well: questions, held_out, accuracy, log_loss, steps, starts,
            notes.
        weights_: number of weights of the network.
        words_: the words of stories and questions that were learned.

    Example:
        >>> places = ["kitchen", "garden"]
        >>> stories = [([f"Mary went to the {p}."], "Where is Mary?", p) for p in places * 10]
        >>> model = Answerer(hidden_size=16, max_steps=100, validation=0).fit(stories)
        >>> model.answer("Mary went to the garden.", "Where is Mary?").text
        'garden'
    """

    _kind = StoredAnswerer
    _fit_call = "fit(stories)"

    def __init__(
        self,
        *,
        hidden_size: int = 64,
        num_layers: int = 4,
        dropout: float = 0.05,
        max_steps: int = 4_000,
        starts: int = 3,
        word_memories: bool | None = None,
        batch_size: int = 64,
        learning_rate: float = 3e-3,
        validation: float = 0.1,
        seed: int | None = None,
        random_state: int | None = None,
    ) -> None:
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.max_steps = max_steps
        self.starts = starts
        self.word_memories = word_memories
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.validation = validation
        self.seed = seed
        self.random_state = random_state

    def fit(
        self,
        stories: Any,
        *,
        progress: Callable[[Progress], None] | None = None,
        checkpoint: "str | Path | Checkpoint | None" = None,
    ) -> Self:
        """Train on questions about stories.

        Args:
            stories: a path of a file or a folder, in bAbI's format or as JSON lines; or a list of
                `gated.media.stories.StoryQuestion`, or of (story, question, answer).
            progress: called after each step.
            checkpoint: file that is written if Ctrl-C or an error interrupts the training. A later
                call with the same stories and hyperparameters resumes from it, to the same bits.

        Raises:
            DataError: a story cannot be read, or all answers are the same.
            UsageError: a hyperparameter is out of range, or torch is not installed.
            GatedError: the checkpoint is of another training.

        Warns:
            GatedWarning: files were left out.
        """
        seed = self._check()
        require_torch("Training an answerer")
        from gated.tasks.answerer.learning.training import TrainingSettings, train
        from gated.train.checkpoint import opened

        given = questions_of(stories)
        warn_each(given.notes)
        questions = given.questions
        _check_answers(questions)
        texts = dict.fromkeys(text for each in questions for text in (*each.story, each.question))
        vocabulary = Vocabulary.of(texts, (each.answer for each in questions))
        examples = Examples(questions, vocabulary)
        config = StoryConfig(
            vocabulary.words.size,
            len(vocabulary.parts) + END + 1,
            self.hidden_size,
            self.num_layers,
            self.dropout,
            min(_LONGER * examples.answers.shape[1], MOST_PARTS),
        )
        settings = TrainingSettings(
            self.max_steps,
            self.starts,
            self.batch_size,
            self.learning_rate,
            seed,
            self.word_memories,
        )
        held = _held_out(questions, self.validation, seed)
        with opened(checkpoint) as resumed:
            trained = train(examples, config, settings, held, progress, resumed)
            notes = [*given.notes]
            if self.validation > 0 and len(held) == 0:
                notes.append("All questions are about one story, so that none was held out.")
            self._keep(trained, vocabulary, len(questions), notes)
        return self

    def answer(self, story: str | Sequence[str], question: str) -> Answer:
        """Answer a question about a story.

        Args:
            story: the sentences, or one text; may be empty.
            question: the question.

        Raises:
            DataError: one is no text, or the question has no word.
        """
        stream = self.stream()
        stream.read(sentences_given(story))
        return stream.ask(question)

    def predict(self, stories: Sequence[Asked]) -> list[str]:
        """The answers to many questions, faster than one after another.

        Args:
            stories: a story and a question each, or `StoryQuestion`, whose answers are not read.

        Raises:
            DataError: one is neither, or a question has no word.
        """
        return self._predicted([asked_of(each, number) for number, each in enumerate(stories, 1)])

    def score(self, stories: Any) -> float:
        """The share of the questions whose answer is right: the same words in the same order.

        Args:
            stories: as in `fit`.

        Raises:
            DataError: a story cannot be read.
        """
        given = questions_of(stories)
        warn_each(given.notes)
        predicted = self._predicted(given.questions)
        right = [
            _folded(text) == _folded(each.answer)
            for text, each in zip(predicted, given.questions, strict=True)
        ]
        return float(np.mean(right))

    def stream(self, state: State | None = None) -> StoryStream:
        """A story that is read sentence by sentence, with questions at any time.

        Args:
            state: of an earlier stream, to go on from there.

        Raises:
            UsageError: the state is of another kind.

        Example:
            >>> stories = [(["Mary left."], "Who left?", "Mary"), (["Jo left."], "Who left?", "Jo")]
            >>> model = Answerer(hidden_size=8, max_steps=60, validation=0).fit(stories * 5)
            >>> stream = model.stream()
            >>> stream.push("Jo left.")
            >>> stream.ask("Who left?").text
            'Jo'
        """
        return StoryStream(self._fitted, state)

    @property
    def words_(self) -> list[str]:
        """The words that were learned, sorted."""
        return list(self._fitted.vocabulary.words.known)

    def _predicted(self, questions: Sequence[StoryQuestion]) -> list[str]:
        if not questions:
            return []
        stored = self._fitted
        examples = Examples(questions, stored.vocabulary, has_answers=False)
        found = [""] * len(questions)
        for chosen in batches_of(examples.lengths):
            begin, _ = stored.network.read(examples.batch(chosen))
            parts = stored.network.answers(begin).parts.tolist()
            for index, numbers in zip(chosen, parts, strict=True):
                found[index] = stored.vocabulary.answer(numbers)
        return found

    def _check(self) -> int:
        seed = check_whole_numbers(self)
        check_whole("starts", self.starts, 1, _MOST_STARTS)
        check_whole("max_steps", self.max_steps, 1, LARGEST["max_steps"])
        check_number("dropout", self.dropout, 0, 0.95)
        if self.word_memories is not None and not isinstance(self.word_memories, bool | np.bool_):
            raise UsageError(
                f"word_memories is {self.word_memories!r}. Expected True, False or None."
            )
        check_number("validation", self.validation, 0, 0.9)
        check_number("learning_rate", self.learning_rate, 1e-9, 1)
        return seed

    def _keep(
        self, trained: "Trained", vocabulary: Vocabulary, questions: int, notes: list[str]
    ) -> None:
        learned = {"questions": questions, **trained.facts, "notes": notes}
        self._stored = StoredAnswerer(self.get_params(), trained.network, vocabulary, learned)


def _held_out(questions: Sequence[StoryQuestion], share: float, seed: int) -> IntArray:
    """Positions of the questions to hold out: whole stories, drawn at random.

    Questions are of one story if their sentences are equal, or if one follows the other and its
    sentences go on from there.
    """
    group_of: dict[tuple[str, ...], int] = {}
    groups = np.zeros(len(questions), dtype=np.int64)
    before: tuple[str, ...] = ()
    for index, question in enumerate(questions):
        story = question.story
        if story not in group_of:
            goes_on = bool(before) and story[: len(before)] == before
            group_of[story] = groups[index - 1] if goes_on else len(group_of)
        groups[index] = group_of[story]
        before = story
    numbers = np.unique(groups)
    count = round(share * len(numbers))
    if share > 0:
        count = min(max(count, 1), len(numbers) - 1)
    chosen = np.random.default_rng(seed).permutation(numbers)[:count]
    return np.flatnonzero(np.isin(groups, chosen)).astype(np.int64)


def _check_answers(questions: Sequence[StoryQuestion]) -> None:
    """Check that there is something to learn.

    Raises:
        DataError: all answers are the same, or one is too long.
    """
    if len({each.answer for each in questions}) < 2:
        raise DataError(
            f"All {len(questions):,} answers are {questions[0].answer!r}. Expected at least two "
            "different answers."
        )
    for answer in dict.fromkeys(each.answer for each in questions):
        if (count := len(answer_parts(answer))) >= MOST_PARTS:
            raise DataError(
                f"The answer {answer[:40]!r} … has {count:,} words and marks. Expected fewer than "
                f"{MOST_PARTS}."
            )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
