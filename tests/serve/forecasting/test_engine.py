"""Jobs that are computed together get the forecasts that they get alone."""

import numpy as np
import pytest

from gated.errors import DataError
from gated.serve.forecasting.engine import Engine
from gated.serve.forecasting.job import Answer, Job, Options, Series

DAY = 86_400_000_000


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def drawn(seed: int) -> Job:
    """A job of one random series, of any length, level, sign and kind."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice([3, 5, 8, 14, 30, 60, 150]))
    season = 3 * np.sin(np.arange(n) * 2 * np.pi / 7)
    y = 10 ** rng.uniform(-3, 3) * (season + rng.normal(size=n) + 5 * rng.normal())
    match rng.integers(6):
        case 0:
            y = np.round(y)
        case 1:
            y = np.abs(y)
        case 2:
            y[rng.random(n) < 0.3] = np.nan
        case 3:
            y[-1] = -999
        case 4:
            y = np.maximum(np.round(y / np.abs(y).max() * 2), 0)
    ds = (19_000 + int(rng.integers(900)) + np.arange(n)) * DAY
    return Job(Options("local", 4), [Series(f"s{seed}", ds, y)])


def test_a_forecast_does_not_depend_on_what_is_computed_with_it(engine: Engine) -> None:
    groups: dict[object, list[Job]] = {}
    for seed in range(150):
        job = drawn(seed)
        if (group := engine.group(job)) is not None:
            groups.setdefault(group, []).append(job)
    assert sum(map(len, groups.values())) > 60
    for jobs in groups.values():
        for job, together in zip(jobs, engine.forecast(jobs), strict=True):
            (alone,) = engine.forecast([job])
            assert isinstance(together, Answer)
            assert isinstance(alone, Answer)
            assert together.labels == alone.labels == (job.series[0].label,)
            assert (together.ds == alone.ds).all()
            width = np.abs(alone.columns["gated-hi-80"] - alone.columns["gated-lo-80"]).max()
            for name, values in alone.columns.items():
                np.testing.assert_allclose(together.columns[name], values, atol=2e-4 * width)


def test_jobs_of_one_group_may_have_the_same_labels(engine: Engine) -> None:
    ds = np.arange(10) * DAY
    y = np.array([10.5, 12, 11, 10, 13, 20, 21, 11, 12, 10])
    jobs = [Job(Options("local", 2), [Series("a", ds, k * y)]) for k in (1.0, 100.0)]
    first, second = engine.forecast(jobs)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert second.columns["gated"].mean() > 50 * first.columns["gated"].mean()


def test_a_job_that_fails_does_not_fail_the_others(engine: Engine) -> None:
    options, y = Options("local", 2, freq="D"), np.arange(10) + 0.5
    good = Job(options, [Series("a", np.arange(10) * DAY, y)])
    bad = Job(options, [Series("b", np.arange(10) * DAY // 2, y)])  # two rows a day
    assert engine.group(good) == engine.group(bad)
    found = engine.forecast([good, bad, good])
    assert isinstance(found[0], Answer)
    assert isinstance(found[1], DataError)
    assert str(found[1]).startswith("10 rows lie in 5 steps of D.")
    assert isinstance(found[2], Answer)


def test_what_is_alone(engine: Engine) -> None:
    ds = np.arange(10) * DAY
    for y in (np.zeros(10), np.full(10, np.nan), np.append(np.arange(9) + 0.5, -999)):
        assert engine.group(Job(Options("local", 2), [Series("a", ds, y)])) is None
    usual = Series("a", ds, np.arange(10) + 0.5)
    assert engine.group(Job(Options("local", 2, validated=True), [usual])) is None
    assert engine.group(Job(Options("local", 2), [usual])) is not None
