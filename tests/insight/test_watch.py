"""What is measured while a model trains, and what is said about it."""

import math

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from gated.errors import UsageError
from gated.forecast import Forecaster
from gated.insight import GradientWatch, watch_training
from gated.nn import GRU
from gated.tasks import SequenceClassifier
from gated.train import Loop, TrainingPlan


class Last(nn.Module):
    """Adds the numbers of a sequence up: a head on the last state."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer, self.head = layer, nn.Linear(8, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        output, _ = self.layer(x)
        last = output.data if isinstance(output, nn.utils.rnn.PackedSequence) else output[-1]
        found: torch.Tensor = self.head(last)
        return found


def _rnn(scale: float) -> nn.RNN:
    layer = nn.RNN(1, 8)
    with torch.no_grad():
        layer.weight_hh_l0.copy_(scale * torch.eye(8))
        layer.weight_ih_l0.zero_()
        layer.bias_ih_l0.zero_()
        layer.bias_hh_l0.zero_()
    return layer


def _watched(model: nn.Module, steps: int = 1, **options: int) -> GradientWatch:
    watch = GradientWatch(model, **options)
    with watch:
        for _ in range(steps):
            model(torch.zeros(60, 3, 1)).sum().backward()
            watch.step(clip=1.0)
    return watch


def test_a_vanishing_gradient_is_named_with_advice() -> None:
    watch = _watched(Last(_rnn(0.5)))
    [said, *_] = watch.diagnosis(season_length=365)
    assert said == (
        "`layer` (RNN): gradients shrink by half at each step: a cycle of 365 steps cannot be "
        "learned, because less than 1e-12 of its gradient is left. Use a GRU or an LSTM, or put "
        "several steps into one (patches)."
    )
    [said, *_] = watch.diagnosis()
    assert said.endswith("beyond about 10 steps, less than a thousandth is left.")
    [said, *_] = watch.diagnosis(season_length=2)
    assert said.endswith("25 % is left after a cycle of 2 steps.")


def test_an_exploding_gradient_is_named() -> None:
    watch = _watched(Last(_rnn(2.0)))
    [said, *_] = watch.diagnosis()
    assert said.startswith("`layer` (RNN): gradients double at each step, and explode. Clip them")


def test_a_gradient_that_stays_is_named() -> None:
    [said, *_] = _watched(Last(_rnn(1.0))).diagnosis()
    assert said == "`layer` (RNN): gradients keep their size over 60 steps."


def test_a_gated_layer_gets_other_advice() -> None:
    torch.manual_seed(0)
    [said, *_] = _watched(Last(GRU(1, 8))).diagnosis(season_length=365)
    assert "`layer` (GRU)" in said
    assert "larger bias of the update or forget gate" in said


def test_it_measures_every_so_many_steps() -> None:
    watch = _watched(Last(GRU(1, 8)), steps=7, every=3, length=20)
    assert [found.step for found in watch.observations] == [1, 4, 7]
    assert len(watch.observations[0].layers["layer"].log_norm) == 21
    assert watch.steps == 7


def test_clipped_and_broken_steps_are_counted() -> None:
    watch = GradientWatch(Last(GRU(1, 8)))
    for norm in (0.5, 2.0, 3.0, 4.0, math.nan):
        watch.step(clip=1.0, norm=norm)
    assert (watch.steps, watch.clipped, watch.broken) == (5, 3, 1)
    said = " ".join(watch.diagnosis())
    assert "60 % of 5 steps were clipped" in said
    assert "The gradient of 1 of 5 steps was not finite" in said


def test_packed_sequences_and_batch_first_are_read() -> None:
    layer = GRU(1, 8, batch_first=True)
    watch = GradientWatch(layer)
    packed = nn.utils.rnn.pack_sequence([torch.zeros(n, 1) for n in (9, 5, 2)])
    with watch:
        output, _ = layer(packed)
        output.data.sum().backward()
        watch.step()
    assert len(watch.observations[0].layers["GRU"].log_norm) == 10
    with watch:
        watch.steps = 0
        layer(torch.zeros(2, 12, 1))[0].sum().backward()
        watch.step()
    assert len(watch.observations[1].layers["GRU"].log_norm) == 13


def test_it_leaves_the_model_as_it_was() -> None:
    model = Last(GRU(1, 8))
    before = [weight.clone() for weight in model.parameters()]
    x = torch.randn(30, 2, 1)
    expected = torch.autograd.grad(model(x).sum(), list(model.parameters()))
    with GradientWatch(model) as watch:
        model(x).sum().backward()
        watch.step()
    for weight, old, gradient in zip(model.parameters(), before, expected, strict=True):
        assert torch.equal(weight, old)
        assert weight.grad is not None
        assert torch.equal(weight.grad, gradient)
        assert weight.requires_grad
    assert model.training
    model(x)
    assert not watch._read  # nothing is kept after the block


def test_a_loop_reports_its_gradients() -> None:
    torch.manual_seed(0)
    model = Last(GRU(1, 8))
    watch = GradientWatch(model, every=10)
    plan = TrainingPlan(20, 0.01, clip=1e-4)

    def loss(x: torch.Tensor) -> torch.Tensor:
        return (model(x) - x.sum(0)).square().mean()

    loop = Loop(
        model,
        lambda generator: torch.rand(15, 4, 1, generator=generator),
        loss,
        plan,
        torch.Generator().manual_seed(0),
        on_gradient=lambda norm: watch.step(plan.clip, norm),
    )
    with watch:
        loop.run()
    assert (watch.steps, watch.clipped, loop.clipped) == (20, 20, 20)
    assert [found.step for found in watch.observations] == [1, 11]
    assert "100 % of 20 steps were clipped" in " ".join(watch.diagnosis())
    assert loop.state()["clipped"] == 20


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (nn.Linear(1, 1), {}, "Linear has no RNN, LSTM or GRU"),
        (nn.GRU(1, 2, bidirectional=True), {}, "that reads forward"),
        (nn.GRU(1, 2), {"every": 0}, "every is 0. Expected at least 1"),
        (nn.GRU(1, 2), {"length": 0}, "length is 0. Expected at least 1"),
    ],
)
def test_what_cannot_be_watched(model: nn.Module, options: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        GradientWatch(model, **options)


def test_nothing_measured_is_said() -> None:
    assert GradientWatch(nn.GRU(1, 2)).diagnosis() == (
        "Nothing was measured yet: call step after backward.",
    )


def test_why_nothing_was_measured_is_said() -> None:
    watch = GradientWatch(Last(GRU(1, 8)))
    watch.step(norm=1.0)  # without the model
    assert "no watched layer was called in training mode" in watch.diagnosis()[0]
    with watch:
        watch.steps = 0
        watch.model(torch.full((20, 1, 1), math.nan))
        watch.step(norm=1.0)
    assert "`layer` could not be measured: A state is not finite" in " ".join(watch.diagnosis())


def test_watching_draws_no_random_numbers() -> None:
    model = nn.GRU(1, 8)
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    with GradientWatch(model) as watch:
        model(torch.zeros(20, 1, 1))[0].sum().backward()
        watch.step()
    assert torch.equal(torch.rand(3), expected)


def test_half_precision_of_autocast_is_read() -> None:
    model = nn.Sequential(nn.Linear(1, 4), nn.GRU(4, 8))
    with GradientWatch(model) as watch:
        with torch.autocast("cpu", torch.bfloat16):
            hidden = model[0](torch.zeros(20, 1, 1))
        model[1](hidden.float())
        watch._read = {name: part.bfloat16() for name, part in watch._read.items()}
        watch.step(norm=1.0)
    assert watch.observations[0].layers


class TestAnyTraining:
    """`watch_training` around the `fit` of an estimator."""

    @staticmethod
    def waves() -> tuple[list[np.ndarray], list[str]]:
        rng = np.random.default_rng(0)
        step = np.arange(40)[:, None]
        series = [np.sin(step / (2 + k % 2) + rng.random()).astype(np.float32) for k in range(20)]
        return series, ["slow" if k % 2 else "fast" for k in range(20)]

    def test_a_fit_of_a_classifier(self) -> None:
        x, y = self.waves()
        fresh = {"hidden_size": 8, "num_layers": 2, "max_steps": 12, "validation": 0.2}
        with watch_training(every=5) as watches:
            watched = SequenceClassifier(**fresh).fit(x, y)
        plain = SequenceClassifier(**fresh).fit(x, y)
        assert np.array_equal(watched.predict_proba(x), plain.predict_proba(x))  # the same bits
        assert watches
        for watch in watches:
            assert watch.steps > 0
            assert [found.step for found in watch.observations][:2] == [1, 6]
            assert len(watch.observations[0].layers) == 2
            assert any("gradient" in sentence for sentence in watch.diagnosis())

    def test_a_fit_of_a_forecaster(self) -> None:
        days = pd.date_range("2024-01-01", periods=120)
        table = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        model = Forecaster(h=7, training="scratch", hidden_size=8, max_steps=4)
        with watch_training(every=2) as watches:
            model.fit(table)
        assert watches[0].steps == 4
        before = len(watches)
        model.fit(table)
        assert len(watches) == before  # only inside

    def test_two_watches_both_count(self) -> None:
        layer = nn.GRU(1, 4)
        with watch_training() as outer, watch_training() as inner:
            loop = Loop(
                layer,
                lambda _: torch.ones(9, 2, 1),
                lambda batch: layer(batch)[0].square().mean(),
                TrainingPlan(3, 0.01),
                torch.Generator(),
            )
            loop.run()
        assert (outer[0].steps, inner[0].steps) == (3, 3)
