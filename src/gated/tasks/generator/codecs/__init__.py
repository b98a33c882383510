"""Converts pieces to steps and back: one module for each medium."""

from gated.tasks.generator.codecs.base import Codec, Decoder, Defaults, Feedback, History, Symbols
from gated.tasks.generator.codecs.drawing import DrawingCodec
from gated.tasks.generator.codecs.image import ImageCodec
from gated.tasks.generator.codecs.motion import MotionCodec
from gated.tasks.generator.codecs.rolls import RollCodec
from gated.tasks.generator.codecs.text import TextCodec
from gated.tasks.generator.codecs.voices import VoicesCodec

__all__ = ["CODECS", "Codec", "Decoder", "Defaults", "Feedback", "History", "Symbols"]

CODECS: dict[str, type[Codec]] = {
    codec.medium: codec
    for codec in (TextCodec, RollCodec, VoicesCodec, DrawingCodec, ImageCodec, MotionCodec)
}
