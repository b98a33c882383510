"""Folders outside the repository that some tests read, and skip without."""

from pathlib import Path

DATA = Path(__file__).parents[2] / "shared/data"
