"""Converts motion capture: poses of a body, frame by frame.

    v_t = pose step of `gated.media.motion.to_poses`                            [W]
    x_t = Λ^(−½) U ((v_t − v̄) ⊙ r)                                              [D]

r is the length that a number moves, so that all are lengths: for a rotation the distance from its
joint to the farthest point that it turns, 1 for the height of the root, and ten frames for its
velocities, whose errors add up. U are the principal components of the training poses that hold
99.98 % of the variance, and Λ their variances: each number of a symbol has the variance 1. Noise
of a symbol moves the joints that move together in the training.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array, FloatArray
from gated.errors import DataError, UsageError
from gated.media.motion import (
    Ground,
    Motion,
    Poses,
    Skeleton,
    Start,
    from_poses,
    planted,
    pose_width,
    to_poses,
    without_rest_pose,
)
from gated.numeric import namespace, primitives
from gated.tasks.generator.codecs.base import Codec, Decoder, Defaults, Feedback, History, Symbols
from gated.tasks.generator.codecs.motion_checks import (
    checked_arrays,
    checked_ground,
    checked_skeleton,
)
from gated.tasks.generator.heads import HeadConfig
from gated.tasks.generator.steps import Steps
from gated.text import amount, option

__all__ = ["MotionCodec"]

_SHARE = 0.9998  # of the variance
_MOST_COMPONENTS = 256
_LEAST_SPREAD = 1e-6  # of the first component's: less is rounding
_SUMMED = 10.0
"""Frames over which an error of a velocity adds up."""
_FLAGS = 2  # whether one pose came before, and whether two
_OTHER_RATE = "Convert it with gated.media.motion.resampled."
_SAME_RATE = 1e-4  # relative: files write 1/30 s as 0.0333333 or as 0.033333


class MotionCodec(Codec):
    """A piece is a `Motion`; all have one skeleton and one frame time.

    An input is the last pose, its change in units of the usual change, and which of both there are.

    Args:
        rest: one frame: its skeleton, its frame time, and the places of joints below the root.
        mean: [W] of the poses.
        to_symbols, to_poses: [W, D] and [D, W] the linear maps of deviations from the mean.
        change: [D] the standard deviation of the change of a symbol from a frame to the next.
        start: [D] the pose before a motion without a prompt.
        ground: under the feet; None for a body without joints that are named after feet.
    """

    medium: ClassVar[str] = "motion"
    unit: ClassVar[str] = "pose"
    length_unit: ClassVar[str] = "frames"
    length: ClassVar[int] = 600
    defaults: ClassVar[Defaults] = Defaults(256, 2, 0.3, 100, 12, 500, 2e-3)
    decoded_at_once: ClassVar[bool] = True
    feedback: ClassVar[Feedback | None] = Feedback(4, longest=8, share=0.5, temperature=0.5)

    def __init__(
        self,
        rest: Motion,
        mean: NDArray[np.float32],
        to_symbols: NDArray[np.float32],
        to_poses: NDArray[np.float32],
        change: NDArray[np.float32],
        start: NDArray[np.float32],
        ground: Ground | None = None,
    ) -> None:
        self.rest, self.mean = rest, mean
        self.to_symbols, self.to_poses = to_symbols, to_poses
        self.change, self.start, self.ground = change, start, ground

    @classmethod
    def _learned(cls, pieces: Sequence[Any], names: Sequence[str]) -> Self:
        """See `Codec`."""
        steps: list[FloatArray] = []
        for piece, name in zip(pieces, names, strict=True):
            steps.append(_poses(piece, name, whole=True).values)
            _check_like(piece, pieces[0], name, names[0], _one_rate(pieces[0]))
            if len(piece.values) < 2:
                raise DataError(
                    f"{name} has one frame. Expected at least 2. Leave out motions of one frame."
                )
        first = pieces[0]
        values = np.concatenate(steps)
        mean, reach = values.mean(0), _reach(first.skeleton)
        basis, spread = _components((values - mean) * reach)
        to_symbols = ((basis / spread[:, None]) * reach).T
        symbols = [(each - mean) @ to_symbols for each in steps]
        changes = np.concatenate([np.diff(each, axis=0) for each in symbols])
        arrays = {
            "mean": mean,
            "to_symbols": to_symbols,
            "to_poses": basis * spread[:, None] / reach,
            "change": changes.std(0).clip(min=1e-3),
            "start": symbols[0][0],
        }
        rest = Motion(first.skeleton, first.values[:1], first.frame_time)
        stored = {name: np.asarray(array, dtype=np.float32) for name, array in arrays.items()}
        return cls(rest, **stored, ground=_ground(pieces))

    @property
    def size(self) -> int:
        """Numbers D of a symbol."""
        return len(self.change)

    @property
    def width(self) -> int:
        """See `Codec`."""
        return 2 * self.size + _FLAGS

    @property
    def head(self) -> HeadConfig:
        """See `Codec`."""
        return HeadConfig("pose", self.size, tuple(map(float, self.change)))

    def encode(self, piece: Any, name: str) -> Symbols:
        """See `Codec`: without the rest pose that some files begin with."""
        return self._encoded(piece, name, whole=True)

    def encode_prompt(self, piece: Any) -> Symbols:
        """See `Codec`: all frames."""
        return self._encoded(piece, "The prompt", whole=False)

    def _encoded(self, piece: Any, name: str, whole: bool) -> Symbols:
        poses = _poses(piece, name, whole)
        _check_like(piece, self.rest, name, "the motions of the training", _OTHER_RATE)
        return np.asarray((poses.values - self.mean) @ self.to_symbols, dtype=np.float32)

    def stacked(self, symbols: Sequence[Any]) -> Symbols:
        """See `Codec`."""
        return np.array(symbols, dtype=np.float32).reshape(-1, self.size)

    def poses(self, symbols: Symbols) -> FloatArray:
        """[T, W] the pose steps of symbols."""
        return np.asarray(self.mean + symbols.astype(np.float64) @ self.to_poses)

    def cut(self, symbols: Symbols, near: int) -> int:
        """See `Codec`: where each part has two poses, so that a change can be scored."""
        return near if 2 <= near <= len(symbols) - 2 else 0

    def decode(self, symbols: Symbols) -> Motion:
        """See `Codec`: from the place 0, looking to z."""
        return from_poses(Poses(self.poses(symbols), self.rest.frame_time), self.rest)

    def joined(self, parts: list[Any], prompt: Any = None) -> Motion:
        """See `Codec`."""
        values = np.concatenate([part.values for part in parts])
        return Motion(self.rest.skeleton, values, self.rest.frame_time)

    def decoder(self) -> Decoder:
        """See `Codec`: parts go on in place and heading, and the supporting foot stays."""
        return _MotionDecoder(self)

    def steps(self, symbols: Symbols, begin: int, end: int) -> Steps:
        """See `Codec`."""
        last = np.concatenate([self.start[None], symbols[: end - 1]])  # [end, D] before each step
        changes = np.diff(last, axis=0, prepend=last[:1]) / self.change
        changes[:2] = 0  # there is no pose before the first one
        place = np.arange(end)[:, None]
        inputs = np.concatenate([last, place >= 1, changes, place >= 2], 1)[begin:]
        is_scored = np.arange(begin, end) > 0
        return Steps(inputs.astype(np.float32), symbols[begin:end], None, is_scored, is_scored)

    def fed_back(self, inputs: Array, symbols: Array) -> Array:
        """See `Codec`."""
        size = self.size
        xp, place, is_new = namespace(inputs), inputs[..., size : size + 1], inputs[..., -1:]
        last = xp.concat([inputs[:, :1, :size], symbols[:, :-1]], axis=1)
        changes = (last[:, 1:] - last[:, :-1]) / primitives(inputs).like(self.change, inputs)
        changes = xp.concat([inputs[:, :1, size + 1 : -1], changes], axis=1) * is_new
        return xp.concat([last, place, changes, is_new], axis=-1)

    def history(self) -> History:
        """See `Codec`."""
        return _MotionHistory(self)

    def to_json(self) -> dict[str, Any]:
        """See `Codec`."""
        skeleton = self.rest.skeleton
        return {
            "names": list(skeleton.names),
            "parents": skeleton.parents.tolist(),
            "offsets": skeleton.offsets.tolist(),
            "channels": [list(each) for each in skeleton.channels],
            "ends": skeleton.ends.tolist(),
            "end_offsets": skeleton.end_offsets.tolist(),
            "frame_time": self.rest.frame_time,
            "ground": self.ground and [self.ground.height, self.ground.contact],
            "rest": self.rest.values[0].astype(np.float32),
            "mean": self.mean,
            "to_symbols": self.to_symbols,
            "to_poses": self.to_poses,
            "change": self.change,
            "start": self.start,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """See `Codec`."""
        skeleton = checked_skeleton(stored)
        arrays = checked_arrays(stored, pose_width(skeleton), skeleton.width)
        rest = Motion(
            skeleton, arrays.pop("rest")[None].astype(np.float64), float(stored["frame_time"])
        )
        return cls(rest, **arrays, ground=checked_ground(stored["ground"], skeleton))


class _MotionHistory(History):
    """The last two poses."""

    def __init__(self, codec: MotionCodec) -> None:
        self._codec = codec
        self._last, self._before = codec.start, codec.start
        self._length = 0

    def inputs(self) -> NDArray[np.float32]:
        size = self._codec.size
        inputs = np.zeros(self._codec.width, dtype=np.float32)
        inputs[:size] = self._last
        if self._length >= 1:
            inputs[size] = 1
        if self._length >= 2:
            inputs[size + 1 : -1] = (self._last - self._before) / self._codec.change
            inputs[-1] = 1
        return inputs

    def push(self, symbol: Any) -> None:
        self._before, self._last = self._last, np.asarray(symbol, dtype=np.float32)
        self._length += 1

    @property
    def length(self) -> int:
        return self._length

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "last": self._last.copy(),
            "before": self._before.copy(),
            "count": np.array([self._length]),
        }

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._last, self._before = np.array(arrays["last"]), np.array(arrays["before"])
        self._length = int(arrays["count"][0])


class _MotionDecoder(Decoder):
    """The last pose, and where it is. Only a generated motion is planted, so that `decode` of the
    codec gives a recorded one back.
    """

    def __init__(self, codec: MotionCodec) -> None:
        self._motion = codec
        self._last = np.zeros((0, pose_width(codec.rest.skeleton)))
        self._start = Start()

    def read(self, piece: Any) -> None:
        poses = to_poses(piece)
        self._go_on(poses, piece, poses.start)

    def decode(self, symbols: Symbols) -> Motion:
        values = np.concatenate([self._last, self._motion.poses(symbols)])
        rest, ground = self._motion.rest, self._motion.ground
        poses = Poses(values, rest.frame_time, self._start)
        if ground is not None:
            poses = planted(poses, rest, ground)
        motion = from_poses(poses, rest)
        begin = len(self._last)
        self._go_on(poses, motion, self._start)
        return Motion(rest.skeleton, motion.values[begin:], rest.frame_time)

    def _go_on(self, poses: Poses, motion: Motion, start: Start) -> None:
        channels = self._motion.rest.skeleton.channels[0]
        x, z = (float(motion.values[-1, channels.index(f"{axis}position")]) for axis in "XZ")
        heading = start.heading + float(poses.values[1:, 3].sum())
        self._last, self._start = poses.values[-1:], Start(x, z, heading)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        width = pose_width(self._motion.rest.skeleton)
        last = self._last if len(self._last) else np.full((1, width), np.nan)
        start = self._start
        return {"pose": last[0].copy(), "place": np.array([start.x, start.z, start.heading])}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        last = np.array(arrays["pose"])[None]
        self._last = last[: int(np.isfinite(last).all())]
        self._start = Start(*map(float, arrays["place"]))


def _ground(motions: Sequence[Motion]) -> Ground | None:
    try:
        return Ground.under(motions)
    except UsageError:  # it has no feet
        return None


def _reach(skeleton: Skeleton) -> FloatArray:
    """[W] the length that each number of a pose moves."""
    joints = len(skeleton.names)
    reach = np.zeros(joints)
    for end, joint in enumerate(skeleton.ends):
        reach[joint] = max(reach[joint], np.linalg.norm(skeleton.end_offsets[end]))
    for joint in range(joints - 1, 0, -1):
        parent = int(skeleton.parents[joint])
        length = float(np.linalg.norm(skeleton.offsets[joint]))
        reach[parent] = max(reach[parent], length + reach[joint])
    reach = reach.clip(min=1e-2 * max(float(reach.max()), 1e-9))
    return np.concatenate([[_SUMMED, _SUMMED, 1, _SUMMED * reach[0]], np.repeat(reach, 6)])


def _components(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """[D, W] the principal components of centred values [T, W], and their deviations [D]."""
    variances, basis = np.linalg.eigh(values.T @ values / len(values))
    variances, basis = variances[::-1].clip(min=0), basis[:, ::-1].T
    if variances[0] == 0:
        raise DataError("The motions do not move: all poses are the same. Expected movement.")
    cumulated = variances.cumsum() / variances.sum()
    count = min(int((cumulated < _SHARE).sum()) + 1, _MOST_COMPONENTS)
    count = min(count, int((variances > _LEAST_SPREAD**2 * variances[0]).sum()))
    return basis[:count], np.sqrt(variances[:count])


def _poses(piece: Any, name: str, whole: bool) -> Poses:
    if not isinstance(piece, Motion):
        raise DataError(
            f"{name} is a {type(piece).__name__}. Expected a Motion. Read it with "
            "gated.media.motion.read_motion."
        )
    try:
        return to_poses(without_rest_pose(piece) if whole else piece)
    except UsageError as error:
        raise DataError(f"{name}: {error}") from error


def _one_rate(first: Motion) -> str:
    rate = amount(1 / first.frame_time)
    return (
        f"Pass {option('rate')} to read all at one rate, such as {rate}, or convert it with "
        "gated.media.motion.resampled."
    )


def _check_like(piece: Motion, first: Motion, name: str, other: str, advice: str) -> None:
    difference = piece.skeleton.difference(first.skeleton)
    if difference:
        raise DataError(
            f"{name} has another skeleton than {other}: {difference}. Expected the same. Train on "
            "its motions by themselves."
        )
    if abs(piece.frame_time / first.frame_time - 1) > _SAME_RATE:
        rate = amount(1 / first.frame_time)
        raise DataError(
            f"{name} has {amount(1 / piece.frame_time)} frames a second. Expected {rate}, as "
            f"{other}. {advice}"
        )
