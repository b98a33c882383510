"""The network: shapes, no look ahead, the loss by its definition, and a sensible start."""

import numpy as np
import pytest
import torch

from gated.forecast.network import QUANTILES, NetworkConfig, SeasonNetwork
from gated.forecast.windows import Layout, WindowSource

LAYOUT = Layout(patch=4, context=5, recent=3, long_season=7, leads=2)


def network(layout: Layout = LAYOUT, covariates: int = 1, calendar: int = 2) -> SeasonNetwork:
    torch.manual_seed(0)
    return SeasonNetwork(NetworkConfig(layout, 16, 2, 0.0, covariates, calendar)).eval()


def window(values: np.ndarray, cutoff: int, layout: Layout = LAYOUT, covariates: int = 1):
    rows = len(values)
    source = WindowSource(
        values.astype(np.float32),
        np.sin(np.arange(rows * covariates)).reshape(rows, covariates).astype(np.float32),
        np.cos(np.arange(rows * 2)).reshape(rows, 2).astype(np.float32),
        np.array([0, rows]),
        np.zeros(1, np.float32),
        layout,
    )
    return source.cut(torch.tensor([0]), torch.tensor([cutoff]))


VALUES = np.random.default_rng(0).normal(size=120)


@pytest.mark.parametrize("dense", [1, 4])
def test_shapes(dense: int) -> None:
    output = network()(window(VALUES, 80), dense)
    assert output.quantiles.shape == (1, dense, 2, 4, len(QUANTILES))
    assert output.target.shape == (1, dense, 2, 4)
    assert output.recollection.weights.shape == (1, dense, 2, 6, 4)


def test_targets_are_what_came() -> None:
    output = network()(window(VALUES, 80), 2)
    came = output.scale.inverse(output.target)[0]
    np.testing.assert_allclose(came[1].flatten(), VALUES[80:88], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(came[0].flatten(), VALUES[76:84], rtol=1e-4, atol=1e-5)


def test_what_comes_after_the_cutoff_changes_no_forecast() -> None:
    changed = VALUES.copy()
    changed[80:] = 1e3
    first, second = (network()(window(v, 80)) for v in (VALUES, changed))
    assert torch.equal(first.quantiles, second.quantiles)


def test_untrained_it_repeats_a_season_and_its_quantiles_are_in_order() -> None:
    output = network()(window(np.tile([1.0, 9.0, 4.0, 6.0], 30), 80))
    forecast = output.scale.inverse(output.quantiles)[0, 0, 0]
    torch.testing.assert_close(
        forecast[:, QUANTILES.index(0.5)], torch.tensor([1.0, 9.0, 4.0, 6.0]), atol=0.25, rtol=0
    )
    assert (output.quantiles.diff(dim=-1) >= 0).all()


def test_loss_is_the_mean_pinball_loss_by_its_definition() -> None:
    values = VALUES.copy()
    values[[77, 83]] = np.nan
    model = network()
    with torch.no_grad():
        output = model(window(values, 80), 2)
    total, count = 0.0, 0.0
    for origin in range(2):
        weight = 4.0 if origin == 1 else 1.0
        for lead in range(2):
            for point in range(4):
                if not output.target_mask[0, origin, lead, point]:
                    continue
                came = float(output.target[0, origin, lead, point])
                for place, level in enumerate(QUANTILES):
                    error = came - float(output.quantiles[0, origin, lead, point, place])
                    total += weight * max(level * error, (level - 1) * error)
                    count += weight
    assert float(model.loss(output, last_weight=4.0)) == pytest.approx(total / count, rel=1e-5)


def test_every_weight_receives_a_gradient() -> None:
    model = network()
    # The output layers start at zero: one step wakes what lies before them.
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for _ in range(2):
        optimizer.zero_grad()
        model.loss(model(window(VALUES, 80), 3), 4.0).backward()
        optimizer.step()
    silent = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == []


def test_scaling_and_shifting_the_series_scales_and_shifts_the_forecast() -> None:
    model = network(covariates=0)
    model.embed[0].weight.data[:, -1] = 0  # the place of zero is the one thing that may differ
    first, second = (model(window(v, 80, covariates=0)) for v in (VALUES, VALUES * 8 - 3))
    torch.testing.assert_close(
        second.scale.inverse(second.quantiles),
        first.scale.inverse(first.quantiles) * 8 - 3,
        rtol=1e-4,
        atol=1e-3,
    )


def test_config_round_trip() -> None:
    config = network().config
    assert NetworkConfig.from_json(config.to_json()) == config
