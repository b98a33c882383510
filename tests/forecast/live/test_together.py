"""Several states are forecast together as each would be alone."""

import numpy as np
import pytest

from gated import Forecaster
from gated.errors import UsageError
from gated.forecast.live.live import Live
from gated.forecast.live.together import Together
from tests.forecast.live.tables import H, daily


@pytest.fixture(scope="module")
def live() -> Live:
    return Forecaster().watch(daily("plain", 150), H)


def noted(lives: list[Live], **columns):
    together = Together(lives)
    together.run()
    return together.noted(**columns)


def test_the_forecasts_are_those_of_each(live):
    tables = [daily("plain", n) for n in (80, 150, 400)]
    lives = [live.with_past(table) for table in tables]
    found = noted(lives, level=[80, 95])
    for row, table in enumerate(tables):
        alone = live.with_past(table).forecast_arrays(level=[80, 95])
        assert (found.ds[row] == alone.ds[0]).all()
        width = np.ptp(alone.columns["gated"])
        for name, column in alone.columns.items():
            np.testing.assert_allclose(found.columns[name][row], column[0], atol=1e-4 * width)


def test_one_state_alone_is_the_same_to_the_bit(live):
    table = daily("plain", 90)
    found, alone = noted([live.with_past(table)]), live.with_past(table).forecast_arrays()
    assert all((found.columns[name] == column).all() for name, column in alone.columns.items())


def test_a_forecast_is_compared_with_the_values_that_follow(live):
    table = daily("plain", 151)
    state = live.with_past(table[:150])
    noted([state])
    assert np.isfinite(state.update(table[150:]).expected).all()


def test_values_may_come_in_while_the_network_runs(live):
    table = daily("plain", 152)
    state = live.with_past(table[:150])
    together = Together([state])
    together.run()
    state.update(table[150:151])
    assert together.noted().ds[0, 0] == table["ds"].iloc[150].to_datetime64()
    assert np.isnan(state.update(table[151:]).expected).all()  # it is not stored


def test_states_of_other_decisions_are_refused(live):
    other = Forecaster().watch(daily("plain", 150), H)
    with pytest.raises(UsageError, match="several decisions"):
        Together([live, other])
    with pytest.raises(UsageError, match="or there is none"):
        Together([])


def test_a_changed_past_keeps_the_factors_of_the_widths(live):
    table = daily("plain", 150)
    state = live.with_past(table)
    for day in range(150, 160):
        state.forecast()
        state.update(daily("plain", day + 1)[day:].assign(y=1e4 * (-1) ** day))
    again = state.with_past(table)
    assert (again._states.widths.factors == state._states.widths.factors).all()
    plain = live.with_past(table).forecast(level=80)
    wide = again.forecast(level=80)
    assert (wide["gated-hi-80"] > plain["gated-hi-80"]).all()


def test_bytes_are_the_state(live):
    again = Live.from_bytes(live.to_bytes(), "The state")
    assert (again.forecast()["gated"] == live.forecast()["gated"]).all()
    assert again.n_bytes == live.n_bytes > 0
