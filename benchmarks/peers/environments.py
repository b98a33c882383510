"""The environments of the libraries, one each, as `make peers` leaves them."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.common.measure import ROOT
from benchmarks.peers.libraries import Peer
from benchmarks.speed.startup import Start
from gated.errors import GatedError, UsageError

__all__ = ["DEFAULT", "Environment", "require"]

DEFAULT = ROOT / ".venv-peers"

_NOT_ASKED_FOR = ("pip", "setuptools")  # a new environment has them already


@dataclass(frozen=True)
class Environment:
    """An installed library.

    Attributes:
        peer: which.
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
        return self._ask(
            f"from importlib.metadata import version as v; print(v({self.peer.name!r}))"
        )

    def installed_mb(self) -> float:
        """All that the library brought, in MB (10^6 bytes), pip and setuptools left out."""
        packages = Path(self._ask("import sysconfig; print(sysconfig.get_path('purelib'))"))
        kept = (path for path in packages.iterdir() if not path.name.startswith(_NOT_ASKED_FOR))
        files = (file for path in kept for file in (path.rglob("*") if path.is_dir() else [path]))
        return sum(file.stat().st_size for file in files if file.is_file()) / 1e6

    def import_seconds(self, repeats: int) -> float:
        """Of a new interpreter, the median, after one that is not counted.

        Raises:
            GatedError: the import fails.
        """
        start = Start.of_import(self.peer.imports, str(self.python))
        start.seconds()
        return median(start.seconds() for _ in range(repeats))

    def _ask(self, statement: str) -> str:
        try:
            command = [str(self.python), "-c", statement]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        except subprocess.CalledProcessError as error:
            raise GatedError(
                f"The environment of {self.peer.name} in {self.folder} is not whole: "
                f"{error.stderr.strip().splitlines()[-1]}. Remove it and call `make peers`."
            ) from error
        return done.stdout.strip()


def require(folder: Path, peers: Sequence[Peer]) -> dict[str, Environment]:
    """The environments of these peers, by name.

    Raises:
        UsageError: one is missing.
    """
    found = {peer.name: Environment(peer, folder / peer.name) for peer in peers}
    missing = [name for name, environment in found.items() if not environment.python.exists()]
    if missing:
        raise UsageError(
            f"{folder} has no environment of {', '.join(missing)}. Call `make peers`, or name the "
            "folder with --environments."
        )
    return found
