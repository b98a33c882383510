"""Provides `SequenceClassifier`: labels sequences of unequal length."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gated.arrays import IntArray
from gated.errors import DataError, UsageError
from gated.insight import BlockGates
from gated.libraries import require_torch
from gated.tasks.classifier.checks import check_counts, check_params, label_weights
from gated.tasks.classifier.labelled import number_of, read_labelled
from gated.tasks.classifier.model_file import StoredClassifier
from gated.tasks.classifier.stream import LabelStream
from gated.tasks.data.frontend import ArrayFrontend, SoundFrontend, frontend_for
from gated.tasks.data.inputs import (
    Channels,
    warn,
    warn_each,
    without_empty,
)
from gated.tasks.data.sequences import Sequences
from gated.tasks.data.sound_paths import are_paths, rate_of, read_given, read_with_answers
from gated.tasks.estimator import Estimator
from gated.tasks.label_values import label_list
from gated.tasks.network.contributions import Contributions
from gated.tasks.network.gates import sequence_gates
from gated.tasks.network.state import State
from gated.train.progress import Progress

if TYPE_CHECKING:
    from gated.tasks.classifier.training import Trained
    from gated.train.checkpoint import Checkpoint

__all__ = ["SequenceClassifier"]


class SequenceClassifier(Estimator[StoredClassifier]):
    """Labels sequences with a causal recurrent network, whole or while they arrive.

    The network is a stack of residual GRU blocks with attention over the past (`gated.tasks`). It
    trains in two runs: the first stops where the log loss on held-out sequences no longer falls,
    and gives the temperature of the probabilities; the second repeats it on all sequences. Of many
    sequences there is one run only; see `refit`.

    Args:
        rate: samples a second, where each sequence is sound; None for other sequences, and for
            files of sound: then it is their most frequent rate, which the model keeps as `rate_`.
        channels: which axis of an array has the channels, "last" or "first"; see `fit`.
        hidden_size: features of the network.
        num_layers: recurrent blocks.
        dropout: in training, of features between layers.
        max_steps: training steps of a run at most; by default 1,500 for sound, 800 otherwise.
        batch_size: sequences in a training step.
        learning_rate: the peak of the schedule.
        class_weight: weight of each label in the loss: None for 1, "balanced", or a dict.
        augment: whether training sequences are varied at random.
        validation: share of the sequences of each label that the first run holds out; 0 for one
            run of `max_steps` steps, without a check and without calibration.
        refit: whether the second run follows, which doubles the time; "auto": where there are fewer
            than 10,000 sequences, because the held-out ones are then missing most.
        chrono: steps that half of the units remember at most at first (chrono initialisation, arXiv
            1804.11188), for sequences of hundreds of steps; None for torch's start, which soon
            forgets.
        seed: of all randomness; `random_state` is another name for it.

    Attributes:
        classes_: [K] the labels, sorted.
        rate_: samples a second of the sound that it labels; None for other sequences.
        learned_: from what and how well: sequences, held_out, refit, accuracy, log_loss, steps,
            notes.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> X = [rng.normal(loc=i % 2, size=(5 + i % 3, 2)) for i in range(20)]
        >>> model = SequenceClassifier(hidden_size=8, max_steps=20).fit(X, [0, 1] * 10)
        >>> model.predict_proba(X[:3]).shape
        (3, 2)
    """

    _kind = StoredClassifier
    _sklearn_type = "classifier"

    def __init__(
        self,
        *,
        rate: int | None = None,
        channels: Channels | None = None,
        hidden_size: int = 64,
        num_layers: int = 2,
        dropout: float = 0.1,
        max_steps: int | None = None,
        batch_size: int = 64,
        learning_rate: float = 4e-3,
        class_weight: dict[Any, float] | str | None = None,
        augment: bool = True,
        validation: float = 0.15,
        refit: bool | Literal["auto"] = "auto",
        chrono: int | None = None,
        seed: int | None = None,
        random_state: int | None = None,
    ) -> None:
        self.rate = rate
        self.channels: Channels | None = channels
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.max_steps = max_steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.class_weight = class_weight
        self.augment = augment
        self.validation = validation
        self.refit: bool | Literal["auto"] = refit
        self.chrono = chrono
        self.seed = seed
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: ArrayLike | str | None = None,
        *,
        progress: Callable[[Progress], None] | None = None,
        checkpoint: "str | Path | Checkpoint | None" = None,
    ) -> Self:
        """Train on labelled sequences.

        Args:
            X: a list of arrays (steps, channels) of unequal length; where `rate` is given, of
                samples (samples,); a 3-D array with `channels` said; or a frame with the columns
                `unique_id`, `ds`, and one for each channel. Or a folder with one sub-folder of
                recordings for each label, or a list of paths of recordings: channels are mixed to
                one, other rates are resampled, and files that cannot be read are left out.
            y: the label of each sequence: text, whole numbers or booleans; for a frame the name of
                its label column; None for a folder.
            progress: called after each step.
            checkpoint: file that is written if Ctrl-C or an error interrupts the training. A later
                call with the same sequences and hyperparameters resumes from it, to the same bits.

        Raises:
            DataError: a sequence cannot be read, or there are too few of a label.
            UsageError: a hyperparameter is out of range, or torch is not installed.
            GatedError: the checkpoint is of another training.

        Warns:
            GatedWarning: sequences without a step or files that cannot be read were left out, or
                recordings were mixed or resampled.
        """
        seed = check_params(self)
        require_torch("Training a classifier")
        from gated.tasks.classifier.training import settings_of, sizes_of, train
        from gated.tasks.data.batches import held_out
        from gated.train.checkpoint import opened

        given, labels = read_labelled(self, X, y)
        warn_each(given.notes)
        kept, notes = without_empty(given)
        rate = self.rate if given.rate is None else given.rate
        labels = labels[kept]
        classes, index = np.unique(labels, return_inverse=True)
        index = index.astype(np.int64)
        check_counts(classes, index)
        arrays = [given.arrays[position] for position in kept]
        frontend = frontend_for(rate, arrays[0])
        sequences = Sequences.of([frontend.steps(array) for array in arrays])
        config, settings = sizes_of(self, frontend), settings_of(self, frontend, len(index), seed)
        weights = label_weights(self.class_weight, classes, index)
        validation = held_out(index, self.validation, seed)
        with opened(checkpoint) as resumed:
            trained = train(
                sequences, index, weights, config, settings, validation, progress, resumed
            )
            self._keep(trained, frontend, classes, index, [*given.notes, *notes])
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """[n] the most probable label of each sequence.

        Args:
            X: as in `fit`; a file of sound, a list of files, or a folder, whose files are read in
                the order of their paths.

        Raises:
            DataError: a sequence or a file cannot be read, or has another number of channels.
        """
        chosen: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(1)]
        return chosen

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """[n, K] the calibrated probability of each label, in the order of `classes_`.

        Args:
            X: as in `predict`.

        Raises:
            DataError: a sequence or a file cannot be read, or has another number of channels.

        Warns:
            GatedWarning: sequences without a step, which get the labels' shares of the training; or
                recordings that were mixed or resampled.
        """
        stored = self._fitted
        given = read_given(X, self.channels, stored.frontend)
        warn_each(given.notes)
        empty = given.empty
        result = np.tile(np.array(stored.shares), (len(empty), 1))
        if empty.any():
            shares = "Their probabilities are the shares of the labels in training."
            warn(f"{given.empty_names}: no step. {shares}")
        filled = np.flatnonzero(~empty)
        if len(filled) == 0:
            return result
        steps = [stored.frontend.steps(given.arrays[index]) for index in filled]
        logits = stored.network.predict_logits(Sequences.of(steps))
        result[filled] = stored.network.probabilities(logits)
        return result

    def predict_proba_over_time(self, X: Any, most: int = 1_000) -> list[NDArray[np.float64]]:
        """[n, K] the probabilities of the labels after each step of each sequence.

        Args:
            X: as in `fit`; each with at least one step.
            most: points of a sequence at most: of a longer one, n equal parts of its steps.

        Raises:
            DataError: a sequence cannot be read, has no step, or another number of channels.
        """
        network, found = self._fitted.network, []
        for steps in self._steps_of(X):
            count = min(len(steps), most)
            ends = (np.arange(1, count + 1) * len(steps) // count).tolist()
            found.append(network.probabilities(network.logits_over_time(steps, ends)))
        return found

    def gates(self, X: Any) -> list[list[BlockGates]]:
        """The gates of each recurrent block over each sequence.

        Args:
            X: as in `fit`; each with at least one step.

        Raises:
            DataError: a sequence cannot be read, has no step, or another number of channels.
            UsageError: a sequence is too long.

        Example:
            >>> X = [np.full((6, 1), i % 2, dtype=float) for i in range(8)]
            >>> model = SequenceClassifier(hidden_size=8, max_steps=10).fit(X, [0, 1] * 4)
            >>> [block.update.shape for block in model.gates(X[:1])[0]]
            [(6, 8), (6, 8)]
        """
        model = self._fitted.network.model
        return [sequence_gates(model, steps) for steps in self._steps_of(X)]

    def contributions(self, X: Any, label: Any = None) -> list[Contributions]:
        """What each value of each step adds to the log-odds of a label.

        They add up to the calibrated log-odds, log(p / (1 − p)), minus those of a sequence whose
        steps all are the mean of the training (integrated gradients, arXiv 1703.01365).

        Args:
            X: as in `fit`; each with at least one step.
            label: of `classes_`; None for the most probable one of each sequence.

        Raises:
            DataError: a sequence cannot be read, has no step, or another number of channels.
            UsageError: the label is unknown, a sequence is too long, or torch is not installed.

        Example:
            >>> X = [np.full((6, 1), i % 2, dtype=float) for i in range(8)]
            >>> model = SequenceClassifier(hidden_size=8, max_steps=10).fit(X, [0, 1] * 4)
            >>> model.contributions(X[1:2])[0].steps.shape
            (6,)
        """
        network, steps = self._fitted.network, self._steps_of(X)
        number = None if label is None else number_of(label, self._fitted.labels)
        require_torch("Explaining a label")
        from gated.tasks.classifier.contributions import label_contributions

        return label_contributions(network, steps, number)

    def score(self, X: Any, y: ArrayLike | None = None) -> float:
        """The share of the sequences whose label is predicted.

        Args:
            X: as in `fit`; files that cannot be read are left out.
            y: the label of each sequence; None for a folder, whose sub-folders name the labels. A
                label that is not in `classes_` counts as wrong.

        Raises:
            DataError: a sequence cannot be read, or no file can.
            UsageError: y is missing.

        Warns:
            GatedWarning: files were left out, or recordings were mixed or resampled.
        """
        if not are_paths(X):
            if y is None:
                raise UsageError("y is missing. Expected the label of each sequence.")
            return float((self.predict(X) == np.asarray(y)).mean())
        rate = rate_of(self._fitted.frontend)
        given, labels = read_with_answers(X, y, rate, for_training=False)
        warn_each(given.notes)
        predicted = self.predict(given.arrays)
        if y is None:  # the names of folders are text
            predicted = predicted.astype(str)
        return float((predicted == np.asarray(labels)).mean())

    def stream(self, state: State | None = None) -> LabelStream:
        """A stream: `push(chunk)` gives the probabilities after each part of a sequence.

        Args:
            state: of an earlier stream, to go on from there.

        Raises:
            UsageError: the state is of another model.

        Example:
            >>> X = [np.full((6, 1), i % 2, dtype=float) for i in range(8)]
            >>> model = SequenceClassifier(hidden_size=8, max_steps=10).fit(X, [0, 1] * 4)
            >>> stream = model.stream()
            >>> parts = [stream.push(X[1][:2]), stream.push(X[1][2:])]
            >>> bool(np.allclose(parts[-1], model.predict_proba(X[1:2])[0], atol=1e-5))
            True
        """
        stored = self._fitted
        shares = np.array(stored.shares)
        return LabelStream(stored.network, stored.reader, stored.frontend, shares, state)

    @property
    def classes_(self) -> NDArray[Any]:
        """[K] the labels, sorted."""
        return np.array(self._fitted.labels)

    @property
    def rate_(self) -> int | None:
        """Samples a second of the sound that it labels; None for other sequences."""
        return self._fitted.frontend.rate

    def _steps_of(self, X: Any) -> list[NDArray[np.float32]]:
        """[T, I] the steps of each sequence."""
        frontend = self._fitted.frontend
        given = read_given(X, self.channels, frontend)
        warn_each(given.notes)
        if given.empty.any():
            raise DataError(f"{given.empty_names}: no step. Expected at least one.")
        return [frontend.steps(array) for array in given.arrays]

    def _keep(
        self,
        trained: "Trained",
        frontend: ArrayFrontend | SoundFrontend,
        classes: NDArray[Any],
        index: IntArray,
        notes: list[str],
    ) -> None:
        shares = np.bincount(index, minlength=len(classes)) / len(index)
        learned = {"sequences": len(index), **trained.facts, "notes": notes}
        params = {**self.get_params(), "rate": frontend.rate}
        if isinstance(params["class_weight"], dict):  # its keys may be no text
            params["class_weight"] = None
        self._stored = StoredClassifier(
            params, trained.network, frontend, label_list(classes), shares.tolist(), learned
        )
