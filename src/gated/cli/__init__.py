"""The terminal: parse, call, print; no mathematics.

`main` is the entry point `gated`. Nothing heavy is imported before a command needs it, so that
`gated --help` answers at once.
"""

import io
import os
import sys
import warnings

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave with its exit code.

    0 done; 2 bad usage or bad input; 1 our own fault; 130 interrupted by Ctrl-C.
    """
    from gated.cli.app import command
    from gated.cli.console.exits import apologise
    from gated.errors import SlowPathWarning

    warnings.simplefilter("ignore", SlowPathWarning)  # commands say it in their own words
    sys.excepthook = apologise
    _occupy_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a label the encoding lacks is no reason to fail
    command().main(prog_name="gated")


def _occupy_closed_streams() -> None:
    """Open what was closed (`>&-`): else the next file would be taken for stdout by libraries."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
