"""The network of NumPy forecasts what that of torch does, with and without the C++ recurrence."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
import pytest
import torch

from gated import datasets, read_table
from gated.arrays import Array
from gated.forecast.data.dataset import build_dataset
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.data.windows import Window, WindowSource
from gated.forecast.model.inference import window_batches
from gated.forecast.model.network import NetworkConfig, NetworkOutput, SeasonNetwork, forecast
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.forecast.model.weights.pretrained import pretrained_network
from gated.forecast.model.weights.weight_shapes import weight_shapes
from gated.numeric import converted
from gated.ops.cpu import extension

DAYS = PatchLayout(7, 3, 365.25, context=20)
INPUTS = {
    "none": {},
    "covariates": {"covariates": 2},
    "calendar": {"calendar": 3},
    "past covariates": {"past_covariates": 2},
    "static": {"static": 3},
    "all": {"covariates": 3, "calendar": 2, "past_covariates": 1, "static": 2},
}
LAYOUTS = {
    "days": DAYS,
    "hours": PatchLayout(24, 2, 168.0, context=12),
    "no long season": PatchLayout(7, 2, context=12),
    "no season": PatchLayout(4, 5, seasonal=False, context=12),
    "quarter-hours": PatchLayout(96, 1, 672.0, context=5),
}


@pytest.fixture(params=["C++", "reference"])
def _recurrence(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The C++ recurrence where there is one, and the reference."""
    if request.param == "reference":
        monkeypatch.setattr(extension, "available", lambda: False)
    elif not extension.available():
        pytest.skip(f"the C++ recurrences are {extension.reason()}")


def drawn(config: NetworkConfig, seed: int = 0) -> TrainableNetwork:
    """A network in which every weight has an effect."""
    torch.manual_seed(seed)
    made = TrainableNetwork(config)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    return made.eval()


def random_windows(config: NetworkConfig, seed: int) -> Window:
    """Four windows of a positive and of a negative series, with missing values and an outlier."""
    rng, rows = np.random.default_rng(seed), 500
    season = np.tile(rng.normal(size=config.layout.patch), rows)[:rows]
    positive = np.exp(0.01 * np.arange(rows) / 2 + 0.3 * season + 0.1 * rng.normal(size=rows))
    values = np.concatenate([positive, 3 * season - 1 + rng.normal(size=rows)])
    values[rng.random(2 * rows) < 0.05] = np.nan
    values[300] = 1e6

    def drawn_inputs(count: int, rows: int = 2 * rows) -> np.ndarray:
        return rng.normal(size=(rows, count)).astype(np.float32)

    source = WindowSource(
        values,
        drawn_inputs(config.covariates),
        drawn_inputs(config.calendar),
        np.array([0, rows, 2 * rows]),
        np.array([0.0, 0.5]),
        config.layout,
        drawn_inputs(config.past_covariates),
        drawn_inputs(config.static, 2),
    )
    return source.cut(np.array([0, 1, 0, 1]), np.array([400, 320, 30, 500]))


def arrays_of(record: object, prefix: str = "") -> Iterator[tuple[str, Array]]:
    for field in fields(record):
        value = getattr(record, field.name)
        if hasattr(value, "dtype"):
            yield prefix + field.name, value
        elif is_dataclass(value):
            yield from arrays_of(value, f"{prefix}{field.name}.")


def assert_equal(found: NetworkOutput, expected: NetworkOutput) -> None:
    """Compare the quantiles and the memory, in changes from season to season, and everything else.

    Both libraries round in float32, in another order: the differences are about 1e-6 of the
    largest value of a window.
    """
    expected_arrays = dict(arrays_of(expected))
    assert len(expected_arrays) == 15
    for name, array in arrays_of(found):
        other = expected_arrays[name]
        assert (array.shape, array.dtype) == (other.shape, other.dtype), name
        size = max(1.0, float(np.abs(other).max(initial=0)))
        np.testing.assert_allclose(array, other, rtol=1e-5, atol=2e-6 * size, err_msg=name)


@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize(("hidden_size", "num_layers"), [(8, 1), (16, 3)])
def test_the_listed_weights_are_those_of_the_module(
    inputs: str, hidden_size: int, num_layers: int
) -> None:
    config = NetworkConfig(
        DAYS, hidden_size, num_layers, 0.0, **{"covariates": 0, "calendar": 0, **INPUTS[inputs]}
    )
    state = TrainableNetwork(config).state_dict()
    assert weight_shapes(config) == {name: tuple(tensor.shape) for name, tensor in state.items()}
    assert {tensor.dtype for tensor in state.values()} == {torch.float32}


def test_the_listed_weights_are_those_of_the_pretrained_network() -> None:
    network = pretrained_network(DAYS)
    found = {name: array.shape for name, array in network.arrays.items()}
    assert weight_shapes(network.config) == found


@pytest.mark.usefixtures("_recurrence")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("inputs", ["none", "all"])
def test_random_windows_are_forecast_alike(layout: str, inputs: str) -> None:
    config = NetworkConfig(
        LAYOUTS[layout], 16, 2, 0.0, **{"covariates": 0, "calendar": 0, **INPUTS[inputs]}
    )
    for seed in range(3):
        trained, window = drawn(config, seed), random_windows(config, seed)
        assert_equal(trained.frozen().run(window), trained.run(window))


