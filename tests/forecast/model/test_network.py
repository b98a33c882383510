"""Tests the network: shapes, no look-ahead, the loss, and the untrained forecast."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.windows import Window, WindowSource
from gated.forecast.model.network import NetworkConfig
from gated.forecast.model.season_references import REFERENCES
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.forecast.model.window_scaler import clip_outliers, compress
from gated.forecast.quantiles import QUANTILES
from gated.numeric import converted

LAYOUT = PatchLayout(patch=4, leads=2, long_season=28.0, context=8)


def network(
    layout: PatchLayout = LAYOUT, covariates: int = 1, calendar: int = 2
) -> TrainableNetwork:
    torch.manual_seed(0)
    return TrainableNetwork(NetworkConfig(layout, 16, 2, 0.0, covariates, calendar)).eval()


def window(
    values: np.ndarray, cutoff: int, layout: PatchLayout = LAYOUT, covariates: int = 1
) -> Window:
    """One window, of tensors."""
    rows = len(values)
    source = WindowSource(
        values.astype(np.float32),
        np.sin(np.arange(rows * covariates)).reshape(rows, covariates).astype(np.float32),
        np.cos(np.arange(rows * 2)).reshape(rows, 2).astype(np.float32),
        np.array([0, rows]),
        np.zeros(1, np.float32),
        layout,
    )
    return converted(source.cut(np.array([0]), np.array([cutoff])), torch.from_numpy)


VALUES = np.random.default_rng(0).normal(size=120)


@pytest.mark.parametrize("dense", [1, 4])
def test_shapes(dense: int) -> None:
    output = network()(window(VALUES, 80), dense)
    assert output.quantiles.shape == (1, dense, 2, 4, len(QUANTILES))
    assert output.target.shape == (1, dense, 2, 4)
    assert output.memory.weights.shape == (1, dense, 2, 4, REFERENCES)


def test_targets_are_the_actual_values() -> None:
    output = network()(window(VALUES, 80), 2)
    came = output.scale.inverse_transform(output.target)[0]
    np.testing.assert_allclose(came[1].flatten(), VALUES[80:88], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(came[0].flatten(), VALUES[76:84], rtol=1e-4, atol=1e-5)


def test_values_after_the_cutoff_do_not_change_a_forecast() -> None:
    changed = VALUES.copy()
    changed[80:] = 1e3
    first, second = (network()(window(v, 80)) for v in (VALUES, changed))
    assert torch.equal(first.quantiles, second.quantiles)


def test_one_network_forecasts_any_season_horizon_and_context() -> None:
    model = network(covariates=0)
    for layout in (
        PatchLayout(patch=7, leads=5, long_season=365.25),
        PatchLayout(patch=96, leads=1, context=3),
        PatchLayout(patch=4, leads=60, seasonal=False, context=12),
    ):
        output = model(window(VALUES, 100, layout, covariates=0))
        assert output.quantiles.shape == (1, 1, layout.leads, layout.patch, len(QUANTILES))
        assert output.quantiles.isfinite().all()


def test_only_the_requested_leads_are_forecast() -> None:
    model, seen = network(covariates=0), window(VALUES, 80, covariates=0)
    every, one = model(seen), model(seen, leads=torch.tensor([2]))
    torch.testing.assert_close(one.quantiles[:, :, 0], every.quantiles[:, :, 1])
    torch.testing.assert_close(one.target[:, :, 0], every.target[:, :, 1])


def test_added_covariates_have_no_effect_before_training() -> None:
    plain, more = network(covariates=0, calendar=0), network(covariates=1)
    more.load_state_dict(plain.state_dict(), strict=False)
    none = torch.zeros(*window(VALUES, 80).values.shape, 0)
    first = plain(replace(window(VALUES, 80), covariates=none, calendar=none)).quantiles
    torch.testing.assert_close(more(window(VALUES, 80)).quantiles, first, rtol=0.02, atol=0.02)


def test_one_outlier_is_clipped_and_growth_is_not() -> None:
    wrong, model = VALUES.copy(), network(covariates=0)
    wrong[60] = 1e9
    with_outlier, without = (
        out.scale.inverse_transform(out.quantiles)
        for out in (model(window(v, 80, covariates=0)) for v in (wrong, VALUES))
    )
    assert (with_outlier - without).abs().max() < 20
    growth = torch.exp(torch.arange(40.0) / 3)[None]
    assert torch.equal(clip_outliers(growth, torch.ones(1, 40)), growth)


def test_the_untrained_network_repeats_a_season_with_sorted_quantiles() -> None:
    output = network()(window(np.tile([1.0, 9.0, 4.0, 6.0], 30), 80))
    forecast = output.scale.inverse_transform(output.quantiles)[0, 0, 0]
    torch.testing.assert_close(
        forecast[:, QUANTILES.index(0.5)], torch.tensor([1.0, 9.0, 4.0, 6.0]), atol=0.3, rtol=0
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
                actual = float(compress(output.target[0, origin, lead, point]))
                for place, level in enumerate(QUANTILES):
                    forecast = compress(output.quantiles[0, origin, lead, point, place])
                    error = actual - float(forecast)
                    total += weight * max(level * error, (level - 1) * error)
                    count += weight
    assert float(model.loss(output, last_weight=4.0)) == pytest.approx(total / count, rel=1e-5)


def test_every_weight_receives_a_gradient() -> None:
    model = network()
    # The output layers start at zero: after one step, the layers before them have gradients.
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for _ in range(2):
        optimizer.zero_grad()
        model.loss(model(window(VALUES, 80), 3), 4.0).backward()
        optimizer.step()
    silent = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == []


def test_scaling_and_shifting_the_series_scales_and_shifts_the_forecast() -> None:
    model = network(covariates=0)
    first, second = (model(window(v, 80, covariates=0)) for v in (VALUES, VALUES * 8 - 3))
    torch.testing.assert_close(
        second.scale.inverse_transform(second.quantiles),
        first.scale.inverse_transform(first.quantiles) * 8 - 3,
        rtol=1e-4,
        atol=1e-3,
    )


def test_config_round_trip() -> None:
    config = network().config
    assert NetworkConfig.from_json(config.to_json()) == config
