"""What each step adds to a score: the sums, the place, and what is refused."""

import numpy as np
import pytest
import torch

from gated.errors import DataError, UsageError
from gated.tasks.network import integrated_gradients as module
from gated.tasks.network.contributions import Contributions
from gated.tasks.network.integrated_gradients import integrated_gradients
from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.network.trainable_model import TrainableModel


def test_the_contributions_of_a_linear_score_are_its_terms() -> None:
    weights, x = torch.randn(7, 3), torch.randn(7, 3)
    found = integrated_gradients(lambda x: (weights * x).sum((1, 2)), x, torch.ones(3))
    np.testing.assert_allclose(found.values, weights * (x - 1), atol=1e-5)
    assert found.score == pytest.approx(float((weights * x).sum()), abs=1e-5)
    assert found.reference == pytest.approx(float(weights.sum()), abs=1e-5)


@pytest.mark.parametrize("steps", [1, 40])
def test_the_contributions_of_a_network_add_up(steps) -> None:
    torch.manual_seed(0)
    model = TrainableModel(SequenceConfig(3, 16, 2)).eval()
    found = integrated_gradients(
        lambda x: model(x)[0][:, -1, 0], torch.randn(steps, 3), torch.zeros(3)
    )
    assert abs(found.error) <= 0.01 * abs(found.score - found.reference)
    assert found.steps.sum() == pytest.approx(found.score - found.reference, rel=0.01)


def test_more_points_are_taken_where_few_miss_much(monkeypatch) -> None:
    def steep(x: torch.Tensor) -> torch.Tensor:
        return (200 * (x[:, 0, 0] - 0.3)).tanh()

    x, nothing = torch.ones(1, 1), torch.zeros(1)
    assert abs(integrated_gradients(steep, x, nothing).error) < 0.01
    monkeypatch.setattr(module, "_POINTS", (32,))
    assert abs(integrated_gradients(steep, x, nothing).error) > 0.05


def test_points_that_do_not_fit_together_give_the_same(monkeypatch) -> None:
    torch.manual_seed(0)
    model, x = TrainableModel(SequenceConfig(3, 16, 1)).eval(), torch.randn(9, 3)
    together, apart = (_of_first_feature(model, x, most, monkeypatch) for most in (8_192, 20))
    np.testing.assert_allclose(together.values, apart.values, atol=1e-6)


def _of_first_feature(model, x, most, monkeypatch) -> Contributions:
    monkeypatch.setattr(module, "_STEPS_AT_ONCE", most)
    return integrated_gradients(lambda x: model(x)[0][:, -1, 0], x, torch.zeros(3))


def test_the_densest_stretch_is_the_shortest() -> None:
    found = Contributions(np.array([[0.2], [-1.0], [0.1], [2.0], [1.7], [0.0]]), 3.0, 0.0)
    assert found.densest() == (3, 4)
    assert found.densest(0.9) == (3, 5)
    assert Contributions(np.array([[-1.0], [0.5]]), 0.0, 0.5).densest() is None
    for share in (0, 1.5):
        with pytest.raises(UsageError, match=r"Expected a number above 0, at most 1"):
            found.densest(share)


def test_no_step_and_too_many_are_refused() -> None:
    with pytest.raises(DataError, match="The sequence has no step"):
        integrated_gradients(lambda x: x.sum((1, 2)), torch.zeros(0, 2), torch.zeros(2))
    with pytest.raises(UsageError, match=r"The sequence has 8,193 steps. Expected at most 8,192"):
        integrated_gradients(lambda x: x.sum((1, 2)), torch.zeros(8_193, 2), torch.zeros(2))