@pytest.mark.parametrize("inputs", [name for name in INPUTS if name not in ("none", "all")])
def test_every_kind_of_input_is_read_alike(inputs: str) -> None:
    config = NetworkConfig(DAYS, 16, 1, 0.0, **{"covariates": 0, "calendar": 0, **INPUTS[inputs]})
    trained, window = drawn(config), random_windows(config, 5)
    network = trained.frozen()
    assert_equal(network.run(window), trained.run(window))
    assert network.has_inputs == (inputs != "static")
    changed = converted(window, np.array)
    getattr(changed, next(iter(INPUTS[inputs])))[:] = 0
    assert not np.allclose(network.run(changed).quantiles, network.run(window).quantiles)


def embedded() -> dict[str, pd.DataFrame]:
    return {"shop": datasets.shop(), "goods": datasets.goods()}


@pytest.mark.usefixtures("_recurrence")
@pytest.mark.parametrize("name", ["shop", "goods"])
def test_the_embedded_tables_are_forecast_alike(name: str) -> None:
    table = read_table(embedded()[name])
    h = 14
    frequency = table.frequency
    layout = PatchLayout.plan(
        frequency.season_length, frequency.long_season, h, int(table.lengths.max())
    )
    data = build_dataset(table, TableProfile.fit(table), layout, np.zeros((len(table.ids), h, 0)))
    network = pretrained_network(layout)
    series = np.arange(min(6, len(table.ids)))
    for batch in window_batches(data.source, series, data.history[series], h):
        window = batch.windows
        assert_equal(network.run(window), TrainableNetwork.of(network).run(window))


@pytest.mark.usefixtures("_recurrence")
def test_the_gates_are_those_of_the_recurrent_layers() -> None:
    config = NetworkConfig(DAYS, 16, 2, 0.0, 1, 2)
    trained, window = drawn(config), random_windows(config, 1)
    inputs: list[torch.Tensor] = []
    for block in trained.blocks:
        block.register_forward_pre_hook(lambda _, args: inputs.append(args[0]))
    with torch.no_grad():
        trained(trained.tensors(window))
        expected = [
            block.recurrent.gates(block.recurrent_norm(each))["l0"]
            for block, each in zip(trained.blocks, inputs, strict=True)
        ]
    found = trained.frozen().gates(window)
    assert len(found) == len(expected) == 2
    for ours, theirs in zip(found, expected, strict=True):
        assert list(ours) == list(theirs) == ["r", "z", "n", "h"]
        for gate in ours:
            assert ours[gate].shape == (4, DAYS.context, 16)
            np.testing.assert_allclose(ours[gate], theirs[gate], rtol=1e-4, atol=5e-6)


def test_a_frozen_network_does_not_follow_the_weights() -> None:
    config = NetworkConfig(DAYS, 8, 1, 0.0, 0, 0)
    trained, window = drawn(config), random_windows(config, 0)
    frozen = trained.frozen()
    before = frozen.run(window).quantiles
    with torch.no_grad():
        trained.width.weight += 1
    np.testing.assert_array_equal(frozen.run(window).quantiles, before)
    assert not np.allclose(trained.run(window).quantiles, before)


def test_a_network_and_its_copy_have_the_same_weights_in_evaluation_mode() -> None:
    frozen = drawn(NetworkConfig(DAYS, 8, 1, 0.5, 1, 0)).frozen()
    copied = TrainableNetwork.of(frozen)
    assert not copied.training
    back = copied.frozen()
    assert back.config == frozen.config
    assert back.arrays.keys() == frozen.arrays.keys()
    assert all(np.array_equal(back.arrays[name], frozen.arrays[name]) for name in back.arrays)


def test_a_forecast_does_not_change_the_window_or_the_weights() -> None:
    config = NetworkConfig(DAYS, 8, 1, 0.0, 1, 1, 1, 1)
    network, window = drawn(config).frozen(), random_windows(config, 0)
    given = [*network.arrays.values(), *(array for _, array in arrays_of(window))]
    assert len(given) == len(network.arrays) + 8
    before = [array.copy() for array in given]
    network.run(window)
    network.gates(window)
    for was, now in zip(before, given, strict=True):
        np.testing.assert_array_equal(was, now)


def test_dense_origins_and_leads_are_forecast_alike() -> None:
    config = NetworkConfig(DAYS, 16, 2, 0.0, 2, 1, 1, 1)
    trained, window = drawn(config), random_windows(config, 2)
    network, leads = trained.frozen(), np.array([3, 1])
    found = forecast(network._weights, window, network._run_blocks, dense=4, leads=leads)
    with torch.inference_mode():
        output = trained(trained.tensors(window), 4, torch.from_numpy(leads))
    assert_equal(found, converted(output, lambda tensor: tensor.numpy()))


def test_weights_that_are_too_large_give_no_warning_of_numpy() -> None:
    config = NetworkConfig(DAYS, 8, 1, 0.0, 0, 0)
    arrays = drawn(config).frozen().arrays
    for name in ("decode.1.weight", "width.weight"):
        arrays[name] = np.full_like(arrays[name], 3e38)
    network, window = SeasonNetwork(config, arrays), random_windows(config, 0)
    network.gates(window)
    assert not np.isfinite(network.run(window).quantiles).any()
