"""The command `synthetic`."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common.options import Json, Threads, command_group, print_report
from benchmarks.synthetic import run as synthetic_benchmark
from benchmarks.synthetic.drawn_and_real import compare
from benchmarks.synthetic.gallery_chart import gallery_picture
from gated.synthetic.gallery import GALLERY

__all__ = ["commands"]

commands = command_group()


@commands.command()
def synthetic(
    pictures: Annotated[
        Path | None, typer.Option(help="Only draw a picture of each family into this folder.")
    ] = None,
    real: Annotated[
        Path | None,
        typer.Option("--compare", help="Compare with the tables of this folder (training parts)."),
    ] = None,
    threads: Threads = 2,
    json: Json = False,
) -> None:
    """Time or draw the synthetic series, or compare them with real ones."""
    if real is not None:
        print_report(compare(real), json)
        return
    if pictures is None:
        print_report(synthetic_benchmark.run(threads), json)
        return
    for group in GALLERY:
        (pictures / f"synthetic_{group}.svg").write_text(gallery_picture(group), encoding="utf-8")
