"""A small body, its motions, and files of motion for tests."""

from pathlib import Path

import numpy as np

from gated.media.motion import Motion, Skeleton

ROOT = ("Xposition", "Yposition", "Zposition", "Zrotation", "Yrotation", "Xrotation")
HIERARCHY = """HIERARCHY
ROOT hip
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
  JOINT spine
  {
    OFFSET 0 20.5 -1
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 30 0
    }
  }
  JOINT leg
  {
    OFFSET 8 -5 0
    CHANNELS 1 Xrotation
    JOINT Left Foot
    {
      OFFSET 0 -40 0
      CHANNELS 2 Xrotation Zrotation
      End Site
      {
        OFFSET 0 -3 9.25
      }
    }
  }
}
"""
WIDTH = 12


def frames(count: int = 3) -> np.ndarray:
    """[count, 12] numbers in which each differs from all others."""
    return np.arange(count * WIDTH).reshape(count, WIDTH) * 0.5 - 3.25


def text(values: np.ndarray | None = None, frame_time: str = "0.0333333") -> str:
    """The text of a file, not by the code under test."""
    values = frames() if values is None else values
    lines = [" ".join(f"{value:.6f}" for value in frame) for frame in values]
    head = f"MOTION\nFrames: {len(values)}\nFrame Time: {frame_time}\n"
    return HIERARCHY + head + "\n".join(lines) + "\n"


def save(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def body(order: str = "ZXY") -> Skeleton:
    """A hip, two legs and two arms; all joints below the root turn in this order."""
    turns = tuple(f"{axis}rotation" for axis in order)
    names = ("hip", "lLeg", "lFoot", "rLeg", "rFoot", "lArm", "rArm")
    offsets = [[0, 0, 0], [9, -4, 0], [0, -80, 0], [-9, -4, 0], [0, -80, 0], [18, 50, 0]]
    offsets.append([-18, 50, 0])
    ends = [[0, -4, 12], [0, -4, 12], [55, 0, 0], [-55, 0, 0]]
    return Skeleton(
        names,
        np.array([-1, 0, 1, 0, 3, 0, 0]),
        np.array(offsets, dtype=np.float64),
        (ROOT, turns, turns, turns, turns, turns, turns),
        np.array([2, 4, 5, 6]),
        np.array(ends, dtype=np.float64),
    )


def wild_motion(seed: int, steps: int = 40, order: str = "ZXY", frame_time: float = 0.04) -> Motion:
    """Any angles in all joints, and a root that walks far."""
    rng = np.random.default_rng(seed)
    skeleton = body(order)
    values = rng.uniform(-180, 180, (steps, skeleton.width))
    start = np.array([100, 88, -50])
    values[:, :3] = start + np.cumsum(rng.normal(0, 5, (steps, 3)), axis=0)
    return Motion(skeleton, values, frame_time)


def still_motion(steps: int = 10, frame_time: float = 0.04) -> Motion:
    """Standing upright at height 88, the toes on the ground."""
    skeleton = body()
    values = np.zeros((steps, skeleton.width))
    values[:, 1] = 88.0
    return Motion(skeleton, values, frame_time)
