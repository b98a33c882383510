"""Pictures of pieces that were made, and the gates of the network that made them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.errors import UsageError
from gated.insight import BlockGates
from gated.insight.pictures import gate_panels
from gated.media.images import contact_sheet
from gated.media.motion import bones, positions
from gated.media.strokes import rasterised
from gated.plot.panels.nested import QUARTERS_PER_BAR, Notes, Poses
from gated.plot.panels.picture import Panel, Picture
from gated.plot.panels.shaded import Characters, Pixels, Strokes
from gated.plot.terminal.image_text import image_text
from gated.tasks.generator.codecs.rolls import FRAME_END
from gated.tasks.generator.files.music import STEPS_PER_QUARTER, music_of
from gated.tasks.pictures.explanation import Contrast, Explained, explained

if TYPE_CHECKING:
    from gated.tasks.generator.estimator import Generator

__all__ = ["piece_picture"]

_LOWEST_KEY = 21
_TEXT_SIDE = 30  # of a drawing in the terminal
_SHOWN = 3

Blocks = list[BlockGates]
Shares = list[FloatArray] | None
"""[T] what the steps of each piece keep; None where they are not to be shown."""


@dataclass(frozen=True)
class _Drawn:
    """How a medium is drawn.

    Attributes:
        panel: of the pieces.
        end: of the steps on the axis, which begins at 0.
        contrast: steps to compare with the others.
        unit: of the axis.
        groups: the part of the picture of each step; None: each step is a part.
        last: the end of the axis; None: that of the steps.
    """

    panel: Panel
    end: float
    contrast: Contrast
    unit: str = ""
    groups: IntArray | None = None
    last: float | None = None


def piece_picture(
    model: "Generator", pieces: list[Any], prompt: Any = None, *, explain: bool, title: str = ""
) -> Explained:
    """The pieces; to explain, shaded by what was kept at each part, and the gates of the first.

    Args:
        model: fitted.
        pieces: at least one; several of drawings and of images only. A text and an image with its
            prompt, the others without.
        prompt: that came before each piece; None for a text and an image.
        explain: whether to add the gates.
        title: of the picture.

    Raises:
        DataError: a piece is not of the medium.
        UsageError: there are several pieces of another medium, or a piece is too long.
    """
    medium = model.medium
    if len(pieces) != 1 and medium not in ("drawing", "image"):
        raise UsageError(
            f"{len(pieces)} pieces of {medium} are given. Expected one: a picture shows one piece. "
            "Pass one of them."
        )
    traced = model.gates(pieces, prompt) if explain else None
    symbols = model.codec_.encode(pieces[0], "The piece")
    shares = None if traced is None else [_kept(blocks) for blocks in traced]
    drawn = _DRAWN[medium](pieces, shares, symbols)
    named = title or f"A new {medium}"
    last = drawn.end if drawn.last is None else drawn.last
    figure = None
    if medium == "motion":
        motion = pieces[0]
        figure = (positions(motion), bones(motion.skeleton), motion.frame_time)
    if traced is None:
        picture = Picture(named, [drawn.panel], 0.0, last, None)  # a panel has its own marks
        return Explained(picture, None, figure)
    blocks = traced[0]
    if medium == "drawing":  # without the step that ended it
        blocks = [_first(block, len(pieces[0])) for block in blocks]
    explanation = explained(blocks, drawn.contrast, (0.0, drawn.end), drawn.unit)
    if len(pieces) > 1:
        first = f"The gates below are those of the first of {len(pieces)} {medium}s."
        explanation = replace(explanation, sentences=(first, *explanation.sentences))
    panels = [drawn.panel, *gate_panels(blocks, 0.0, drawn.end, drawn.groups)]
    picture = Picture(named, panels, 0.0, last, drawn.unit, explanation.sentences)
    return Explained(picture, explanation, figure)


def _first(block: BlockGates, count: int) -> BlockGates:
    return BlockGates(block.update[:count], block.reset[:count], block.state[:count])


def _kept(blocks: Blocks) -> FloatArray:
    """[T] the share that a step keeps, the mean of all blocks."""
    return np.asarray(np.mean([block.kept for block in blocks], axis=0))


def _text(pieces: list[Any], shares: Shares, symbols: Any) -> _Drawn:
    text = pieces[0]
    title = "Shade: the memory kept when the character was predicted" if shares else ""
    after_space = np.array([True, *(character.isspace() for character in text[:-1])])
    begins = after_space & ~np.array([character.isspace() for character in text])
    contrast = Contrast("at the first characters of words", "word_begins", begins)
    panel = Characters(title, text, None if shares is None else shares[0])
    return _Drawn(panel, float(len(text)), contrast)


def _voices(pieces: list[Any], shares: Shares, symbols: Any) -> _Drawn:
    voices = pieces[0]
    before = np.concatenate([np.full((1, voices.shape[1]), -2), voices[:-1]])
    begins = ((voices != before) & (voices >= 0)).ravel()
    groups = np.repeat(np.arange(len(voices)), voices.shape[1])
    roll = np.zeros((len(voices), 88), dtype=bool)
    steps, voice = np.nonzero(voices >= 0)
    roll[steps, voices[steps, voice] - _LOWEST_KEY] = True
    return _music(voices, roll, groups, begins)


def _roll(pieces: list[Any], shares: Shares, symbols: Any) -> _Drawn:
    roll = pieces[0].astype(bool)
    is_end = symbols == FRAME_END
    frame = np.cumsum(is_end) - is_end
    before = np.concatenate([np.zeros((1, 89), bool), np.pad(roll, ((0, 0), (0, 1)))[:-1]])
    begins = ~is_end & ~before[frame, symbols]
    return _music(pieces[0], roll, frame, begins)


def _music(piece: Any, roll: BoolArray, groups: Any, begins: BoolArray) -> _Drawn:
    music = music_of(piece)
    notes = np.column_stack([music.onset, music.duration, music.pitch, music.voice])
    made = len(roll) / STEPS_PER_QUARTER
    panel = Notes("The piece: pitch over time", notes, roll, music.tempo, made)
    contrast = Contrast("where a note begins", "note_begins", begins)
    second = music.tempo / 60  # in quarter notes
    last = max(made, QUARTERS_PER_BAR) / second  # a piano roll shows a bar at least
    return _Drawn(panel, made / second, contrast, "s", groups, last)


def _drawing(pieces: list[Any], shares: Shares, symbols: Any) -> _Drawn:
    drawings = [
        (np.cumsum(points[:, :2].astype(np.float64), axis=0), np.asarray(points[:, 2] == 1))
        for points in pieces
    ]
    sheet = np.hstack([rasterised(points, _TEXT_SIDE) for points in pieces[:_SHOWN]])
    title, kept = "", None
    if shares is not None:  # without the step that ended a drawing
        title = "Colour: the memory kept when the line was predicted"
        kept = [share[: len(points)] for share, points in zip(shares, pieces, strict=True)]
    first = drawings[0][1]
    begins = np.concatenate([[True], first[:-1]])
    contrast = Contrast("at the first points of strokes", "stroke_begins", begins)
    panel = Strokes(title, drawings, image_text(sheet), kept)
    return _Drawn(panel, float(len(pieces[0])), contrast)


def _image(pieces: list[Any], shares: Shares, symbols: Any) -> _Drawn:
    title, sheet = "", None
    if shares is not None:
        title = "Shade: the memory kept when the pixel was predicted"
        sheet = _sheet(np.stack([share.reshape(pieces[0].shape) for share in shares]))
    shown = np.hstack([piece.astype(bool) for piece in pieces[:_SHOWN]])
    contrast = Contrast("at the white pixels", "white", symbols == 1)
    panel = Pixels(title, contact_sheet(np.stack(pieces).astype(bool)), image_text(shown), sheet)
    return _Drawn(panel, float(symbols.size), contrast)


def _sheet(shares: FloatArray) -> FloatArray:
    """Shares [N, H, W] in the places of their images on a sheet, NaN between them."""
    low, high = float(shares.min()), float(shares.max())
    scaled = (shares - low) / max(high - low, 1e-9)
    sheet = contact_sheet(scaled) / 255 * (high - low) + low
    sheet[contact_sheet(np.ones_like(shares)) != 255] = np.nan
    return sheet


def _motion(pieces: list[Any], shares: Shares, symbols: Any) -> _Drawn:
    motion = pieces[0]
    change = np.abs(np.diff(symbols, axis=0, prepend=symbols[:1])).mean(1)
    contrast = Contrast("in the faster half of the frames", "fast", change > np.median(change))
    places = positions(motion)[-len(symbols) :]
    panel = Poses(
        "Poses over time, with the numbers of their frames", places, bones(motion.skeleton)
    )
    return _Drawn(panel, len(symbols) * motion.frame_time, contrast, "s")


_DRAWN: dict[str, Callable[[list[Any], Shares, Any], _Drawn]] = {
    "text": _text,
    "voices": _voices,
    "music": _roll,
    "drawing": _drawing,
    "image": _image,
    "motion": _motion,
}
