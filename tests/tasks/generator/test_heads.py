"""The heads: probabilities that sum to 1, draws that follow them, and sampling."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import (
    Categorical,
    MixtureSameFamily,
    MultivariateNormal,
    Normal,
)

from gated.errors import UsageError
from gated.numeric import Parameters
from gated.tasks.generator.heads import Head, HeadConfig, Sampling, head_of
from gated.tasks.generator.heads.pose import DRAWN, PoseHead
from gated.tasks.generator.trainable_network import HeadWeights


def frozen_of(module: HeadWeights) -> Head:
    arrays = {name: value.detach().numpy() for name, value in module.named_parameters()}
    return head_of(module.config, Parameters(arrays))


def both(config: HeadConfig, features: int) -> tuple[Head, Head]:
    """A head of tensors, and one of arrays with the same weights."""
    module = HeadWeights(config, features)
    return module.now(), frozen_of(module)


def test_a_categorical_head_gives_the_allowed_symbols_all_probability() -> None:
    torch.manual_seed(0)
    head, _ = both(HeadConfig("categorical", 5), 4)
    features = torch.randn(1, 5, 4)
    allowed = torch.tensor([True, False, True, True, False]).expand(1, 5, 5)
    features = features[:, :1].expand(1, 5, 4)
    nats = head.nats(features, torch.arange(5)[None], allowed)[0].detach()
    assert nats[[1, 4]].isinf().all()
    assert float((-nats[[0, 2, 3]]).exp().sum()) == pytest.approx(1, abs=1e-6)


def test_a_categorical_head_draws_with_its_probabilities() -> None:
    torch.manual_seed(0)
    head, frozen = both(HeadConfig("categorical", 3), 4)
    features = torch.randn(4)
    with torch.no_grad():
        nats = head.nats(features.expand(1, 3, 4), torch.arange(3)[None], None)[0]
        rng = np.random.default_rng(0)
        drawn = [frozen.draw(features.numpy(), None, Sampling(), rng) for _ in range(4_000)]
    np.testing.assert_allclose(np.bincount(drawn) / 4_000, (-nats).exp(), atol=0.03)


def test_a_mixture_equals_the_one_of_torch() -> None:
    torch.manual_seed(1)
    head, _ = both(HeadConfig("mixture", 4), 6)
    features = torch.randn(2, 3, 6)
    targets = torch.cat(
        [torch.randn(2, 3, 2), torch.tensor([[0, 1, 0], [1, 0, 0.0]])[..., None]], -1
    )
    (log_weights, mean, log_sigma, rho), pens = head.parameters(features)
    sigma = log_sigma.exp()
    cross = rho * sigma.prod(-1)
    covariance = torch.stack(
        [
            torch.stack([sigma[..., 0] ** 2, cross], -1),
            torch.stack([cross, sigma[..., 1] ** 2], -1),
        ],
        -2,
    )
    mixture = MixtureSameFamily(
        Categorical(logits=log_weights), MultivariateNormal(mean, covariance)
    )
    expected = -mixture.log_prob(targets[..., :2]) - Categorical(logits=pens).log_prob(
        targets[..., 2]
    )
    torch.testing.assert_close(head.nats(features, targets, None), expected, atol=1e-4, rtol=1e-4)


def test_the_last_step_of_a_drawing_counts_its_pen_only() -> None:
    torch.manual_seed(1)
    head, _ = both(HeadConfig("mixture", 4), 6)
    features = torch.randn(1, 1, 6)
    far, near = (torch.tensor([[[x, x, 2.0]]]) for x in (1e6, 0.0))
    assert head.nats(features, far, None) == head.nats(features, near, None)


def test_points_are_drawn_from_the_mixture() -> None:
    torch.manual_seed(2)
    head, frozen = both(HeadConfig("mixture", 3), 6)
    features = torch.randn(6)
    rng = np.random.default_rng(0)
    with torch.no_grad():
        drawn = np.array(
            [frozen.draw(features.numpy(), None, Sampling(), rng) for _ in range(8_000)]
        )
        cold = np.array([frozen.draw(features.numpy(), None, Sampling(0), rng) for _ in range(5)])
        (log_weights, mean, log_sigma, _), _ = head.parameters(features[None, None])
    weights = log_weights.exp()[0, 0].numpy()
    expected = weights @ mean[0, 0].numpy()
    second = weights @ (mean[0, 0].square() + (2 * log_sigma[0, 0]).exp()).numpy()
    np.testing.assert_allclose(drawn[:, :2].mean(0), expected, atol=0.05)
    np.testing.assert_allclose((drawn[:, :2] ** 2).mean(0), second, rtol=0.06)
    assert set(drawn[:, 2]) <= {0, 1, 2}
    assert (cold == cold[0]).all()


@pytest.mark.parametrize(
    ("config", "targets"),
    [
        (HeadConfig("categorical", 5), np.array([[0, 4, 2]])),
        (HeadConfig("mixture", 4), np.array([[[0.5, -1, 0], [0, 0, 1], [9, 9, 2]]], np.float32)),
        (HeadConfig("pose", 3, (0.1, 0.2, 0.4)), np.ones((1, 3, 3), np.float32)),
    ],
)
def test_arrays_and_tensors_give_the_same_nats(config, targets) -> None:
    torch.manual_seed(0)
    head, frozen = both(config, 6)
    random = np.random.default_rng(0)
    features = random.normal(size=(1, 3, 6 + head.skipped)).astype(np.float32)
    possible = {"categorical": 5, "mixture": 3}.get(config.kind)
    for allowed in (None, *([np.arange(possible) != 1] if possible else [])):
        own = None if allowed is None else np.tile(allowed, (1, 3, 1))
        found = frozen.nats(features, targets, own)
        tensors = (torch.from_numpy(features), torch.from_numpy(targets))
        expected = head.nats(*tensors, None if own is None else torch.from_numpy(own))
        np.testing.assert_allclose(found, expected.detach(), rtol=1e-5, atol=2e-6)


def test_sampling_keeps_the_probable_symbols() -> None:
    logits = np.log([0.5, 0.3, 0.15, 0.05])
    assert Sampling().probabilities(logits) == pytest.approx([0.5, 0.3, 0.15, 0.05])
    assert Sampling(top_k=2).probabilities(logits) == pytest.approx([0.625, 0.375, 0, 0])
    assert Sampling(top_p=0.7).probabilities(logits) == pytest.approx([0.625, 0.375, 0, 0])
    assert Sampling(top_p=0.5).probabilities(logits) == pytest.approx([1, 0, 0, 0])
    assert Sampling(0).probabilities(logits).tolist() == [1, 0, 0, 0]
    squared = np.array([0.25, 0.09, 0.0225, 0.0025])
    assert Sampling(0.5).probabilities(logits) == pytest.approx(squared / squared.sum())


def test_a_symbol_that_cannot_stand_is_never_drawn() -> None:
    rng = np.random.default_rng(0)
    logits = np.array([-np.inf, 0, -np.inf])
    assert {Sampling(5.0).draw(logits, rng) for _ in range(200)} == {1}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"temperature": -1}, "temperature is -1. Expected a number from 0 to 100"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"top_k": 0}, "top_k is 0. Expected a whole number from 1. Leave it out"),
        ({"top_k": 2.5}, "top_k is 2.5"),
        ({"top_p": 0}, "top_p is 0. Expected a number above 0, at most 1. Leave it out"),
        ({"top_p": 1.5}, "top_p is 1.5"),
    ],
)
def test_other_values_are_refused(given, message) -> None:
    with pytest.raises(UsageError, match=message):
        Sampling(**given)


def _pose_head() -> tuple[HeadWeights, torch.Tensor, torch.Tensor]:
    """A head of three numbers, the features of two steps and their last poses."""
    torch.manual_seed(3)
    module = HeadWeights(HeadConfig("pose", 3, (0.1, 0.2, 0.4)), 5)
    assert isinstance(module.now(), PoseHead)
    with torch.no_grad():
        module.log_sigma.copy_(torch.tensor([-1.0, 0.0, 0.5]))
    last = torch.randn(1, 2, 3)
    return module, torch.cat([torch.randn(1, 2, 5), last, torch.ones(1, 2, 1)], -1), last


def test_a_pose_has_a_normal_distribution_about_the_last_one() -> None:
    module, features, last = _pose_head()
    targets = last + 0.1 * torch.randn(1, 2, 3)
    scale = torch.tensor([0.1, 0.2, 0.4])
    mean = last + scale * module.output(features[..., :5])
    sigma = scale * torch.tensor([-1.0, 0.0, 0.5]).exp()
    usual = Normal(mean, sigma).log_prob(targets).sum(-1) + math.log(0.99)
    wider = Normal(mean, 8 * sigma).log_prob(targets).sum(-1) + math.log(0.01)
    found = module.now().nats(features, targets, None)
    torch.testing.assert_close(found, -torch.logaddexp(usual, wider))
    # Near the mean, the loss of a fed-back step is that of the normal distribution.
    near = mean + 0.1 * sigma
    expected = -Normal(mean, sigma).log_prob(near).sum(-1)
    torch.testing.assert_close(module.now().fed_back_nats(features, near), expected)
    far = module.now().fed_back_nats(features, mean + 1e3 * sigma)
    assert float(far.detach().max()) < 4_000


def test_sigma_is_learned_of_recorded_steps_only() -> None:
    module, features, last = _pose_head()
    module.now().fed_back_nats(features, last).sum().backward()
    assert module.log_sigma.grad is None
    module.now().nats(features, last, None).sum().backward()
    assert module.log_sigma.grad.abs().min() > 0


def test_a_sigma_stays_within_its_bounds() -> None:
    module, features, _ = _pose_head()
    with torch.no_grad():
        module.log_sigma.copy_(torch.tensor([-50.0, 0.0, 50.0]))
        drawn = module.now().predicted(features, torch.ones(1, 2, 3)) - module.now().predicted(
            features, torch.zeros(1, 2, 3)
        )
    expected = torch.tensor([0.1, 0.2, 0.4]) * torch.tensor([-5.0, 0.0, 1.0]).exp()
    torch.testing.assert_close(drawn[0, 0], expected)


def test_the_first_pose_is_the_one_of_the_codec() -> None:
    module, features, last = _pose_head()
    features[..., -1] = 0
    assert not module.now().nats(features, last + 100, None).any()
    read = features[0, 0].numpy()
    drawn = frozen_of(module).draw(read, None, Sampling(), np.random.default_rng(0))
    np.testing.assert_array_equal(drawn, last[0, 0])


def test_poses_are_drawn_with_noise_that_goes_on() -> None:
    module, features, _ = _pose_head()
    head, read, rng = frozen_of(module), features[0, 0].numpy(), np.random.default_rng(0)
    drawn = {}
    mean = head.predicted(read, np.zeros(3, dtype=np.float32))
    for temperature in (1.0, 2.0):
        noise, found = np.zeros(3, dtype=np.float32), []
        for _ in range(6_000):
            symbol, noise = head.draw_next(read, None, Sampling(temperature), rng, noise)
            found.append(symbol - mean)
        drawn[temperature] = np.array(found)
    expected = DRAWN * np.array([0.1, 0.2, 0.4]) * np.exp([-1.0, 0.0, 0.5])
    np.testing.assert_allclose(drawn[1.0].std(0), expected, rtol=0.1)
    np.testing.assert_allclose(drawn[2.0].std(0), 2 * expected, rtol=0.1)
    for each in drawn[1.0].T:
        assert np.corrcoef(each[1:], each[:-1])[0, 1] == pytest.approx(0.5, abs=0.04)
