"""The training of a generator: held-out pieces, windows, and checkpoints of other trainings."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gated import Generator
from gated.errors import GatedError, ModelFileError
from gated.tasks.generator.codecs import CODECS
from gated.tasks.generator.training import TrainingSettings, _Windows, split
from tests.tasks.generator.pieces import SMALL, pieces_of


def test_a_checkpoint_of_another_training_is_refused(tmp_path) -> None:
    path = tmp_path / "half.gated"
    model = Generator("text", **SMALL)

    def stop(progress) -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        model.fit(pieces_of("text"), checkpoint=path, progress=stop)
    pieces = pieces_of("text")
    for others in ((pieces_of("text", seed=1),), (pieces[:2], pieces[2:])):
        with pytest.raises(GatedError, match="belongs to other data or settings"):
            model.fit(*others, checkpoint=path)
    renamed = [piece.replace("a", "z") for piece in pieces]  # the same symbols
    with pytest.raises(GatedError, match="belongs to other data or settings"):
        model.fit(renamed, checkpoint=path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ModelFileError):
        model.fit(pieces_of("text"), checkpoint=path)


def test_the_end_of_a_single_piece_is_held_out() -> None:
    codec = CODECS["text"].learn(["abcdefghij"])
    learning, held = split(codec, [np.arange(100) % 10], 0.1, seed=0)
    assert len(learning[0]) == 90
    assert held[0].tolist() == list(range(10))
    pieces = [np.full(3, index) for index in range(10)]
    learning, held = split(codec, pieces, 0.2, seed=0)
    assert (len(learning), len(held)) == (8, 2)
    assert sorted(int(piece[0]) for piece in learning + held) == list(range(10))
    assert split(codec, pieces, 0, seed=0) == (pieces, [])


@pytest.mark.parametrize("medium", ["image", "drawing"])
def test_a_single_piece_that_cannot_be_cut_is_learned_whole(medium) -> None:
    pieces = pieces_of(medium, 1)
    model = Generator(medium, **SMALL).fit(pieces)
    assert model.learned_["held_out"] == 0
    assert model.learned_["score"] is None
    assert model.learned_["steps"] == SMALL["max_steps"]


def test_windows_cover_each_step_equally_often() -> None:
    codec = CODECS["text"].learn(["ab"])
    marked = [np.arange(5), np.arange(5, 65)]
    settings = TrainingSettings(1, 4_000, 20, 1e-3, 0.0, False, 1, 0)

    class Marking(type(codec)):
        def steps(self, symbols, begin, end):
            found = super().steps(np.zeros_like(symbols), begin, end)
            return replace(found, targets=symbols[begin:end])

    windows = _Windows(marked, Marking("ab"), settings)
    batch = windows.draw(torch.Generator().manual_seed(0))
    seen = np.bincount(batch.targets[batch.mask].numpy(), minlength=65)
    assert seen.min() > 0.85 * seen.mean()
    assert seen.max() < 1.15 * seen.mean()


def test_given_pieces_are_held_out() -> None:
    pieces = pieces_of("text", 3)
    model = Generator("text", **SMALL).fit(pieces[:2], pieces[2:])
    assert model.learned_["held_out"] == len(pieces[2])
    assert model.learned_["pieces"] == 2
    assert model.learned_["score"] == pytest.approx(model.score(pieces[2:]), rel=1e-6)
