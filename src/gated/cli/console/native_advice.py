"""What is said where gated was installed without the C++ recurrences, and how to get them."""

import json
import os
import shlex
import shutil
import sys
from importlib import metadata
from urllib.parse import urlparse
from urllib.request import url2pathname

import gated
from gated.ops.cpu import extension

__all__ = ["how_to_get_the_fast_path", "reinstallation", "why_slower"]

_COMPILERS = ("c++", "g++", "clang++")
_WHERE_FROM = (
    "Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; Arch: pacman -S gcc; "
    "Alpine: apk add g++; macOS: xcode-select --install"
)


def why_slower() -> list[str]:
    """One sentence for a command that learned without the C++ recurrences; else nothing.

    It belongs beside the seconds that the command took: a person who finds them too many can do
    something about them, and the forecast is the same either way.
    """
    if extension.reason() is None or extension.is_switched_off():
        return []
    return ["Learning takes longer without the C++ recurrences; `gated doctor` tells about them."]


def how_to_get_the_fast_path() -> list[str]:
    """What to do, in the order of doing it."""
    if os.name == "nt":
        return ["On Windows itself they cannot be built; in WSL, its Linux, they can."]
    again = f"GATED_REQUIRE_NATIVE=1 {reinstallation()}"
    compiler = next(filter(shutil.which, (os.environ.get("CXX") or "c++", *_COMPILERS)), None)
    if compiler is None:
        return [f"Install a C++ compiler ({_WHERE_FROM}), then gated once more:", again]
    return [
        f"The compiler {compiler} is here. Install gated once more, and see what it says:",
        again,
    ]


def reinstallation() -> str:
    """The command that installs this gated again, from where it came and the way it was."""
    pip = [sys.executable, "-m", "pip", "install", "--force-reinstall", "--no-deps"]
    return shlex.join([*pip, *_origin()])


def _origin() -> list[str]:
    """What to hand to pip; pip itself notes where a package came from (PEP 610)."""
    try:
        noted = metadata.distribution("gated").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        noted = None
    if noted is None:  # came from a package index, whose ready-made files hold no C++ part
        return ["--no-cache-dir", "--no-binary=gated", f"gated=={gated.__version__}"]
    came_from = json.loads(noted)
    url = came_from["url"]
    if "dir_info" in came_from:
        folder = url2pathname(urlparse(url).path)
        return ["--editable", folder] if came_from["dir_info"].get("editable") else [folder]
    if "vcs_info" in came_from:
        vcs = came_from["vcs_info"]
        return ["--no-cache-dir", f"{vcs['vcs']}+{url}@{vcs['commit_id']}"]
    return ["--no-cache-dir", url]
