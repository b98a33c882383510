"""The command `zero_shot`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common.folders import anchors_folder, data_folder
from benchmarks.common.markdown import report_as_markdown
from benchmarks.common.measure import use_threads
from benchmarks.common.options import (
    AnchorsDir,
    DataDir,
    Json,
    Threads,
    command_group,
    print_report,
)
from benchmarks.zero_shot import inference_speed
from benchmarks.zero_shot import run as zero_shot_benchmark

__all__ = ["commands"]

commands = command_group()


@commands.command("zero_shot")
def zero_shot(
    speed: Annotated[
        bool, typer.Option("--speed", help="Measure latency and throughput instead of accuracy.")
    ] = False,
    others: Annotated[
        bool, typer.Option(help="Also score the tables without published scores (minutes).")
    ] = True,
    threads: Threads = 2,
    data_dir: DataDir = None,
    anchors_dir: AnchorsDir = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Also write the tables to this file, as Markdown.")
    ] = None,
    json: Json = False,
) -> None:
    """Score the pretrained network without training.

    By GIFT-Eval's rules, with the published scores of other models.
    """
    if speed:
        report = inference_speed.run(threads)
    else:
        use_threads(threads)
        report = zero_shot_benchmark.run(
            data_folder(data_dir),
            anchors_folder(anchors_dir),
            threads,
            others=others,
            show_progress=lambda line: print(line, file=sys.stderr),
        )
    if markdown is not None:
        markdown.write_text(report_as_markdown(report), encoding="utf-8")
    print_report(report, json)
