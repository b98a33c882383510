"""The loop: it learns, keeps the best, stops early, and resumes to the same bits."""

import copy
import math

import pytest
import torch
from torch import Tensor, nn

from gated.train import Loop, Plan, seeded
from gated.train.checkpoint import flatten_state, load_tensors, save_tensors, unflatten_state


def regression(plan: Plan, *, scored: bool = True) -> Loop:
    """A loop that fits y = 3x − 1 with a little dropout, so that all randomness takes part."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Dropout(0.1), nn.Linear(16, 1))

    def step_loss(generator: torch.Generator) -> Tensor:
        x = torch.rand(32, 1, generator=generator)
        return (model(x) - (3 * x - 1)).square().mean()

    x = torch.linspace(0, 1, 20)[:, None]

    @torch.no_grad()
    def score() -> float:
        return float((model(x) - (3 * x - 1)).square().mean())

    generator = torch.Generator().manual_seed(1)
    return Loop(model, step_loss, plan, generator, score if scored else None)


def weights(loop: Loop) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in loop.model.state_dict().items()}


def test_learns_and_keeps_the_best_scored_weights() -> None:
    loop = regression(Plan(steps=300, learning_rate=0.05, patience=99))
    loop.run()
    assert loop.score is not None
    assert loop.best_score < 0.01
    assert loop.best_score == min(score for _, _, score in loop.history)
    assert loop.score() == pytest.approx(loop.best_score, rel=1e-6)
    assert not loop.model.training


def test_stops_when_the_score_no_longer_falls() -> None:
    loop = regression(Plan(steps=1000, learning_rate=1e-3, evaluations=100, patience=3))
    falling = iter([5.0, 4.0, 4.5, 4.2, 4.1, 0.0])
    loop.score = lambda: next(falling)
    loop.run()
    assert (loop.step, loop.best_step) == (50, 20)


def test_a_parameter_learns_at_its_share_of_the_rate() -> None:
    untold, still, gentle = (regression(Plan(steps=5, learning_rate=0.05)) for _ in range(3))
    before = weights(still)
    still = Loop(still.model, still.step_loss, still.plan, still.generator, shares={"0.weight": 0})
    gentle = Loop(
        gentle.model, gentle.step_loss, gentle.plan, gentle.generator, shares={"0.weight": 0.1}
    )
    for loop in (untold, still, gentle):
        for _ in range(5):
            loop._advance()
    assert torch.equal(weights(still)["0.weight"], before["0.weight"])
    assert not torch.equal(weights(still)["0.bias"], before["0.bias"])
    moved = [
        (weights(one)["0.weight"] - before["0.weight"]).abs().mean() for one in (untold, gentle)
    ]
    assert 0 < moved[1] < 0.3 * moved[0]


def test_without_a_score_all_steps_are_run_and_the_average_kept() -> None:
    loop = regression(Plan(steps=40, learning_rate=0.05), scored=False)
    loop.run()
    assert loop.step == 40
    assert loop.history == []
    assert math.isinf(loop.best_score)


def test_progress_counts_every_step_and_estimates_the_time_left() -> None:
    seen = []
    regression(Plan(steps=20, learning_rate=0.01)).run(seen.append)
    assert [p.step for p in seen] == list(range(1, 21))
    assert seen[-1].seconds_left == 0
    assert all(p.seconds_left >= 0 and math.isfinite(p.loss) for p in seen)


def test_the_same_seed_gives_the_same_bits() -> None:
    first, second = (regression(Plan(steps=50, learning_rate=0.05)) for _ in range(2))
    for loop in (first, second):
        torch.manual_seed(7)
        loop.run()
    for name, value in weights(first).items():
        assert torch.equal(value, weights(second)[name])


@pytest.mark.parametrize("interrupted_after", [1, 17, 30, 49])
def test_an_interrupted_run_goes_on_to_the_same_bits(tmp_path, interrupted_after: int) -> None:
    plan = Plan(steps=50, learning_rate=0.05, patience=99)
    whole = regression(plan)
    torch.manual_seed(7)
    whole.run()

    def interrupt(progress) -> None:
        if progress.step == interrupted_after:
            raise KeyboardInterrupt

    first = regression(plan)
    torch.manual_seed(7)
    with pytest.raises(KeyboardInterrupt):
        first.run(interrupt)
    tensors, skeleton = flatten_state(first.state())
    save_tensors(tmp_path / "c", tensors, {"loop": skeleton}, kind="checkpoint", version=1)

    torch.manual_seed(99)  # the resumed run must not depend on what happened in between
    second = regression(plan)
    tensors, header = load_tensors(tmp_path / "c", kind="checkpoint", version=1)
    second.load_state(unflatten_state(tensors, header["loop"]))
    assert second.step == interrupted_after
    second.run()
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(second)[name]), name
    assert second.history == whole.history


def test_a_state_may_be_taken_up_twice() -> None:
    plan = Plan(steps=50, learning_rate=0.05, patience=99)

    def interrupt(progress) -> None:
        if progress.step == 20:
            raise KeyboardInterrupt

    first = regression(plan)
    with pytest.raises(KeyboardInterrupt):
        first.run(interrupt)
    state = copy.deepcopy(first.state())
    ends = []
    for _ in range(2):
        loop = regression(plan)
        loop.load_state(state)
        loop.run()
        ends.append(weights(loop))
    for name, value in ends[0].items():
        assert torch.equal(value, ends[1][name]), name


def test_state_is_a_snapshot_of_the_weights() -> None:
    loop = regression(Plan(steps=20, learning_rate=0.05))
    before = copy.deepcopy(loop.state()["model"])
    state = loop.state()
    loop.run()
    for name, value in before.items():
        assert torch.equal(state["model"][name], value)


def test_seeded_leaves_the_callers_randomness_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    with seeded(0):
        torch.rand(5)
    assert torch.equal(torch.rand(2), expected)
