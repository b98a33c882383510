"""Files of motion capture: BVH; and its picture, a page with an animated stick figure."""

from pathlib import Path

from gated.errors import UsageError
from gated.files import write_whole
from gated.media.motion import (
    Motion,
    bones,
    positions,
    read_motion,
    read_motion_folder,
    resampled,
    write_motion,
)
from gated.plot import stick_figure_page
from gated.tasks.generator.files.base import FileFormat, PieceFiles, ReadAs

__all__ = ["MOTION", "motion_page"]


def _read_motions(path: Path, read_as: ReadAs) -> PieceFiles:
    if path.is_dir():
        folder = read_motion_folder(path, read_as.rate)
        names = list(map(str, folder.paths))
        return PieceFiles("motion", list(folder.motions), names, tuple(folder.notes))
    motion = read_motion(path)
    if read_as.rate is not None:
        motion = resampled(motion, read_as.rate)
    return PieceFiles("motion", [motion], [str(path)], motion.notes)


def _write_motions(path: Path, pieces: list[Motion]) -> None:
    if len(pieces) > 1:
        raise UsageError(f"{path}: {len(pieces)} motions are no single file. Expected one motion.")
    if path.suffix.lower() == ".bvh":
        write_motion(path, pieces[0])
    else:
        write_whole(path, motion_page(pieces[0], path.stem).encode())


def motion_page(motion: Motion, title: str) -> str:
    """An HTML page that shows a motion as an animated stick figure."""
    return stick_figure_page(positions(motion), bones(motion.skeleton), motion.frame_time, title)


MOTION = FileFormat(
    reader=_read_motions,
    prompt=lambda path, codec: read_motion(path),
    writer=_write_motions,
)
