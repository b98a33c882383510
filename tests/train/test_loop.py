"""The training loop: learning, the best weights, early stopping, resuming to the same bits."""

import copy
import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from gated.train import Loop, TrainingPlan, WarmupStableDecay, one_cycle, seeded
from gated.train.tensor_file import flatten_state, load_tensors, save_tensors, unflatten_state


def regression(plan: TrainingPlan, *, scored: bool = True, share: float = 1.0) -> Loop[Tensor]:
    """A loop that fits y = 3x − 1 with dropout, so that both random states matter."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Dropout(0.1), nn.Linear(16, 1))

    def draw_batch(generator: torch.Generator) -> Tensor:
        return torch.rand(32, 1, generator=generator)

    def batch_loss(x: Tensor) -> Tensor:
        return (model(x) - (3 * x - 1)).square().mean()

    x = torch.linspace(0, 1, 20)[:, None]

    @torch.no_grad()
    def score() -> float:
        return float((model(x) - (3 * x - 1)).square().mean())

    generator = torch.Generator().manual_seed(1)
    shares = {"0.weight": share}
    return Loop(model, draw_batch, batch_loss, plan, generator, score if scored else None, shares)


def advanced(loop: Loop[Tensor], steps: int) -> Loop[Tensor]:
    for _ in range(steps):
        loop.advance()
    return loop


def weights(loop: Loop[Tensor]) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in loop.model.state_dict().items()}


def test_training_keeps_the_weights_with_the_best_score() -> None:
    loop = regression(TrainingPlan(300, learning_rate=0.05, patience=99))
    loop.run()
    assert loop.score is not None
    assert loop.best_score < 0.01
    assert loop.best_score == min(score for _, _, score in loop.history)
    assert loop.score() == pytest.approx(loop.best_score, rel=1e-6)
    assert not loop.model.training


def test_training_stops_when_the_score_no_longer_falls() -> None:
    loop = regression(TrainingPlan(1000, learning_rate=1e-3, evaluations=100, patience=3))
    falling = iter([5.0, 4.0, 4.5, 4.2, 4.1, 0.0])
    loop.score = lambda: next(falling)
    loop.run()
    assert (loop.step, loop.best_step) == (50, 20)


def test_training_stops_when_the_score_is_good_enough() -> None:
    loop = regression(TrainingPlan(1000, learning_rate=1e-3, evaluations=100, goal=0.5))
    falling = iter([5.0, 0.6, 0.5, 0.0])
    loop.score = lambda: next(falling)
    loop.run()
    assert (loop.step, loop.best_step) == (30, 30)


def test_a_parameter_has_its_share_of_the_learning_rate() -> None:
    plan = TrainingPlan(5, learning_rate=0.05)
    full, none, tenth = (advanced(regression(plan, share=share), 5) for share in (1.0, 0.0, 0.1))
    before = weights(regression(plan))
    assert torch.equal(weights(none)["0.weight"], before["0.weight"])
    assert not torch.equal(weights(none)["0.bias"], before["0.bias"])
    moved = [(weights(one)["0.weight"] - before["0.weight"]).abs().mean() for one in (full, tenth)]
    assert 0 < moved[1] < 0.3 * moved[0]


def test_weight_decay_can_leave_vectors_out() -> None:
    plan = TrainingPlan(5, learning_rate=0.05)
    none, every, matrices = (
        advanced(regression(replace(plan, weight_decay=decay, decayed=decayed)), 1)
        for decay, decayed in ((0.0, "all"), (0.5, "all"), (0.5, "matrices"))
    )
    for name, value in weights(none).items():
        is_matrix = name.endswith("weight")
        assert not torch.equal(weights(every)[name], value), name
        assert torch.equal(weights(matrices)[name], weights(every if is_matrix else none)[name])


def test_a_step_without_a_finite_gradient_changes_no_weight() -> None:
    loop = advanced(regression(TrainingPlan(20, learning_rate=0.05)), 3)
    draw_batch, before = loop.draw_batch, weights(loop)
    average, loss = copy.deepcopy(loop.average), loop.loss
    loop.draw_batch = lambda generator: draw_batch(generator) * math.nan
    advanced(loop, 1)
    assert (loop.step, loop.used, loop.skipped, loop.loss) == (4, 4, 1, loss)
    for name, value in before.items():
        assert torch.equal(weights(loop)[name], value), name
        assert torch.equal(loop.average[name], average[name]), name
    loop.draw_batch = draw_batch
    advanced(loop, 1)
    assert loop.skipped == 1
    assert not torch.equal(weights(loop)["0.weight"], before["0.weight"])


def test_a_budget_can_count_windows() -> None:
    loop = regression(TrainingPlan(100, learning_rate=0.05, evaluations=2, patience=9))
    loop.batch_size = len
    loop.run()
    assert (loop.step, loop.used) == (4, 128)
    assert [step for step, _, _ in loop.history] == [2, 4]


def test_bfloat16_changes_the_forward_pass_only() -> None:
    plan = TrainingPlan(20, learning_rate=0.05, precision="bfloat16")
    loop, kinds = regression(plan), []
    loop.model.register_forward_hook(lambda model, inputs, output: kinds.append(output.dtype))
    advanced(loop, 1)
    assert kinds == [torch.bfloat16]
    assert {value.dtype for value in weights(loop).values()} == {torch.float32}


@pytest.mark.parametrize("budget", [1, 2, 3, 4, 10, 97, 1400])
def test_one_cycle_gives_the_numbers_of_torch(budget: int) -> None:
    optimizer = torch.optim.AdamW([torch.zeros(1, requires_grad=True)], 3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=budget)
    for used in range(1, budget + 1):
        group = optimizer.param_groups[0]
        assert one_cycle(used, budget, 3e-3) == (group["lr"], group["betas"][0])
        optimizer.step()
        schedule.step()


def test_a_schedule_sets_the_rates_of_every_step() -> None:
    schedule = WarmupStableDecay(warm_up=4, decay=0.5, momentum=0.8)
    loop = regression(TrainingPlan(8, learning_rate=0.4, schedule=schedule, beta2=0.98))
    rates = []
    for _ in range(8):
        advanced(loop, 1)
        rates += [group["lr"] for group in loop._optimizer.param_groups]
        assert loop._optimizer.param_groups[0]["betas"] == (0.8, 0.98)
        assert loop.learning_rate == rates[-1]
    assert rates == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.301, 0.202, 0.103, 0.004])


def test_without_a_score_all_steps_are_run_and_the_average_kept() -> None:
    loop = regression(TrainingPlan(40, learning_rate=0.05), scored=False)
    loop.run()
    assert loop.step == 40
    assert loop.history == []
    assert math.isinf(loop.best_score)


def test_progress_counts_every_step_and_estimates_the_time_left() -> None:
    calls = []
    regression(TrainingPlan(20, learning_rate=0.01)).run(calls.append)
    assert [p.step for p in calls] == list(range(1, 21))
    assert calls[-1].seconds_left == 0
    assert all(p.seconds_left >= 0 and math.isfinite(p.loss) for p in calls)


def test_the_same_seed_gives_the_same_bits() -> None:
    first, second = (regression(TrainingPlan(50, learning_rate=0.05)) for _ in range(2))
    for loop in (first, second):
        torch.manual_seed(7)
        loop.run()
    for name, value in weights(first).items():
        assert torch.equal(value, weights(second)[name])


@pytest.mark.parametrize("interrupted_after", [1, 17, 30, 49])
def test_an_interrupted_run_resumes_to_the_same_bits(tmp_path, interrupted_after: int) -> None:
    plan = TrainingPlan(50, learning_rate=0.05, patience=99)
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

    torch.manual_seed(99)  # the resumed run must not depend on this state
    second = regression(plan)
    tensors, header = load_tensors(tmp_path / "c", kind="checkpoint", version=1)
    second.load_state(unflatten_state(tensors, header["loop"]))
    assert second.step == interrupted_after
    second.run()
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(second)[name]), name
    assert second.history == whole.history


def test_a_state_can_be_loaded_twice() -> None:
    plan = TrainingPlan(50, learning_rate=0.05, patience=99)

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
    loop = regression(TrainingPlan(20, learning_rate=0.05))
    before = copy.deepcopy(loop.state()["model"])
    state = loop.state()
    loop.run()
    for name, value in before.items():
        assert torch.equal(state["model"][name], value)


def test_seeded_restores_the_callers_random_state() -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    with seeded(0):
        torch.rand(5)
    assert torch.equal(torch.rand(2), expected)
