"""Trains `Generator` on dances; measures long generated ones, and the prediction of 400 ms."""

import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet
from gated import Generator
from gated.media.motion import (
    Motion,
    energy,
    foot_points,
    foot_skate,
    frozen_seconds,
    joint_speed,
    positions,
    without_rest_pose,
)
from gated.media.motion.hierarchy import parse_hierarchy
from gated.media.motion.rotations import matrix_to_axis_angle
from gated.media.motion.transforms import local_rotations
from gated.tasks.generator.codecs.motion import MotionCodec
from gated.tasks.generator.heads.pose import DRAWN, PoseHead, next_noise
from gated.tasks.generator.trainable_network import TrainableGeneratorNetwork

__all__ = [
    "NAME",
    "Dances",
    "Liveliness",
    "continued",
    "error_ratios",
    "liveliness",
    "prompts",
    "read_dances",
    "run",
]

NAME = "salsa"

_RATE = 30
_TEST_TAKES, _VALIDATION_TAKES = (14, 15), (12, 13)
_PARTNER = 15  # clips n and n + 15 are the two dancers of one take
_PROMPT = 60  # frames that are read before a prediction or a generation
_HORIZONS = (0.08, 0.16, 0.32, 0.40)  # seconds
_EVERY = 5  # frames between two predictions
_STARTS, _LENGTH = 20, 18_000
_TIMED = 2_000  # frames
_PROTOCOL = (
    "CMU salsa at 30 Hz: takes 14 and 15 of both dancers are the test part (clips 14, 15, 29, "
    f"30), 12 and 13 the validation part; {_STARTS} starts of {_PROMPT} frames, {_LENGTH:,} frames "
    "each; alive: finite, no 2 s below 10 % of the median speed, energy 0.3 to 3 of the data's; "
    "error: root of the summed squared angles of the joints below the root, mean prediction"
)


@dataclass(frozen=True)
class Dances:
    """The clips in three parts, cut by name; both dancers of a take are in the same part."""

    train: list[Motion]
    validation: list[Motion]
    test: list[Motion]


def read_dances(folder: Folder) -> Dances:
    """Read the clips."""
    with np.load(folder.file("motion/cmu_salsa_30fps.npz"), allow_pickle=False) as file:
        text = str(file["hierarchy"]).replace("{", " { ").replace("}", " } ")
        lines = enumerate(text.splitlines(), 1)
        skeleton, _ = parse_hierarchy([(word, at) for at, line in lines for word in line.split()])
        ends = np.concatenate([[0], np.cumsum(file["length"])])
        frames = file["frames"].astype(np.float64)
        clips = {
            int(str(name).removesuffix(".bvh")): without_rest_pose(
                Motion(skeleton, frames[a:b], 1 / _RATE)
            )
            for name, (a, b) in zip(file["name"], itertools.pairwise(ends), strict=True)
        }
    parts: tuple[list[Motion], ...] = ([], [], [])
    for number, clip in sorted(clips.items()):
        take = number - _PARTNER if number > _PARTNER else number
        parts[2 if take in _TEST_TAKES else 1 if take in _VALIDATION_TAKES else 0].append(clip)
    return Dances(*parts)


