"""`python -m gated.pretrain FOLDER`: train the shipped network, or go on training it."""

import argparse
import sys
from pathlib import Path

import torch

from gated.pretrain.run import Run, RunConfig
from gated.pretrain.shipping import ship
from gated.pretrain.validation import read_tables, scores

_INTERRUPTED = 130  # as a shell tells it


def main(arguments: list[str] | None = None) -> None:
    """Parse, then run."""
    asked = _parser().parse_args(arguments)
    torch.set_num_threads(asked.threads)
    config = RunConfig(
        int(asked.windows),
        learning_rate=asked.learning_rate,
        hidden_size=asked.hidden_size,
        num_layers=asked.num_layers,
        seed=asked.seed,
    )
    tables = read_tables(asked.tables) if asked.tables else None
    score = (lambda network: scores(network, tables)) if tables is not None else None
    device, every = torch.device(asked.device), asked.every * 60
    run = Run(asked.folder, config, device, score, every, asked.start)
    if asked.ship is not None:
        ship(run, asked.ship)
        return
    try:
        run.run(asked.minutes * 60)
    except KeyboardInterrupt:
        print(f"Interrupted after {run.windows:,} windows. The same command goes on from there.")
        sys.exit(_INTERRUPTED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gated.pretrain", description=__doc__)
    add = parser.add_argument
    add("folder", type=Path, help="holds the run; one that is there is taken up")
    add("--windows", type=float, default=10e6, help="the budget (default: 10 million)")
    add("--minutes", type=float, default=float("inf"), help="stop and save after so long")
    add("--tables", type=Path, help="a folder of CSV or Parquet tables to validate on")
    add("--start", type=Path, help="shipped weights that a new run begins with")
    add("--ship", type=Path, help="do not train: write weights and card of the run to this folder")
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
