"""The terminal of the benchmarks: `python -m benchmarks NAME [options]`."""

import sys

import typer

from benchmarks.answers.commands import commands as answers
from benchmarks.explain.commands import commands as explain
from benchmarks.forecasting.commands import commands as forecasting
from benchmarks.layers.commands import commands as layers
from benchmarks.live.commands import commands as live
from benchmarks.memory.commands import commands as memory
from benchmarks.peers.commands import commands as peers
from benchmarks.scale.commands import commands as scale
from benchmarks.sequences.commands import commands as sequences
from benchmarks.speed.commands import commands as speed
from benchmarks.synthetic.commands import commands as synthetic
from benchmarks.zero_shot.commands import commands as zero_shot
from gated.errors import GatedError

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Accuracy, speed, memory and start-up of gated. docs/results/benchmarks.md defines the "
    "figures.",
)
for room in (
    *(zero_shot, forecasting, explain, layers, memory, peers),
    *(sequences, answers, speed, live, scale, synthetic),
):
    app.add_typer(room)


def main() -> None:
    """Run the terminal; a fault of the user is one message on stderr and exit code 2."""
    try:
        app(prog_name="python -m benchmarks")
    except GatedError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
