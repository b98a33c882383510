"""Reads all BVH files of a folder that have the same skeleton."""

from dataclasses import dataclass
from pathlib import Path

from gated.errors import DataError
from gated.media.motion.bvh import read_motion
from gated.media.motion.resampling import check_rate, has_rate, resampled
from gated.media.motion.skeleton import Motion, Skeleton
from gated.text import amount, counted, listed, option

__all__ = ["MotionFolder", "read_motion_folder"]

_EXPECTED = "Expected a folder with BVH files, also in its sub-folders."


@dataclass(frozen=True, eq=False)
class MotionFolder:
    """The motions of a folder.

    Attributes:
        motions: all of one skeleton, in the order of their paths.
        paths: the file of each.
        notes: what was left out or changed.
    """

    motions: list[Motion]
    paths: list[Path]
    notes: tuple[str, ...]

    @property
    def skeleton(self) -> Skeleton:
        """The skeleton of all motions: that of the first."""
        return self.motions[0].skeleton


def read_motion_folder(folder: str | Path, rate: float | None = None) -> MotionFolder:
    """Read all BVH files below a folder.

    A file that cannot be read, or whose skeleton differs from that of the first file, is left out,
    and a note names it with the reason. Hidden files are ignored.

    Args:
        folder: with BVH files, also in its sub-folders.
        rate: frames a second of all motions; by default each has that of its file, and a note says
            where they differ.

    Raises:
        DataError: it is no folder, has no BVH file, or none that can be read.
        UsageError: the rate is out of range.

    Example:
        >>> import tempfile, numpy as np
        >>> from gated.media.motion import write_motion
        >>> turn = Skeleton(
        ...     ("hip",), np.array([-1]), np.zeros((1, 3)), (("Yrotation",),),
        ...     np.array([0]), np.array([[0.0, 1, 0]]))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_motion(f"{folder}/a.bvh", Motion(turn, np.zeros((5, 1)), 0.1))
        ...     write_motion(f"{folder}/b.bvh", Motion(turn, np.zeros((3, 1)), 0.1))
        ...     found = read_motion_folder(folder, rate=20)
        >>> [len(motion.values) for motion in found.motions], found.notes[0].split(': ')[1]
        ([9, 5], '2 of 2 motions resampled from 10 to 20 frames a second')
    """
    if rate is not None:
        check_rate(rate)
    folder = Path(folder)
    motions: list[Motion] = []
    paths: list[Path] = []
    notes: list[str] = []
    for path in _files(folder):
        name = path.relative_to(folder)
        try:
            motion = read_motion(path)
        except DataError as error:
            reason = str(error).removeprefix(str(path)).lstrip(": ")
            notes.append(f"{name} is left out: {reason}")
            continue
        difference = motion.skeleton.difference(motions[0].skeleton) if motions else ""
        if difference:
            notes.append(
                f"{name} is left out: {difference}. Expected the skeleton of "
                f"{paths[0].relative_to(folder)}, the first file. Put it into a folder of its own."
            )
            continue
        notes += [f"{name}: {note.removeprefix(f'{path.name}: ')}" for note in motion.notes]
        motions.append(motion)
        paths.append(path)
    if not motions:
        raise DataError(
            f"{folder}: no file can be read of {counted(len(notes), 'BVH file')}. The first one: "
            f"{notes[0]}"
        )
    notes += _rates(folder, motions, paths, rate)
    if rate is not None:
        motions = [resampled(motion, rate) for motion in motions]
    return MotionFolder(motions, paths, tuple(notes))


def _rates(folder: Path, motions: list[Motion], paths: list[Path], rate: float | None) -> list[str]:
    """Notes on frame rates that differ from the requested one, or from each other."""
    kinds: dict[str, list[Path]] = {}
    for motion, path in zip(motions, paths, strict=True):
        if rate is None or not has_rate(motion, rate):
            kinds.setdefault(amount(1 / motion.frame_time), []).append(path.relative_to(folder))
    if rate is not None:
        return [
            f"{folder}: {len(names):,} of {counted(len(motions), 'motion')} resampled from {old} "
            f"to {amount(rate)} frames a second: {listed(names, limit=3)}."
            for old, names in kinds.items()
        ]
    if len(kinds) == 1:
        return []
    found = ", ".join(f"{len(names):,} of {old}" for old, names in kinds.items())
    return [
        f"{folder}: the frame rates differ: {found} frames a second. Pass {option('rate')} to read "
        "all at one rate."
    ]


def _files(folder: Path) -> list[Path]:
    """All BVH files below the folder, sorted, without hidden ones."""
    if not folder.is_dir():
        found = "is not a folder" if folder.exists() else "there is no such folder"
        raise DataError(f"{folder}: {found}. {_EXPECTED} Check the name.")
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() == ".bvh"
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    if not files:
        raise DataError(f"{folder}: has no BVH file. {_EXPECTED} Check the name of the folder.")
    return files
