"""Converts motion capture (BVH) to arrays and back, to pose steps, and to places of joints."""

from gated.media.motion.bvh import read_motion, write_motion
from gated.media.motion.folders import MotionFolder, read_motion_folder
from gated.media.motion.kinematics import (
    bones,
    energy,
    foot_contact,
    foot_points,
    foot_skate,
    frozen_seconds,
    joint_speed,
    positions,
)
from gated.media.motion.planting import Ground, planted
from gated.media.motion.poses import Poses, Start, from_poses, pose_width, to_poses
from gated.media.motion.resampling import resampled
from gated.media.motion.rest_pose import without_rest_pose
from gated.media.motion.skeleton import Motion, Skeleton

__all__ = [
    "Ground",
    "Motion",
    "MotionFolder",
    "Poses",
    "Skeleton",
    "Start",
    "bones",
    "energy",
    "foot_contact",
    "foot_points",
    "foot_skate",
    "from_poses",
    "frozen_seconds",
    "joint_speed",
    "planted",
    "pose_width",
    "positions",
    "read_motion",
    "read_motion_folder",
    "resampled",
    "to_poses",
    "without_rest_pose",
    "write_motion",
]
