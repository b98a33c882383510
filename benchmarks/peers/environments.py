"""The virtual environments of the libraries, one each, which `make peers` installs."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.common.measure import ROOT
from benchmarks.peers.libraries import Peer
from benchmarks.speed.startup import TimedCommand
from gated.errors import GatedError, UsageError

__all__ = ["DEFAULT_FOLDER", "Environment", "require_environments"]

DEFAULT_FOLDER = ROOT / ".venv-peers"

_NOT_COUNTED = ("pip", "setuptools")  # part of every new environment


@dataclass(frozen=True)
class Environment:
    """The environment of an installed library.

    Attributes:
        peer: the library.
        folder: its virtual environment.
    """

    peer: Peer
    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def version(self) -> str:
        """The version of the library.

        Raises:
            GatedError: it is not installed there.
        """
        return self._output_of(
            f"from importlib.metadata import version as v; print(v({self.peer.name!r}))"
        )

    def installed_mb(self) -> float:
        """Size of the library and its dependencies in MB (10^6 bytes); no pip, no setuptools."""
        packages = Path(self._output_of("import sysconfig; print(sysconfig.get_path('purelib'))"))
        counted = (path for path in packages.iterdir() if not path.name.startswith(_NOT_COUNTED))
        files = (
            file for path in counted for file in (path.rglob("*") if path.is_dir() else [path])
        )
        return sum(file.stat().st_size for file in files if file.is_file()) / 1e6

    def import_seconds(self, repeats: int) -> float:
        """Median seconds of the import in new interpreters, after one that is not counted.

        Raises:
            GatedError: the import fails.
        """
        command = TimedCommand.of_import(self.peer.imports, str(self.python))
        command.seconds()
        return median(command.seconds() for _ in range(repeats))

    def _output_of(self, statement: str) -> str:
        try:
            command = [str(self.python), "-c", statement]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        except subprocess.CalledProcessError as error:
            raise GatedError(
                f"The environment of {self.peer.name} in {self.folder} is incomplete: "
                f"{error.stderr.strip().splitlines()[-1]}. Remove the folder and run `make peers`."
            ) from error
        return done.stdout.strip()


def require_environments(folder: Path, peers: Sequence[Peer]) -> dict[str, Environment]:
    """Name of each library to its environment.

    Raises:
        UsageError: an environment is missing.
    """
    environments = {peer.name: Environment(peer, folder / peer.name) for peer in peers}
    missing = [name for name, one in environments.items() if not one.python.exists()]
    if missing:
        raise UsageError(
            f"{folder} has no environment of {', '.join(missing)}. Run `make peers`, or name the "
            "folder with --environments."
        )
    return environments
