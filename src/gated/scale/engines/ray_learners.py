"""Trains on a cluster of Ray, by Ray Train: one process of torch for each worker, over gloo."""

import importlib
from pathlib import Path

from gated.errors import GatedError
from gated.scale.engines.engine import ATTEMPTS

__all__ = ["learn_on_ray"]


def learn_on_ray(working: str, workers: int) -> None:
    """Train on some workers of a cluster, which all reach the folder of the job.

    Args:
        working: the address of the folder of the job, on a shared disk.
        workers: how many.

    Raises:
        GatedError: the training failed, or its workers died again and again.
    """
    train, of_torch = (
        importlib.import_module("ray.train"),
        importlib.import_module("ray.train.torch"),
    )
    trainer = of_torch.TorchTrainer(
        _learn,
        train_loop_config={"working": working},
        scaling_config=train.ScalingConfig(num_workers=workers, resources_per_worker={"CPU": 1}),
        torch_config=of_torch.TorchConfig(backend="gloo"),
        run_config=train.RunConfig(
            name="ray",
            storage_path=str(Path(working)),
            failure_config=train.FailureConfig(max_failures=ATTEMPTS),
        ),
    )
    try:
        trainer.fit()
    except Exception as error:  # Ray has its own errors around those of a worker
        raise GatedError(
            f"The training on Ray failed: {error}. What is done is kept: the same call continues."
        ) from error


def _learn(asked: dict[str, str]) -> None:
    """One worker, whose process has joined the others."""
    from gated.scale.learning import learn

    learn(asked["working"])