def continued(
    model: Generator, prompts: list[Motion], length: int, temperature: float, seed: int
) -> Iterator[Motion]:
    """Continue motions of equal length, all at once: what `generate` does for one.

    The motions are yielded one by one, because all of them take much memory.

    Args:
        model: fitted.
        prompts: T frames each.
        length: frames to add.
        temperature: of the draws; 0 for the mean prediction.
        seed: of the draws.
    """
    stored = model._fitted
    codec, network = stored.codec, TrainableGeneratorNetwork.of(stored.network)
    head = network.head.now()
    assert isinstance(codec, MotionCodec)
    assert isinstance(head, PoseHead)
    symbols = np.stack([codec.encode_prompt(prompt) for prompt in prompts])
    steps = [codec.steps(each, 0, len(each)).inputs for each in symbols]
    generator = torch.Generator().manual_seed(seed)
    made = np.empty((len(prompts), length, codec.size), dtype=np.float32)
    with torch.inference_mode():
        inputs = torch.from_numpy(np.stack(steps))
        _, state = network.features(inputs, network.initial_state(len(prompts)))
        inputs, symbol = inputs[:, -1:], torch.from_numpy(symbols[:, -1:])
        noise = torch.zeros_like(symbol)
        for index in range(length):
            inputs = _next_inputs(codec, inputs, symbol)
            features, state = network.features(inputs, state)
            noise = next_noise(noise, torch.randn(symbol.shape, generator=generator))
            scaled = DRAWN * temperature * noise
            symbol = head.predicted(features, scaled)
            made[:, index] = symbol[:, 0].numpy()
    for prompt, each in zip(prompts, made, strict=True):
        decoder = codec.decoder()
        decoder.read(prompt)
        yield decoder.decode(each)


def _next_inputs(codec: MotionCodec, inputs: Tensor, symbol: Tensor) -> Tensor:
    """[B, 1, I] after a symbol [B, 1, D], of the inputs [B, 1, I] that it was predicted from."""
    twice = torch.cat([inputs, inputs], 1)
    twice[..., -1] = 1  # two poses came before
    found: Tensor = codec.fed_back(twice, torch.cat([symbol, symbol], 1))[:, 1:]
    return found


@dataclass(frozen=True)
class Liveliness:
    """What generated dances are like, each figure ÷ that of recorded ones.

    Attributes:
        energy: lowest and highest of the dances.
        frozen: the longest time that one stands still, in seconds.
        skate: foot skate, the mean of all.
        alive: dances that are finite, never stand still for 2 s, and have 0.3 to 3 of the energy.
    """

    energy: tuple[float, float]
    frozen: float
    skate: float
    alive: int


def liveliness(made: Iterable[Motion], recorded: list[Motion]) -> Liveliness:
    """Compare generated dances with recorded ones."""
    feet = foot_points(recorded[0].skeleton)
    known = [positions(motion) for motion in recorded]
    time_step = recorded[0].frame_time
    median = float(np.median(np.concatenate([joint_speed(each, time_step) for each in known])))
    usual = float(np.mean([energy(each, time_step) for each in known]))
    skate = float(np.mean([foot_skate(each, feet, time_step) for each in known]))
    energies, frozen, skates = [], [], []
    for motion in made:
        points = positions(motion)
        energies.append(energy(points, time_step) / usual)
        frozen.append(frozen_seconds(points, time_step, median))
        skates.append(foot_skate(points, feet, time_step) / skate)
    alive = sum(
        0.3 <= share <= 3 and still < 2 for share, still in zip(energies, frozen, strict=True)
    )
    return Liveliness((min(energies), max(energies)), max(frozen), float(np.nanmean(skates)), alive)


def error_ratios(model: Generator, clips: list[Motion]) -> list[float]:
    """The angle error of the mean prediction ÷ that of the last pose, at each horizon.

    The error of a pose is the root of the sum over the joints below the root of the squared angle
    between the predicted and the actual rotation. Between two frames it is interpolated.
    """
    longest = int(np.ceil(max(_HORIZONS) * _RATE))
    prompts, actual = [], []
    for clip in clips:
        for at in range(_PROMPT, len(clip.values) - longest + 1, _EVERY):
            prompts.append(_cut(clip, at - _PROMPT, at))
            actual.append(local_rotations(_cut(clip, at, at + longest))[:, 1:])
    made = continued(model, prompts, longest, 0.0, 0)
    errors = np.zeros((2, longest + 1))
    for prompt, motion, expected in zip(prompts, made, actual, strict=True):
        still = local_rotations(_cut(prompt, _PROMPT - 1, _PROMPT))[:, 1:]
        errors[0, 1:] += _angles(local_rotations(motion)[:, 1:], expected)
        errors[1, 1:] += _angles(np.broadcast_to(still, expected.shape), expected)
    places = np.arange(longest + 1) / _RATE
    found, zero = (np.interp(_HORIZONS, places, each) for each in errors)
    return [float(ratio) for ratio in found / zero]


