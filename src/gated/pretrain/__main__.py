"""Pretrains the forecasting network in a folder, or resumes: `python -m gated.pretrain FOLDER`."""

import argparse
import sys
from pathlib import Path

import torch

from gated.pretrain.export import export_weights
from gated.pretrain.run import Run, RunConfig
from gated.pretrain.validation import read_validation_tables, scores

_INTERRUPTED = 130  # exit code of a program that Ctrl-C ended, by the shells' convention


def main(arguments: list[str] | None = None) -> None:
    """Parse the options, then train or export."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    config = RunConfig(
        int(options.windows),
        learning_rate=options.learning_rate,
        hidden_size=options.hidden_size,
        num_layers=options.num_layers,
        seed=options.seed,
    )
    tables = read_validation_tables(options.tables) if options.tables else None
    score = (lambda network: scores(network, tables)) if tables is not None else None
    device, every = torch.device(options.device), options.every * 60
    run = Run(options.folder, config, device, score, every, options.start)
    if options.export is not None:
        export_weights(run, options.export)
        return
    try:
        run.run(options.minutes * 60)
    except KeyboardInterrupt:
        print(f"Interrupted after {run.windows:,} windows. The same command resumes from there.")
        sys.exit(_INTERRUPTED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gated.pretrain", description=__doc__)
    add = parser.add_argument
    add("folder", type=Path, help="folder of the run; a run that is there is resumed")
    add("--windows", type=float, default=10e6, help="windows to train on (default: 10 million)")
    add("--minutes", type=float, default=float("inf"), help="save and stop after this time")
    add("--tables", type=Path, help="folder of CSV or Parquet tables to validate on")
    add("--start", type=Path, help="file of pretrained weights that a new run begins with")
    add("--export", type=Path, help="do not train: write weights and card of the run to a folder")
    add("--every", type=float, default=10, help="minutes between entries of the log")
    add("--hidden-size", type=int, default=RunConfig.hidden_size)
    add("--num-layers", type=int, default=RunConfig.num_layers)
    add("--learning-rate", type=float, default=RunConfig.learning_rate)
    add("--seed", type=int, default=0)
    add("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    add("--threads", type=int, default=torch.get_num_threads())
    return parser


if __name__ == "__main__":
    main()
