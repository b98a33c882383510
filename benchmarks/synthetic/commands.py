"""The command `synthetic`."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common.options import Json, Threads, command_group, print_report
from benchmarks.synthetic import run as synthetic_benchmark
from benchmarks.synthetic.gallery_chart import picture
from gated.synthetic.gallery import GALLERY

__all__ = ["commands"]

commands = command_group()


@commands.command()
def synthetic(
    pictures: Annotated[
        Path | None, typer.Option(help="Only draw a picture of each family into this folder.")
    ] = None,
    threads: Threads = 2,
    json: Json = False,
) -> None:
    """Time or draw the synthetic series."""
    if pictures is None:
        print_report(synthetic_benchmark.run(threads), json)
        return
    for group in GALLERY:
        (pictures / f"synthetic_{group}.svg").write_text(picture(group), encoding="utf-8")
