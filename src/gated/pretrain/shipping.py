"""From a run to the file that ships in the package, and the card that says what it is."""

from pathlib import Path

import torch

from gated.files import write_whole
from gated.forecast.model.pretrained import KIND, VERSION
from gated.pretrain.run import Run
from gated.train.checkpoint import save_tensors

__all__ = ["ship"]


def ship(run: Run, folder: Path) -> None:
    """Write the averaged weights in half the bits, and their card.

    Args:
        run: how it stands now.
        folder: where to; `src/gated/weights` for the package's own.

    Raises:
        GatedError: a file cannot be written.
    """
    network, config, runs = run.averaged(), run.config, [*run.before, run.summary]
    scored = run.score(network) if run.score is not None else {}
    header = {
        "hidden_size": config.hidden_size,
        "num_layers": config.num_layers,
        "runs": runs,
    }
    tensors = {name: value.to(torch.float16) for name, value in network.state_dict().items()}
    folder.mkdir(parents=True, exist_ok=True)
    save_tensors(folder / "forecaster.safetensors", tensors, header, kind=KIND, version=VERSION)
    count = sum(parameter.numel() for parameter in network.parameters())
    card = _CARD.format(
        parameters=count,
        windows=sum(told["windows"] for told in runs),
        hidden_size=config.hidden_size,
        num_layers=config.num_layers,
        runs="\n".join(_RUN.format(**told) for told in runs),
        table="\n".join(f"| {name} | {value} |" for name, value in scored.items()),
    )
    write_whole(folder / "forecaster.md", card.encode())


# Each begins with the weights of the one before.
_RUN = (
    "| run | `python -m gated.pretrain`: {windows:,} windows, seed {seed}, learning rate "
    "{learning_rate}, {hours} hours on {device} |"
)
_CARD = """# The shipped network

| | |
|---|---|
| what | `SeasonNetwork`, {num_layers} GRU blocks of width {hidden_size}: {parameters:,} weights |
| stored as | float16, safetensors |
| trained on | {windows:,} windows of synthetic series (`gated.synthetic`), no real series |
{runs}
| licence | Apache-2.0, as the package |

**For** forecasting numbers observed at even steps (seconds to years), from three values on,
without training, with intervals. **Not for** covariates, holidays and features of series (it can
learn these from a table: `training="auto"`), and series that move each other.

**Limits.** The recurrence reads the last 24 seasons (or groups of four steps where there is no
season); the memory looks up three long seasons more: weeks of hours, years of days. Of day, week
and year at once it knows the two shorter ones. Its intervals were learned from synthetic series;
on a table of your own they are stretched or narrowed to what held on its held-out windows.

**How good it was on the training parts of real tables,** by which the run was chosen: MASE over
that of the seasonal naive rule; 1 is as good, less is better. Test parts: docs/zero_shot.md.

| | |
|---|---|
{table}
"""
