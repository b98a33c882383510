"""Describes how to install the C++ recurrences, if gated was installed without them."""

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

__all__ = ["installation_steps", "reinstall_command", "slow_path_notes"]

_COMPILERS = ("c++", "g++", "clang++")
_WHERE_FROM = (
    "Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; Arch: pacman -S gcc; "
    "Alpine: apk add g++; macOS: xcode-select --install"
)


def slow_path_notes() -> list[str]:
    """Return one sentence for a command that ran without the C++ recurrences, else nothing.

    It is printed with the duration of the command. The forecast is the same with and without them.
    """
    if extension.reason() is None or extension.is_switched_off():
        return []
    return [
        "gated is slower without the C++ recurrences; `gated doctor` shows how to install them."
    ]


def installation_steps() -> list[str]:
    """Return the steps of the installation, one line each."""
    if os.name == "nt":
        return [
            "They cannot be built on Windows; install gated in WSL (Windows Subsystem for Linux)."
        ]
    again = f"GATED_REQUIRE_NATIVE=1 {reinstall_command()}"
    compiler = next(filter(shutil.which, (os.environ.get("CXX") or "c++", *_COMPILERS)), None)
    if compiler is None:
        return [f"Install a C++ compiler ({_WHERE_FROM}), then install gated again:", again]
    return [
        f"The compiler {compiler} is installed. Install gated again, and read its messages:",
        again,
    ]


def reinstall_command() -> str:
    """Return the command that installs gated again from the same source."""
    pip = [sys.executable, "-m", "pip", "install", "--force-reinstall", "--no-deps"]
    return shlex.join([*pip, *_origin()])


def _origin() -> list[str]:
    """Return the arguments for pip that name the source, which pip has recorded (PEP 610)."""
    try:
        recorded = metadata.distribution("gated").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        recorded = None
    if recorded is None:
        # From a package index. Its wheels contain the C++ part, so gated was built here from the
        # source archive without a compiler, or the wheel does not load here: build from source.
        return ["--no-cache-dir", "--no-binary=gated", f"gated=={gated.__version__}"]
    source = json.loads(recorded)
    url = source["url"]
    if "dir_info" in source:
        folder = url2pathname(urlparse(url).path)
        return ["--editable", folder] if source["dir_info"].get("editable") else [folder]
    if "vcs_info" in source:
        vcs = source["vcs_info"]
        return ["--no-cache-dir", f"{vcs['vcs']}+{url}@{vcs['commit_id']}"]
    return ["--no-cache-dir", url]
