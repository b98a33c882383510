"""Prepares the two kinds of training: on sequences with strings, and on single words to join."""

from dataclasses import replace
from typing import Any

import numpy as np

from gated.arrays import BoolArray, IntArray
from gated.errors import DataError
from gated.media.audio.log_mel import LogMel
from gated.tasks.data.augmentation import ARRAYS, SOUND, Augmentation
from gated.tasks.data.batches import held_out
from gated.tasks.data.frontend import ArrayFrontend, SoundFrontend, frontend_for
from gated.tasks.data.inputs import GivenSequences
from gated.tasks.data.sequences import Sequences
from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.transcriber.learning.joined import CLEAN, VARIED, JoinedString, Joiner
from gated.tasks.transcriber.learning.strings import (
    GivenStrings,
    JoinedStrings,
    typical_distances,
)
from gated.tasks.transcriber.learning.targets import (
    Targets,
    check_lengths,
    read_labels,
    read_strings,
)
from gated.tasks.transcriber.learning.training import (
    HeldOut,
    Session,
    Trained,
    TrainingSettings,
    train,
)
from gated.tasks.transcriber.model_file import StoredTranscriber
from gated.tasks.transcriber.silence import with_silence
from gated.text import counted
from gated.train.checkpoint import fingerprint

__all__ = ["fit_joined", "fit_strings"]

Present = tuple[IntArray, list[str]]

_HELD_OUT_STRINGS = 200
_SOUND_STEPS, _ARRAY_STEPS = 3_000, 1_000
# Masks are shares of a whole string, so they must be shorter than those of a single word.
_STRINGS_OF_SOUND = replace(SOUND, shift=0.0, speed=0.1, masks=2, mask_steps=0.03)
_JOINED = Augmentation(warp=0.05, level=0.3, noise=0.1, masks=1, mask_steps=0.03, mask_channels=6)


def fit_strings(
    model: Any, given: GivenSequences, present: Present, y: Any, seed: int, session: Session
) -> StoredTranscriber:
    """Train on sequences with their strings.

    Args:
        model: the estimator, for its hyperparameters.
        given: the sequences.
        present: positions of those with steps, and notes on the others.
        y: their strings.
        seed: of all randomness.
        session: how the training is followed, and resumed.

    Raises:
        DataError: a string cannot be learned, or there are too few sequences.
    """
    targets = read_strings(y, len(given.arrays), model.symbols)
    session = _marked(session, model, targets, given, seed)
    kept, notes = present
    if len(kept) < 2:
        raise DataError(
            f"X has {counted(len(kept), 'sequence')} with steps. Expected at least two, one to "
            "learn from and one to check with."
        )
    arrays = [given.arrays[index] for index in kept]
    frontend = frontend_for(model.rate, arrays[0])
    sequences = Sequences.of([frontend.steps(with_silence(each, frontend)) for each in arrays])
    strings = [targets.strings[index] for index in kept]
    check_lengths(strings, sequences.lengths, [given.ids[index] for index in kept])
    is_held = held_out(np.zeros(len(kept), dtype=np.int64), model.validation, seed)
    usual = ARRAYS if model.rate is None else _STRINGS_OF_SOUND
    source = GivenStrings(
        sequences,
        strings,
        np.flatnonzero(~is_held),
        model.batch_size,
        usual if model.augment else Augmentation(),
    )
    checked = _held_strings(sequences, strings, is_held)
    trained = _trained(model, source, checked, frontend, targets, seed, session)
    zeros = [0.0] * len(targets.symbols)
    learned = _learned(trained, len(kept), checked, notes)
    return _stored(model, trained, frontend, targets, (zeros, zeros), learned)


def fit_joined(
    model: Any, given: GivenSequences, present: Present, y: Any, seed: int, session: Session
) -> StoredTranscriber:
    """Train on single words, joined at random to strings; the arguments are those above."""
    targets = read_labels(y, len(given.arrays), model.symbols)
    session = _marked(session, model, targets, given, seed)
    kept, notes = present
    least, most = model.join
    index = np.array([targets.strings[position][0] - 1 for position in kept])
    arrays = [given.arrays[position] for position in kept]
    log_mel = LogMel(model.rate)
    is_held = held_out(index, model.validation, seed)

    def joiner(chosen: BoolArray, vary: bool) -> Joiner:
        return Joiner(
            [arrays[position] for position in np.flatnonzero(chosen)],
            index[chosen],
            model.rate,
            least,
            most,
            model.gap,
            VARIED if vary else CLEAN,
        )

    source = JoinedStrings(
        joiner(~is_held, model.augment),
        log_mel,
        len(targets.symbols),
        model.batch_size,
        _JOINED if model.augment else Augmentation(),
        seed,
    )
    tests = _drawn(joiner(is_held if is_held.any() else ~is_held, False), seed)
    checked = source.held_out(tests) if is_held.any() else None
    frontend = SoundFrontend(log_mel)
    trained = _trained(model, source, checked, frontend, targets, seed, session)
    before, after = typical_distances(trained.network, source, tests, log_mel)
    learned = _learned(trained, len(kept), checked, notes)
    return _stored(model, trained, frontend, targets, (before.tolist(), after.tolist()), learned)


def _marked(
    session: Session, model: Any, targets: Targets, given: GivenSequences, seed: int
) -> Session:
    """With the fingerprint of all that the training depends on, where it can be resumed."""
    if session.checkpoint is None:
        return session
    params = {**model.get_params(), "symbols": targets.symbols, "seed": seed}
    mark = fingerprint("transcriber", [params, targets.strings, targets.is_text], given.arrays)
    return replace(session, fingerprint=mark)


def _drawn(joiner: Joiner, seed: int) -> list[JoinedString]:
    random = np.random.default_rng(seed)
    return [joiner.draw(random) for _ in range(_HELD_OUT_STRINGS)]


def _held_strings(
    sequences: Sequences, strings: list[list[int]], is_held: BoolArray
) -> HeldOut | None:
    if not is_held.any():
        return None
    chosen = np.flatnonzero(is_held).tolist()
    return HeldOut(
        Sequences.of([sequences[index] for index in chosen]), [strings[index] for index in chosen]
    )


def _trained(
    model: Any,
    source: GivenStrings | JoinedStrings,
    checked: HeldOut | None,
    frontend: ArrayFrontend | SoundFrontend,
    targets: Targets,
    seed: int,
    session: Session,
) -> Trained:
    config = SequenceConfig(frontend.width, model.hidden_size, model.num_layers, model.dropout)
    steps = model.max_steps or (_ARRAY_STEPS if model.rate is None else _SOUND_STEPS)
    settings = TrainingSettings(steps, model.learning_rate, seed)
    return train(source, checked, config, len(targets.symbols), settings, session)


def _learned(
    trained: Trained, sequences: int, checked: HeldOut | None, notes: list[str]
) -> dict[str, Any]:
    count = 0 if checked is None else len(checked.strings)
    return {
        "sequences": sequences,
        "held_out": count,
        "error_rate": trained.error_rate if count else None,
        "right": trained.right / count if count else None,
        "steps": trained.steps,
        "notes": notes,
    }


def _stored(
    model: Any,
    trained: Trained,
    frontend: ArrayFrontend | SoundFrontend,
    targets: Targets,
    distances: tuple[list[float], list[float]],
    learned: dict[str, Any],
) -> StoredTranscriber:
    params = model.get_params()
    params["symbols"] = None if model.symbols is None else targets.symbols
    return StoredTranscriber(
        params,
        trained.network,
        frontend,
        targets.symbols,
        targets.is_text,
        *distances,
        learned,
    )
