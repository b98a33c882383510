"""Runs the command line: it parses options, calls the library and prints results.

`main` is the entry point `gated`. Large libraries are imported only when a command needs them, so
that `gated --help` is fast.
"""

import gc
import io
import os
import sys
import warnings

__all__ = ["main"]

_OBJECTS = 50_000  # between two searches for garbage: a short process frees little of what it makes


def main() -> None:
    """Run the command line and exit with its code.

    0: success; 2: an error in the usage or the input; 1: a fault in gated; 130: Ctrl-C.
    """
    from gated.threads import limit_threads

    limit_threads()
    gc.set_threshold(_OBJECTS)
    from gated.cli.app import command
    from gated.cli.console.exits import print_unexpected_error
    from gated.errors import SlowPathWarning

    warnings.simplefilter("ignore", SlowPathWarning)  # the commands print their own sentence
    sys.excepthook = print_unexpected_error
    _occupy_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # for labels that the encoding cannot represent
    command().main(prog_name="gated")


def _occupy_closed_streams() -> None:
    """Open closed streams (`>&-`): else libraries write to the next opened file as if to stdout."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
