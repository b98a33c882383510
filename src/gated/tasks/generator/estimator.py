"""Provides `Generator`: learns pieces of one medium, continues them and makes new ones."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from gated.errors import UsageError
from gated.insight import BlockGates
from gated.libraries import require_torch
from gated.tasks.estimator import Estimator
from gated.tasks.generator.checks import (
    check_count,
    check_length,
    check_params,
    check_stop,
    checked_sampling,
)
from gated.tasks.generator.codecs import CODECS, Codec, Symbols
from gated.tasks.generator.inputs import encoded, listed
from gated.tasks.generator.model_file import StoredGenerator
from gated.tasks.generator.scoring import check_units, nats_per_unit
from gated.tasks.generator.stream import GeneratorStream
from gated.tasks.network.contributions import Contributions
from gated.tasks.network.gates import sequence_gates
from gated.tasks.network.state import State
from gated.train.progress import Progress

if TYPE_CHECKING:
    from gated.tasks.generator.training import Trained
    from gated.train.checkpoint import Checkpoint

__all__ = ["Generator"]

Medium = Literal["text", "music", "voices", "drawing", "image", "motion"]


class Generator(Estimator[StoredGenerator]):
    """Learns pieces with a recurrent network, continues them and makes new ones.

    The network reads a piece symbol by symbol and predicts the next one: a character of a text, a
    key of a chord, a note of a voice, a point of a drawing, a pixel of an image, a pose of a dance.
    A network is made of residual GRU blocks (`gated.tasks`); its state, of constant size, is all
    that it keeps.

    Args:
        medium: "text" (str), "music" (piano rolls [T, 88]), "voices" (pitches [T, V]), "drawing"
            (points [T, 3]), "image" (pixels [height, width]) or "motion"
            (`gated.media.motion.Motion`, all of one skeleton and one frame rate).
        hidden_size: features of the network. None here and below: a value that suits the medium.
        num_layers: recurrent blocks.
        dropout: in training, of features between layers.
        window: steps of a training piece that are read at a time.
        batch_size: windows in a training step.
        max_steps: training steps.
        learning_rate: the peak of the schedule.
        weight_decay: of the matrices.
        augment: whether music is transposed and drawings are stretched at random in training.
        validation: share of the pieces to hold out, or of the only piece; the averaged weights with
            the best score on them are kept. 0 for none.
        seed: of all randomness of the training.

    Attributes:
        learned_: from what and how well: pieces, the symbols learned from and those held out, the
            score of the latter in nats per unit, steps, notes.

    Example:
        >>> model = Generator("text", hidden_size=16, window=16, max_steps=10, seed=0)
        >>> text = model.fit("to be or not to be. " * 20).generate("to ", length=5, seed=1)
        >>> len(text)
        5
    """

    _kind = StoredGenerator
    _fit_call = "fit(pieces)"

    def __init__(
        self,
        medium: Medium = "text",
        *,
        hidden_size: int | None = None,
        num_layers: int | None = None,
        dropout: float | None = None,
        window: int | None = None,
        batch_size: int | None = None,
        max_steps: int | None = None,
        learning_rate: float | None = None,
        weight_decay: float = 1e-2,
        augment: bool = True,
        validation: float = 0.05,
        seed: int = 0,
    ) -> None:
        self.medium: Medium = medium
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.window = window
        self.batch_size = batch_size
        self.max_steps = max_steps
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.augment = augment
        self.validation = validation
        self.seed = seed

    def fit(
        self,
        pieces: Any,
        held_out: Any = None,
        *,
        names: Sequence[str] | None = None,
        progress: Callable[[Progress], None] | None = None,
        checkpoint: "str | Path | Checkpoint | None" = None,
    ) -> Self:
        """Train on pieces.

        Args:
            pieces: a list of pieces of the medium; a single text may be given as a str.
            held_out: pieces to validate on; by default the share `validation` of the pieces.
            names: how messages name each piece; by default by the medium and a number.
            progress: called after each step.
            checkpoint: file that is written if Ctrl-C or an error interrupts the training. A later
                call with the same pieces and hyperparameters resumes from it, to the same bits.

        Raises:
            DataError: a piece is not of the medium, or there is none.
            UsageError: a hyperparameter is out of range, or torch is not installed.
            GatedError: the checkpoint is of another training.
        """
        check_params(self)
        require_torch("Training a generator")
        from gated.tasks.generator.training import sizes_and_settings, split, train
        from gated.train.checkpoint import opened

        given = listed(pieces)
        kind = CODECS[self.medium]
        called = kind.names(len(given)) if names is None else list(names)
        codec = kind.learn(given, called)
        symbols = [codec.encode(piece, name) for piece, name in zip(given, called, strict=True)]
        if held_out is None:
            learning, held = split(codec, symbols, self.validation, self.seed)
        else:
            learning, held = symbols, encoded(codec, listed(held_out, "to validate on"))
            check_units(codec, held)
        config, settings = sizes_and_settings(self, codec)
        with opened(checkpoint) as resumed:
            trained = train(learning, held, codec, config, settings, progress, resumed)
            self._keep(trained, codec, len(given), (learning, held))
        return self

    def generate(
        self,
        prompt: Any = None,
        *,
        length: int | None = None,
        count: int | None = None,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        stop: str | Sequence[str] | None = None,
        seed: int | None = None,
        stream: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Any:
        """Continue a prompt, or make a new piece.

        Args:
            prompt: the beginning of a piece: a text, frames, points, or the upper rows of an image.
            length: characters, frames, steps or points to add; fewer where a piece ends by itself.
                By default what suits the medium.
            count: make so many pieces and return a list of them.
            temperature: divides the logits; below 1 the probable symbols are drawn more often. Of
                a motion it multiplies the standard deviation: 0 gives the mean prediction.
            top_k: draw from the k most probable symbols only.
            top_p: draw from the most probable symbols that have this probability together.
            stop: end a text before one of these strings.
            seed: of the draws: the same seed gives the same piece. None for another one each time.
            stream: return an iterator over the parts of the piece, each as soon as it is made: a
                character, a frame, a point.
            progress: called after each character, frame, step, point or image with the number of
                them so far, and at most; pieces that end by themselves have fewer.

        Returns:
            A piece of the medium without the prompt; an image with it.

        Raises:
            DataError: the prompt is not of the medium, or has what the training did not have.
            UsageError: an argument is out of range.
        """
        codec = self._fitted.codec
        sampling = checked_sampling(codec, temperature, top_k, top_p, seed)
        length = check_length(length, codec)
        ends = check_stop(stop, codec)
        if count is None:
            begun, generator = self._after(prompt), np.random.default_rng(seed)
            follow = _units(progress, 0, length, 1)
            if stream:
                return begun.parts(length, sampling, generator, ends, follow)
            return begun.piece(length, sampling, generator, ends, prompt, follow)
        check_count(count)
        if stream:
            raise UsageError("stream and count are both given. Expected one of them.")
        state = self._after(prompt).state  # the prompt is read once
        return [
            self.stream(state).piece(
                length,
                sampling,
                np.random.default_rng(each),
                ends,
                prompt,
                _units(progress, index, length, count),
            )
            for index, each in enumerate(np.random.SeedSequence(seed).spawn(count))
        ]

    def score(self, pieces: Any) -> float:
        """The mean −log p of a unit of the pieces, in nats: a character, a frame, a note, a point.

        Each piece is read once from its beginning. Lower is better.

        Args:
            pieces: as in `fit`.

        Raises:
            DataError: a piece is not of the medium, or has what the training did not have.
        """
        stored = self._fitted
        codec = stored.codec
        return nats_per_unit(stored.network, codec, encoded(codec, listed(pieces, "to score")))

    def gates(self, pieces: Any, prompt: Any = None) -> list[list[BlockGates]]:
        """The gates of each recurrent block at each symbol of each piece.

        The gates of a step are those with which the symbol of the step was predicted: the step has
        read the symbols before it.

        Args:
            pieces: as in `fit`; without the prompt, but a text and an image with it.
            prompt: that came before each piece; its own gates are left out. None for a text and an
                image.

        Raises:
            DataError: a piece is not of the medium, or has what the training did not have.
            UsageError: a piece is too long.

        Example:
            >>> model = Generator("text", hidden_size=8, window=8, max_steps=2).fit("abc " * 50)
            >>> [block.update.shape for block in model.gates("abc a")[0]]
            [(5, 8)]
        """
        stored = self._fitted
        codec = stored.codec
        begun = None if prompt is None else codec.encode_prompt(prompt)
        found = []
        for symbols in encoded(codec, listed(pieces, "to explain")):
            whole = symbols if begun is None else np.concatenate([begun, symbols])
            blocks = sequence_gates(stored.network.model, codec.steps(whole, 0, len(whole)).inputs)
            found.append([block.after(len(whole) - len(symbols)) for block in blocks])
        return found

    def contributions(
        self, piece: Any, position: int | None = None, prompt: Any = None
    ) -> Contributions:
        """What the steps up to a symbol add to log p of that symbol, in nats.

        They add up to log p minus its value for inputs of zeros, without a past and without a place
        in the piece (integrated gradients, arXiv 1703.01365). Of a motion, what the last pose adds
        itself is in both.

        Args:
            piece: one, as in `fit`; without the prompt, but a text and an image with it.
            position: of the symbol in the piece, 0 for the first; None for the last one.
            prompt: that came before the piece; None for a text and an image.

        Returns:
            [T, 1] of each step up to the symbol, those of the prompt included.

        Raises:
            DataError: the piece is not of the medium, or has what the training did not have.
            UsageError: there is no such symbol, the piece is too long, or torch is not installed.

        Example:
            >>> model = Generator("text", hidden_size=8, window=8, max_steps=2).fit("abc " * 50)
            >>> model.contributions("abc a").steps.shape
            (5,)
        """
        stored = self._fitted
        require_torch("Explaining a symbol")
        from gated.tasks.generator.contributions import next_contributions

        codec = stored.codec
        (symbols,) = encoded(codec, [piece])
        begun = 0
        if prompt is not None:
            if codec.history().room is not None:
                raise UsageError(
                    f"prompt is given for an {codec.unit}. Leave it out: it is part of the piece."
                )
            before = codec.encode_prompt(prompt)
            symbols, begun = np.concatenate([before, symbols]), len(before)
        place = len(symbols) - begun - 1 if position is None else position
        return next_contributions(stored.network, codec, symbols, begun, place)

    def stream(self, state: State | None = None) -> GeneratorStream:
        """A piece that goes on: `read` and `generate` in any order, with a state to save.

        Args:
            state: of an earlier stream, to go on from there.

        Raises:
            UsageError: the state is of another model.

        Example:
            >>> model = Generator("text", hidden_size=8, window=8, max_steps=2).fit("abc " * 50)
            >>> first = model.stream()
            >>> first.read("abc a")
            >>> second = model.stream(first.state)
            >>> first.generate(9, seed=0) == second.generate(9, seed=0)
            True
        """
        stored = self._fitted
        return GeneratorStream(stored.network, stored.reader, stored.codec, state)

    @property
    def unit(self) -> str:
        """What `score` is per: "character", "frame", "note", "point", "image" or "pose"."""
        return CODECS[self.medium].unit

    @property
    def codec_(self) -> Codec:
        """How pieces become symbols."""
        return self._fitted.codec

    def _after(self, prompt: Any) -> GeneratorStream:
        stream = self.stream()
        if prompt is not None:
            stream.read(prompt)
        return stream

    def _keep(
        self,
        trained: "Trained",
        codec: Codec,
        pieces: int,
        parts: tuple[list[Symbols], list[Symbols]],
    ) -> None:
        learned: dict[str, Any] = {
            "pieces": pieces,
            "symbols": sum(map(len, parts[0])),
            "held_out": sum(map(len, parts[1])),
            "score": None if np.isnan(trained.score) else trained.score,
            "steps": trained.steps,
            "notes": [],
        }
        self._stored = StoredGenerator(self.get_params(), trained.network, codec, learned)


def _units(
    progress: Callable[[int, int], None] | None, index: int, length: int, count: int
) -> Callable[[int], None] | None:
    """The progress of one of several pieces, as that of all."""
    if progress is None:
        return None
    return lambda units: progress(index * length + units, count * length)
