"""A forecast from a state is that of the rows of the store, whatever has happened to them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gated.serve.forecasting.engine import Engine
from gated.serve.forecasting.job import Answer, Job, Options, Series
from gated.serve.stored.asked import Made, Written
from gated.serve.stored.forecasts import StoredForecasts
from gated.store import SeriesInfo, Store, Write

DAY = 86_400_000_000
FIRST = 19_723 * DAY
PLAIN = Options("local", 5, (80.0,))


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = Engine()
    engine.warm_up()
    return engine


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(str(tmp_path / "store.db")) as opened:
        yield opened


def opened(store: Store, engine: Engine, state_bytes: int = 2**24) -> StoredForecasts:
    """The states of one process."""
    return StoredForecasts(
        store,
        engine.forecasters,
        rows_seen=4_096,
        longest_horizon=1_000,
        state_bytes=state_bytes,
        answer_bytes=2**20,
    )


def values(n: int, seed: int = 0, first: int = 0) -> list[float]:
    rng = np.random.default_rng(seed)
    season = 10 * np.sin(2 * np.pi * (first + np.arange(n)) / 7)
    return [round(float(y), 1) for y in 50.5 + season + rng.normal(size=n)]


def written(
    stored: StoredForecasts,
    y: list[float | None],
    day: int = 0,
    *,
    label: str = "a",
    replaces_all: bool = False,
) -> Written:
    ds = [FIRST + (day + step) * DAY for step in range(len(y))]
    (done,) = stored.write_many([Write(label, "local", ds, y, replaces_all)])
    assert isinstance(done, Written)
    return done


def made(stored: StoredForecasts, options: Options = PLAIN, label: str = "a") -> Made:
    looked = stored.look(label, options)
    asked = looked.asked or stored.decide(label, options)
    (found,) = stored.forecast([asked])
    assert isinstance(found, Made), found
    return found


def expected(store: Store, engine: Engine, options: Options = PLAIN, label: str = "a") -> Answer:
    """The forecast of all rows, read anew."""
    rows = store.series.rows(label)
    assert rows is not None
    (answer,) = engine.forecast([Job(options, [Series(label, rows.ds, rows.y)])])
    assert isinstance(answer, Answer), answer
    return answer


def check_same(found: Made, whole: Answer) -> None:
    assert (found.answer.ds == whole.ds).all()
    assert found.answer.freq == whole.freq
    for name, column in whole.columns.items():
        assert (found.answer.columns[name] == column).all(), name


def test_a_forecast_is_that_of_all_rows_to_the_bit(store: Store, engine: Engine) -> None:
    stored = opened(store, engine)
    written(stored, values(40))
    check_same(made(stored), expected(store, engine))
    for day in range(40, 60):
        written(stored, values(1, day, day), day)
        if day % 3:
            check_same(made(stored), expected(store, engine))


def random_write(rng: np.random.Generator, end: int) -> tuple[list[float | None], int, bool]:
    """Rows, the day of the first, and whether they replace all."""
    y: list[float | None] = list(values(int(rng.integers(1, 5)), int(rng.integers(1_000)), end))
    match int(rng.integers(12)):
        case 0:
            return y, int(rng.integers(0, end)), False  # corrects or fills rows
        case 1:
            return y, end + int(rng.integers(1, 20)), False  # after a gap
        case 2:
            return [None, *y], end, False
        case 3:
            return [*y, None], end, False
        case 4:
            return [-y[0], *y[1:]] if y[0] else y, end, False  # the first negative value
        case 5:
            return [*y, -999.0], end, False  # a code
        case 6 if end > 30:
            return list(values(30, end)), 0, True
    return y, end, False


@pytest.mark.parametrize("seed", range(6))
def test_two_processes_that_write_and_forecast_agree_with_the_rows(
    store: Store, engine: Engine, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    processes = [opened(store, engine), opened(store, engine)]
    written(processes[0], values(20, seed))
    for _ in range(40):
        which = int(rng.integers(2))
        stored = processes[which]
        match int(rng.integers(10)):
            case 0:
                processes[which] = opened(store, engine)  # killed and started again
            case 1:
                stored.save(9, every=True)
            case 2 | 3 | 4:
                check_same(made(stored), expected(store, engine))
            case 5 if rng.random() < 0.3:
                store.series.delete("a")  # by a third one
                written(stored, values(20, seed))
            case _:
                info = store.series.info("a")
                assert info is not None
                assert info.last is not None
                end = (info.last - FIRST) // DAY + 1
                y, day, replaces_all = random_write(rng, end)
                written(stored, y, day, replaces_all=replaces_all)
    check_same(made(processes[0]), expected(store, engine))
    check_same(made(processes[1]), expected(store, engine))


def test_a_state_goes_on_after_a_restart_with_the_rows_since(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(store, engine)
    written(first, values(60))
    options = Options("local", 5, validated=True)
    made(first, options)
    assert first.save(9, every=True) == 1
    written(first, values(2, 1, 60), 60)  # not saved: kill -9
    second = opened(store, engine)
    read: list[int] = []
    rows = store.series.rows

    def counted(label: str, **named: int | None) -> object:
        found = rows(label, **named)
        read.append(0 if found is None else len(found.ds))
        return found

    monkeypatch.setattr(store.series, "rows", counted)
    looked = second.look("a", options)
    assert looked.asked is not None
    assert read == [2]
    found, whole = made(second, options), made(first, options)
    check_same(found, whole.answer)
    assert found.decided_rows == 60


def test_decisions_are_made_anew_after_a_quarter_more_rows_or_when_asked(
    store: Store, engine: Engine
) -> None:
    stored, options = opened(store, engine), Options("local", 5, validated=True)
    written(stored, values(40))
    assert made(stored, options).decided_rows == 40
    written(stored, values(9, 1, 40), 40)
    assert made(stored, options).decided_rows == 40
    assert stored.look("a", options, refresh=True).asked is None
    (again,) = stored.forecast([stored.decide("a", options)])
    assert isinstance(again, Made)
    assert again.decided_rows == 49
    check_same(again, expected(store, engine, options))
    written(stored, values(13, 2, 49), 49)
    assert made(stored, options).decided_rows == 62


def test_a_corrected_row_keeps_the_decisions(store: Store, engine: Engine) -> None:
    stored, options = opened(store, engine), Options("local", 5, validated=True)
    written(stored, values(40))
    before = made(stored, options)
    written(stored, [500.0], 39)
    after = made(stored, options)
    assert after.decided_rows == 40
    assert (after.answer.columns["gated"] > before.answer.columns["gated"]).any()


def test_unlikely_values_are_found_also_after_a_restart(store: Store, engine: Engine) -> None:
    stored = opened(store, engine)
    assert written(stored, values(40)).observed is None
    made(stored)
    usual = written(stored, values(1, 1, 40), 40).observed
    assert usual is not None
    assert usual.unlikely.tolist() == [False]
    stored.save(9, every=True)
    observed = written(opened(store, engine), [900.0], 41).observed
    assert observed is not None
    assert observed.unlikely.tolist() == [True]
    assert written(stored, [60.0], 41).observed is None  # it corrects a row


def test_intervals_adapt_only_with_validation(store: Store, engine: Engine) -> None:
    stored, options = opened(store, engine), Options("local", 1, validated=True)
    widths = []
    for label in ("usual", "wild"):
        written(stored, values(40), label=label)
        made(stored, options, label)
    for day in range(40, 49):
        for label, factor in (("usual", 1.0), ("wild", 3.0 if day % 2 else 0.2)):
            y = factor * values(1, day, day)[0]
            written(stored, [y], day, label=label)
            found = made(stored, options, label).answer.columns
        widths.append(float((found["gated-hi-80"] - found["gated-lo-80"])[0, 0]))
    assert widths[-1] > 2 * widths[0]
    check_same(made(stored, label="wild"), expected(store, engine, label="wild"))


def test_memory_is_bounded_and_states_come_back_from_the_store(
    store: Store, engine: Engine
) -> None:
    stored = opened(store, engine, state_bytes=100_000)
    labels = [f"s{number}" for number in range(20)]
    for label in labels:
        written(stored, values(30), label=label)
        made(stored, label=label)
    assert stored._states.n_bytes <= 100_000
    while stored.save(4):
        pass
    assert all(store.states.newest_key(label) for label in labels[:10])
    for label in labels:
        written(stored, values(1, 1, 30), 30, label=label)
        check_same(made(stored, label=label), expected(store, engine, label=label))


def test_states_of_one_kind_are_forecast_together_as_alone(store: Store, engine: Engine) -> None:
    stored, asked = opened(store, engine), []
    for number in range(5):
        label = f"s{number}"
        written(stored, values(20 + 30 * number, number), label=label)
        found = stored.look(label, PLAIN).asked
        assert found is not None
        asked.append(found)
    assert len({one.group for one in asked}) == 1
    for together, one in zip(stored.forecast(asked), asked, strict=True):
        whole = expected(store, engine, label=one.state.label)
        assert isinstance(together, Made)
        width = float(np.ptp(whole.columns["gated-hi-80"] - whole.columns["gated-lo-80"]) + 1)
        for name, column in whole.columns.items():
            np.testing.assert_allclose(together.answer.columns[name], column, atol=1e-4 * width)


def test_a_kept_answer_is_that_of_its_revision(store: Store, engine: Engine) -> None:
    stored = opened(store, engine)
    info = written(stored, values(30)).info
    found = made(stored)
    stored.keep(found, PLAIN, b"body")
    assert stored.save(9) == 1  # the state; nobody has asked for the body again
    assert stored.look("a", PLAIN).body == b"body"
    assert stored.save(9) == 1
    assert opened(store, engine).look("a", PLAIN).body == b"body"
    assert found.revision == info.revision
    written(stored, values(1, 1, 30), 30)
    assert stored.look("a", PLAIN).body is None
    stored.forget("a")


def test_an_unknown_series_is_not_found(store: Store, engine: Engine) -> None:
    assert opened(store, engine).look("nobody", PLAIN).info is None


def test_a_fault_of_a_state_does_not_fail_the_write(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_given: object) -> None:
        raise RuntimeError

    stored = opened(store, engine)
    written(stored, values(30))
    made(stored)
    monkeypatch.setattr("gated.serve.stored.state.SeriesState.advance", fault)
    done = written(stored, values(1, 1, 30), 30)
    assert isinstance(done.info, SeriesInfo)
    assert done.observed is None
    monkeypatch.undo()
    check_same(made(stored), expected(store, engine))
