"""Where the data and the published figures lie: an option, an environment variable, a default."""

import os
from dataclasses import dataclass
from pathlib import Path

from benchmarks.common.measure import ROOT
from gated.errors import DataError

__all__ = ["Folder", "anchors_folder", "data_folder"]


@dataclass(frozen=True)
class Folder:
    """A folder of files that are not part of the project.

    Attributes:
        path: where it is looked for.
        holds: what it holds, in words.
        option, variable: how to name another.
    """

    path: Path
    holds: str
    option: str
    variable: str

    def file(self, name: str) -> Path:
        """The path of one of its files.

        Raises:
            DataError: there is no such file; the message says how to name another folder.
        """
        path = self.path / name
        if not path.is_file():
            raise DataError(
                f"{name} is not in {self.path}. Expected the folder with {self.holds}: name it "
                f"with {self.option} or the environment variable {self.variable}."
            )
        return path


def data_folder(path: Path | None) -> Folder:
    """The folder of data sets; by default `../shared/data` beside the repository."""
    return _folder(path, "data", "the benchmark data sets", "--data-dir", "GATED_BENCHMARK_DATA")


def anchors_folder(path: Path | None) -> Folder:
    """The folder of published figures; by default `../shared/anchors` beside the repository."""
    holds, variable = "the published figures", "GATED_BENCHMARK_ANCHORS"
    return _folder(path, "anchors", holds, "--anchors-dir", variable)


def _folder(path: Path | None, name: str, holds: str, option: str, variable: str) -> Folder:
    named = os.environ.get(variable)
    chosen = path or (Path(named) if named else ROOT.parent / "shared" / name)
    return Folder(chosen, holds, option, variable)
