"""Finds the folders of data sets and published figures: option, environment variable or default."""

import os
from dataclasses import dataclass
from pathlib import Path

from benchmarks.common.measure import ROOT
from gated.errors import DataError

__all__ = ["Folder", "anchors_folder", "data_folder"]


@dataclass(frozen=True)
class Folder:
    """A folder of files that are not part of the repository.

    Attributes:
        path: of the folder.
        holds: its content in words, for messages.
        option: the command-line option that names another folder.
        variable: the environment variable that names another folder.
    """

    path: Path
    holds: str
    option: str
    variable: str

    def file(self, name: str) -> Path:
        """The path of a file in it.

        Raises:
            DataError: the file does not exist.
        """
        path = self.path / name
        if not path.is_file():
            raise DataError(
                f"{name} is not in {self.path}. Expected the folder with {self.holds}: name it "
                f"with {self.option} or the environment variable {self.variable}."
            )
        return path


def data_folder(path: Path | None) -> Folder:
    """The folder of data sets; by default `../shared/data`, relative to the repository."""
    return _folder(path, "data", "the benchmark data sets", "--data-dir", "GATED_BENCHMARK_DATA")


def anchors_folder(path: Path | None) -> Folder:
    """The folder of published figures; by default `../shared/anchors`, likewise."""
    holds, variable = "the published figures", "GATED_BENCHMARK_ANCHORS"
    return _folder(path, "anchors", holds, "--anchors-dir", variable)


def _folder(path: Path | None, name: str, holds: str, option: str, variable: str) -> Folder:
    from_environment = os.environ.get(variable)
    default = ROOT.parent / "shared" / name
    chosen = path or (Path(from_environment) if from_environment else default)
    return Folder(chosen, holds, option, variable)