def _angles(found: NDArray[np.float64], expected: NDArray[np.float64]) -> Any:
    """[T] errors of rotations [T, J, 3, 3]."""
    turns = matrix_to_axis_angle(np.swapaxes(found, -1, -2) @ expected)
    return np.sqrt(np.square(turns).sum((-1, -2)))


def _cut(motion: Motion, begin: int, end: int) -> Motion:
    return Motion(motion.skeleton, motion.values[begin:end], motion.frame_time)


def prompts(clips: list[Motion], count: int) -> list[Motion]:
    """Cut so many beginnings from clips, evenly spaced in each."""
    each = -(-count // len(clips))
    found = [
        _cut(clip, int(at), int(at) + _PROMPT)
        for clip in clips
        for at in np.linspace(0, len(clip.values) - _PROMPT, each)
    ]
    return found[:count]


def run(folder: Folder, seeds: tuple[int, ...], threads: int, *, validation: bool) -> Report:
    """Measure the dances.

    Args:
        folder: of the data sets.
        seeds: one training each.
        threads: of the training; generation uses one.
        validation: score the validation part; the test part is not used.
    """
    described = machine(threads)
    dances = read_dances(folder)
    rows: list[Row] = []
    for seed in seeds:
        show_progress(f"{NAME}, seed {seed}")
        rows.append(in_fresh_process(threads, _measured, dances, seed, validation))
    columns = (
        Column("seed", "seed", 0),
        Column("alive", f"alive of {_STARTS}", 0),
        Column("frozen", "longest stillness, s", 2),
        Column("energy", "energy ÷ data's, lowest and highest"),
        Column("skate", "foot skate ÷ data's", 2),
        *(
            Column(f"r{horizon}", f"error at {1000 * horizon:.0f} ms ÷ last pose's", 3)
            for horizon in _HORIZONS
        ),
        Column("nats", "nats per pose", 2),
        Column("seconds", "seconds of training", 0),
        Column("weights", "weights", 0),
        Column("speed", "frames a second", 0),
    )
    facts: dict[str, str | int | bool] = {
        "data": NAME,
        "seeds": ",".join(map(str, seeds)),
        "figure": "each seed by itself",
        "validation": validation,
        "published": (
            "error at 80/160/320/400 ms ÷ last pose's 0.86/0.91/0.91/0.96 (residual GRU, Human3.6M,"
            " arXiv 1705.02445); 18,000 frames without freezing (arXiv 1707.05363)"
        ),
    }
    return Report("sequences", facts, described, [Sheet("sequences", _PROTOCOL, columns, rows)])


def _measured(dances: Dances, seed: int, validation: bool) -> Row:
    """Train with the defaults, and measure."""
    model = Generator("motion", seed=seed)
    begin = time.perf_counter()
    model.fit(dances.train, dances.validation)
    seconds = time.perf_counter() - begin
    clips = dances.validation if validation else dances.test
    starts = prompts(clips, _STARTS)
    made = continued(model, starts, _LENGTH, 1.0, seed)
    found = liveliness(made, dances.train + dances.validation)
    ratios = error_ratios(model, clips)
    torch.set_num_threads(1)
    begin = time.perf_counter()
    model.generate(length=_TIMED, seed=0)
    speed = _TIMED / (time.perf_counter() - begin)
    return {
        "seed": seed,
        "alive": found.alive,
        "frozen": found.frozen,
        "energy": f"{found.energy[0]:.2f} {found.energy[1]:.2f}",
        "skate": found.skate,
        **{f"r{horizon}": ratio for horizon, ratio in zip(_HORIZONS, ratios, strict=True)},
        "nats": model.score(clips),
        "seconds": seconds,
        "weights": model.weights_,
        "speed": speed,
    }
