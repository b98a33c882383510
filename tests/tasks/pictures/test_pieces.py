"""Pictures of pieces of every medium, and what is said about the gates."""

from xml.etree import ElementTree

import numpy as np
import pytest

from gated import Generator
from gated.errors import UsageError
from gated.insight import BlockGates
from gated.insight.pictures import gate_panels
from gated.plot.panels.heat import HeatMap
from gated.tasks.generator.codecs import CODECS
from gated.tasks.pictures import explained, piece_picture
from gated.tasks.pictures.explanation import Contrast
from tests.tasks.generator.pieces import cut, pieces_of

SMALL = {"hidden_size": 12, "num_layers": 2, "window": 20, "batch_size": 4, "max_steps": 2}


@pytest.fixture(scope="module")
def models() -> dict[str, Generator]:
    return {medium: Generator(medium, **SMALL).fit(pieces_of(medium)) for medium in CODECS}


def block(update: np.ndarray) -> BlockGates:
    update = np.asarray(update, dtype=np.float32)
    return BlockGates(update, np.zeros_like(update), np.zeros_like(update))


@pytest.mark.parametrize("medium", CODECS)
def test_a_piece_has_its_picture_and_the_gates_of_each_block(models, medium):
    pieces = pieces_of(medium, 1)
    made = piece_picture(models[medium], pieces, explain=True)
    ElementTree.fromstring(made.picture.svg())
    heat_maps = [panel for panel in made.picture.panels if isinstance(panel, HeatMap)]
    assert len(heat_maps) == 2
    assert {(each.begin, each.end) for each in heat_maps} == {(0.0, heat_maps[0].end)}
    assert [each["block"] for each in made.explanation.blocks] == [1, 2]
    for each in made.explanation.blocks:
        assert each["mean"] == pytest.approx(np.mean(each["kept"]), abs=1e-3)
    assert (made.figure is not None) == (medium == "motion")


@pytest.mark.parametrize("medium", CODECS)
def test_without_an_explanation_the_picture_is_of_the_piece_alone(models, medium):
    made = piece_picture(models[medium], pieces_of(medium, 1), explain=False, title="Mine")
    assert made.explanation is None
    assert len(made.picture.panels) == 1
    assert made.picture.notes == ()
    assert "Mine" in made.picture.svg()


@pytest.mark.parametrize("medium", ["music", "voices", "drawing", "motion"])
def test_the_gates_after_a_prompt_depend_on_it(models, medium):
    model, (piece,) = models[medium], pieces_of(medium, 1)
    prompt = cut(piece, 0, 9)
    alone, after = model.gates([piece])[0], model.gates([piece], prompt)[0]
    assert [own.update.shape for own in alone] == [own.update.shape for own in after]
    assert not np.allclose(alone[0].update, after[0].update)


@pytest.mark.parametrize("medium", ["text", "music", "voices", "drawing"])
def test_the_gates_of_a_step_do_not_depend_on_what_follows(models, medium):
    model, (piece,) = models[medium], pieces_of(medium, 1)
    whole, part = model.gates([piece])[0], model.gates([cut(piece, 0, 8)])[0]
    steps = 8 if medium in ("text", "drawing") else len(part[0].update)
    for a, b in zip(whole, part, strict=True):
        np.testing.assert_allclose(a.update[:steps], b.update[:steps], atol=1e-5)


@pytest.mark.parametrize("medium", ["drawing", "image"])
def test_a_sheet_has_every_piece(models, medium):
    made = piece_picture(models[medium], pieces_of(medium, 4), explain=True)
    assert made.explanation.sentences[0] == (
        f"The gates below are those of the first of 4 {medium}s."
    )
    first = made.picture.panels[0]
    if medium == "drawing":
        assert len(first.drawings) == 4
    else:
        assert np.isfinite(first.shares).sum() == 4 * 9 * 11


def test_several_pieces_of_another_medium_are_refused(models):
    with pytest.raises(UsageError, match=r"2 pieces of text are given\. Expected one"):
        piece_picture(models["text"], ["ab", "ba"], explain=False)


class TestExplanation:
    def test_numbers_and_sentences_are_those_of_the_gates(self):
        update = np.array([[0.9, 0.9], [0.9, 0.9], [0.5, 0.3], [0.3, 0.1], [0.9, 0.9]])
        contrast = Contrast("at the pauses", "pauses", np.array([False, False, True, True, False]))
        made = explained([block(update)], contrast, (0.0, 1.0), "s")
        assert made.sentences[0] == (
            "Block 1 keeps 66 % of its memory a step on average; at the pauses it keeps 30 %, "
            "elsewhere 90 %. It keeps least at 0.70 s: 20 %."
        )
        assert made.sentences[1].startswith("Kept is the update gate z")
        (numbers,) = made.blocks
        assert numbers == {
            "block": 1,
            "mean": 0.66,
            "pauses": 0.3,
            "elsewhere": 0.9,
            "kept": [0.9, 0.9, 0.4, 0.2, 0.9],
        }

    @pytest.mark.parametrize("chosen", [[True] * 4, [False] * 4, [True, False, False, False]])
    def test_too_few_steps_of_a_kind_are_not_compared(self, chosen):
        contrast = Contrast("at the pauses", "pauses", np.array(chosen))
        made = explained([block(np.full((4, 2), 0.5))], contrast, (0.0, 4.0), "")
        assert "pauses" not in made.sentences[0]
        assert "pauses" not in made.blocks[0]

    def test_a_single_step_has_no_least_one(self):
        made = explained([block(np.full((1, 2), 0.5))], None, (0.0, 1.0), "")
        assert made.sentences[0] == "Block 1 keeps 50 % of its memory a step on average."

    def test_units_are_sorted_and_averaged_to_64_rows(self):
        rng = np.random.default_rng(0)
        (panel,) = gate_panels([block(rng.random((10, 256)))], 0.0, 1.0)
        assert panel.values.shape == (64, 10)
        assert (np.diff(panel.values.mean(1)) <= 1e-6).all()
        (panel,) = gate_panels([block(rng.random((10, 5)))], 0.0, 1.0)
        assert panel.values.shape == (5, 10)

    def test_steps_of_one_part_are_averaged(self):
        update = np.array([[0.2], [0.4], [0.9]])
        (panel,) = gate_panels([block(update)], 0.0, 1.0, np.array([0, 0, 1]))
        np.testing.assert_allclose(panel.values, [[0.3, 0.9]], atol=1e-6)
