"""Checkpoints of a training of two stages: resumed to the same bits, refused where they differ."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gated.errors import GatedError, ModelFileError
from gated.train import Loop, TrainingPlan, load_tensors, save_tensors, seeded
from gated.train.checkpoint import (
    KIND,
    VERSION,
    Checkpoint,
    Earlier,
    SavedStage,
    Stage,
    fingerprint,
    opened,
    run_stage,
    stage_random,
)

STEPS = 4


def _loop(generator: torch.Generator) -> Loop[Tensor]:
    model = nn.Sequential(nn.Linear(1, 4), nn.Dropout(0.5), nn.Linear(4, 1))
    return Loop(
        model,
        lambda generator: torch.rand(8, 1, generator=generator),
        lambda x: (model(x) - x).square().mean(),
        TrainingPlan(STEPS, learning_rate=0.1),
        generator,
    )


def _train(checkpoint: Checkpoint | None, stop: tuple[str, int] | None = None, seed: int = 0):
    """All weights of two stages, and the facts of the first; `stop`: interrupted at that step."""

    def progress(name: str):
        def follow(step) -> None:
            if (name, step.step) == stop:
                raise KeyboardInterrupt

        return follow

    saved: SavedStage | None = None
    if checkpoint is not None:
        saved = checkpoint.load(fingerprint("test", {"seed": seed}, [np.arange(3)]))
    with seeded(seed) as generator:
        if saved is None or saved.name == "first":
            random = stage_random(saved)
            first = _loop(generator)
            run_stage(Stage("first", first, random), saved, checkpoint, progress("first"))
            earlier, saved = Earlier({"loss": first.loss}, first.model.state_dict()), None
        else:
            assert saved.earlier is not None
            earlier = saved.earlier
        random = stage_random(saved)
        second = _loop(generator)
        stage = Stage("second", second, random, earlier)
        run_stage(stage, saved, checkpoint, progress("second"))
    both = (earlier.weights, second.model.state_dict())
    weights = [each[name].flatten() for each in both for name in sorted(each)]
    return torch.cat(weights), earlier.facts


@pytest.mark.parametrize("stop", [("first", 1), ("first", STEPS), ("second", 1), ("second", STEPS)])
def test_two_stages_resume_to_the_same_bits(stop, tmp_path) -> None:
    path = tmp_path / "c"
    expected, facts = _train(None)
    with pytest.raises(KeyboardInterrupt), opened(path) as checkpoint:
        _train(checkpoint, stop)
    assert checkpoint.is_written
    spent = load_tensors(path, kind=KIND, version=VERSION)[1]["seconds"]
    with opened(path) as checkpoint:
        found, again = _train(checkpoint)
    assert torch.equal(found, expected)
    assert again == facts
    assert checkpoint.seconds > spent > 0
    assert not path.exists()


def test_without_a_step_nothing_is_written(tmp_path) -> None:
    def interrupted(checkpoint: Checkpoint) -> None:
        checkpoint.track(Stage("first", _loop(torch.Generator()), torch.get_rng_state()))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), opened(tmp_path / "c") as checkpoint:
        interrupted(checkpoint)
    assert not checkpoint.is_written
    assert not (tmp_path / "c").exists()


def test_a_checkpoint_of_other_settings_is_refused_and_kept(tmp_path) -> None:
    path = tmp_path / "c"
    with pytest.raises(KeyboardInterrupt), opened(path) as checkpoint:
        _train(checkpoint, ("first", 2))
    before = path.read_bytes()
    with (
        pytest.raises(GatedError, match="c: this checkpoint belongs to other data or settings"),
        opened(path) as checkpoint,
    ):
        _train(checkpoint, seed=1)
    assert path.read_bytes() == before


def test_a_checkpoint_that_is_damaged_or_older_is_refused(tmp_path) -> None:
    path = tmp_path / "c"
    with pytest.raises(KeyboardInterrupt), opened(path) as checkpoint:
        _train(checkpoint, ("second", 2))
    tensors, header = load_tensors(path, kind=KIND, version=VERSION)
    whole = path.read_bytes()

    def refused() -> None:
        message = "c: is no checkpoint of this version of gated, or it is damaged"
        with pytest.raises(ModelFileError, match=message), opened(path) as checkpoint:
            _train(checkpoint)

    path.write_bytes(whole[:-9])
    refused()
    save_tensors(path, tensors, header, kind=KIND, version=VERSION - 1)
    refused()
    random = {**tensors, "stage_random": torch.zeros(3, dtype=torch.uint8)}
    save_tensors(path, random, header, kind=KIND, version=VERSION)
    refused()
    steps = {**header, "loop": {**header["loop"], "step": -1}}
    save_tensors(path, tensors, steps, kind=KIND, version=VERSION)
    refused()


def test_a_fingerprint_depends_on_each_fact_and_array() -> None:
    data = np.arange(6.0)
    found = {
        fingerprint("a", {"seed": 0}, [data]),
        fingerprint("b", {"seed": 0}, [data]),
        fingerprint("a", {"seed": 1}, [data]),
        fingerprint("a", {"seed": 0}, [data + 1]),
        fingerprint("a", {"seed": 0}, [data.reshape(2, 3)]),
        fingerprint("a", {"seed": 0}, [data.view(np.int64)]),
    }
    assert len(found) == 6
    assert fingerprint("a", {"seed": np.int64(0)}, [data]) in found
