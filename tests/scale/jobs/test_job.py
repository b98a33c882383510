"""Jobs over Parquet files: the same bytes for any parts and workers, and after any interruption."""

import os
import signal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from gated import Forecaster, scale, threads
from gated.errors import DataError, GatedError, UsageError
from gated.scale import groups
from gated.scale.engines import local
from gated.scale.engines.local import LocalEngine
from gated.scale.jobs.tasks import MODEL, Task
from tests.scale.conftest import (
    MONTHS,
    InProcess,
    content,
    intermittent,
    monthly,
    shuffled,
    unusable,
    write_parts,
)

SMALL = {"h": 2, "rows_per_bucket": 400, "sample_series": 8}


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return pa.concat_tables([monthly(40), unusable()])


@pytest.fixture(scope="module")
def whole(table, tmp_path_factory):
    """The result of a job whose input is one file."""
    place = tmp_path_factory.mktemp("whole")
    write_parts(table, place / "in", [0, len(table)], row_group_size=10_000)
    return scale.forecast(place / "in", **SMALL, out=place / "out", engine=InProcess())


def test_every_series_is_answered_once(table, whole) -> None:
    made = whole.table()
    ids = made["unique_id"].to_pylist()
    assert sorted(ids) == sorted(
        [*np.repeat([f"shop {n}" for n in range(40)], 2), "empty", "twice"]
    )
    assert (whole.series, whole.rejected) == (42, 2)
    assert set(whole.errors()["unique_id"].to_pylist()) == {"empty", "twice"}
    assert len(whole.files) == 8


def test_it_is_the_forecast_of_the_model_on_the_whole_table(whole) -> None:
    assert_is_predicted(whole, monthly(40))


def assert_is_predicted(result, table, model=None) -> None:
    model = model or Forecaster.load(f"{result.out}/_gated/model.gated")
    made = result.table().sort_by([("unique_id", "ascending"), ("ds", "ascending")])
    made = made.filter(pa.compute.is_null(made["gated-error"]))
    expected = model.predict(table).sort_by([("unique_id", "ascending"), ("ds", "ascending")])
    for name in ("gated", "gated-mean", "gated-lo-80", "gated-hi-80"):
        np.testing.assert_allclose(made[name].to_numpy(), expected[name].to_numpy(), rtol=1e-6)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cuts=st.lists(st.integers(1, 1_604), max_size=4, unique=True),
    seed=st.integers(0, 99),
    group=st.integers(50, 900),
    reverse=st.booleans(),
)
def test_parts_order_and_workers_change_no_byte(
    table, whole, tmp_path_factory, cuts, seed, group, reverse
) -> None:
    place = tmp_path_factory.mktemp("cut")
    write_parts(shuffled(table, seed), place / "in", [0, *sorted(cuts), len(table)], group)
    engine = InProcess(reverse)
    found = scale.forecast(place / "in" / "*.parquet", **SMALL, out=place / "out", engine=engine)
    assert content(found) == content(whole)


def test_a_fit_by_several_workers_is_that_of_one(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(threads, "_processors", lambda: 3)
    write_parts(monthly(600), tmp_path / "in", [0, 600 * MONTHS], row_group_size=50_000)
    made = {}
    for workers in (1, 3):
        engine = InProcess(workers=workers)
        out = scale.forecast(tmp_path / "in", 12, out=tmp_path / f"{workers}", engine=engine).out
        made[workers] = (Path(out) / "_gated" / MODEL).read_bytes()
    assert made[1] == made[3]


@pytest.fixture(scope="module")
def zeros() -> pa.Table:
    return pa.concat_tables([intermittent(30, 100), monthly(30), unusable()])


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.sampled_from([100_000, 2_000, 1_000, 500, 350]), given_model=st.booleans())
def test_the_number_of_buckets_changes_no_bit(
    zeros, model, tmp_path_factory, rows, given_model
) -> None:
    place = tmp_path_factory.mktemp("buckets")
    write_parts(zeros, place / "in", [0, len(zeros)])
    made = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "SMALLEST_GROUP", 4)
        for name, rows_per_bucket in (("whole", 100_000), ("parts", rows)):
            found = scale.forecast(
                place / "in",
                3,
                model=model if given_model else None,
                rows_per_bucket=rows_per_bucket,
                sample_series=20,
                out=place / name,
                engine=InProcess(),
            )
            made.append(found.table().combine_chunks())
    assert made[0].equals(made[1])
    if not given_model:
        assert_is_predicted(found, pa.concat_tables([intermittent(30, 100), monthly(30)]))


def test_two_processes_write_the_same_bytes_even_if_they_are_killed(table, whole, tmp_path) -> None:
    write_parts(shuffled(table, 1), tmp_path / "in", [0, 500, 501, len(table)])
    engine, killed = LocalEngine(2), list[int]()

    def kill(_) -> None:
        if engine.processes and len(killed) < 4:
            killed.append(engine.processes[-1])
            os.kill(killed[-1], signal.SIGKILL)

    found = scale.forecast(
        tmp_path / "in", **SMALL, out=tmp_path / "out", engine=engine, progress=kill
    )
    assert len(killed) == 4
    assert content(found) == content(whole)
    assert engine.processes == []


@pytest.mark.parametrize("stop", [1, 3, 6, 8])
def test_a_job_that_was_cut_off_is_resumed(table, whole, tmp_path, stop) -> None:
    write_parts(table, tmp_path / "in", [0, 500, 900, len(table)])

    class Broken(InProcess):
        left = stop

        def run(self, working, output, tasks):
            for report in super().run(working, output, tasks):
                if not Broken.left:
                    raise KeyboardInterrupt
                Broken.left -= 1
                yield report

    arguments = {**SMALL, "out": tmp_path / "out"}
    with pytest.raises(KeyboardInterrupt):
        scale.forecast(tmp_path / "in", **arguments, engine=Broken())
    found = scale.forecast(tmp_path / "in", **arguments, engine=InProcess())
    assert found.resumed >= stop
    assert content(found) == content(whole)
    assert (found.series, found.rejected) == (42, 2)
    again = scale.forecast(tmp_path / "in", **arguments, engine=Broken())
    assert again == found  # nothing is run
    assert not list((tmp_path / "out").glob("_gated/split-*"))


def test_pieces_may_lie_elsewhere(table, whole, tmp_path) -> None:
    write_parts(table, tmp_path / "in", [0, len(table)])
    found = scale.forecast(
        tmp_path / "in", **SMALL, out=tmp_path / "out", work=tmp_path / "work", engine=InProcess()
    )
    assert content(found) == content(whole)
    assert list((tmp_path / "work").iterdir()) == []


def test_a_model_is_given(table, model, tmp_path) -> None:
    write_parts(table, tmp_path / "in", [0, len(table)])
    model.save(tmp_path / "m.gated")
    small = {"rows_per_bucket": 800, "engine": InProcess()}
    first = scale.forecast(tmp_path / "in", model=model, out=tmp_path / "a", **small)
    second = scale.forecast(
        tmp_path / "in", model=tmp_path / "m.gated", out=tmp_path / "b", level=[50], **small
    )
    assert len(first.table()) == 40 * 3 + 2
    assert second.table()["gated"].equals(first.table()["gated"])
    other = scale.forecast(tmp_path / "in", 5, model=model, out=tmp_path / "c", **small)
    assert len(other.table()) == 40 * 5 + 2
    with pytest.raises(UsageError, match="are those of the fitted model"):
        scale.forecast(tmp_path / "in", model=model, id_col="unique_id", out=tmp_path / "d")


def test_hyperparameters_and_columns_are_given(tmp_path) -> None:
    table = monthly(6).rename_columns(["shop", "month", "sold"])
    table = table.append_column("price", pa.array(np.ones(len(table))))
    write_parts(table, tmp_path / "in", [0, len(table)])
    names = {"id_col": "shop", "time_col": "month", "target_col": "sold"}
    found = scale.forecast(
        tmp_path / "in", model=Forecaster(h=4, freq="MS"), out=tmp_path / "out", engine=InProcess(),
        **names,
    )  # fmt: skip
    assert found.table().column_names[:3] == ["shop", "month", "gated"]
    assert len(found.table()) == 24


def test_several_id_columns_are_named(tmp_path) -> None:
    table = monthly(6).append_column("item", pa.array(["tea"] * 6 * MONTHS))
    write_parts(table, tmp_path / "in", [0, len(table)])
    found = scale.forecast(
        tmp_path / "in", 2, id_col=["unique_id", "item"], out=tmp_path / "out", engine=InProcess()
    )
    assert set(found.table()["unique_id/item"].to_pylist()) == {f"shop {n}/tea" for n in range(6)}


def test_a_backtest_of_files(tmp_path) -> None:
    table = monthly(12)
    write_parts(shuffled(table, 2), tmp_path / "in", [0, 200, len(table)])
    found = scale.backtest(tmp_path / "in", 3, 2, out=tmp_path / "out", engine=InProcess())
    made = found.table()
    assert made.column_names[2:4] == ["cutoff", "y"]
    assert len(made) == 12 * 3 * 2


def test_the_type_of_a_column_may_differ_between_files(tmp_path) -> None:
    table = monthly(4)
    write_parts(table, tmp_path / "in", [0, 80])
    rest = table.slice(80).set_column(2, "y", table["y"].slice(80).cast(pa.float32()))
    ids = rest["unique_id"].combine_chunks().dictionary_encode()
    parquet.write_table(rest.set_column(0, "unique_id", ids), tmp_path / "in" / "rest.parquet")
    found = scale.forecast(tmp_path / "in", 2, out=tmp_path / "out", engine=InProcess())
    assert found.series == 4


def test_padded_labels_of_several_columns_are_one_series(tmp_path) -> None:
    def keyed(rows: pa.Table, end: str) -> pa.Table:
        stores = [f"{label}{end}" for label in rows["unique_id"].to_pylist()]
        items = pa.array(["tea"] * len(rows))
        return rows.set_column(0, "store", pa.array(stores)).add_column(1, "item", items)

    months = np.tile(np.arange(MONTHS), 150)
    early, late = (monthly(150).filter(pa.array(rows)) for rows in (months < 30, months >= 30))
    whole = pa.concat_tables([keyed(early, ""), keyed(late, "  ")])
    write_parts(whole, tmp_path / "in", [0, len(early), len(whole)])
    for number, ids in enumerate((["store", "item"], "store,item")):
        place = {"out": tmp_path / str(number), "engine": InProcess()}
        made = scale.forecast(
            tmp_path / "in", 2, id_col=ids, time_col="ds", target_col="y", **place
        )
        assert (made.series, made.rejected, len(made.table())) == (150, 0, 300)


def test_days_that_single_series_are_closed_are_forecast_closed(tmp_path) -> None:
    n, days = 40, 1_082
    ds = np.datetime64("2021-01-01") + np.arange(days)
    rng = np.random.default_rng(0)
    y = np.round(40 + 5 * np.arange(n)[:, None] + rng.normal(0, 1, (n, days)))
    festive = np.isin([str(day)[5:] for day in ds], ["12-25", "12-26", "01-01"])
    y[np.ix_(np.arange(n) % 10 != 0, festive)] = 0
    labels = np.repeat([f"branch {place}" for place in range(n)], days)
    table = pa.table({"unique_id": labels, "ds": np.tile(ds.astype("M8[us]"), n), "y": y.ravel()})
    write_parts(table, tmp_path / "in", [0, len(table)], row_group_size=50_000)
    model = Forecaster(h=21).fit(table)
    made = scale.forecast(tmp_path / "in", model=model, out=tmp_path / "out", engine=InProcess())
    assert_is_predicted(made, table, model)
    assert pc.sum(pc.equal(made.table()["gated"], 0)).as_py() == 36 * 3


def test_the_output_of_other_jobs_below_a_table_is_not_read(table, tmp_path) -> None:
    write_parts(table, tmp_path / "in", [0, len(table)])
    scale.backtest(tmp_path / "in", 2, 1, out=tmp_path / "in" / "checked", engine=InProcess())
    made = scale.forecast(
        tmp_path / "in", **SMALL, out=tmp_path / "in" / "next", engine=InProcess()
    )
    assert made.input_rows == len(table)
    (tmp_path / "link").symlink_to(tmp_path / "in")
    linked = {"out": tmp_path / "link" / "linked", "engine": InProcess()}
    first, again = (scale.forecast(tmp_path / "in", **SMALL, **linked) for _ in range(2))
    assert first == again


def test_a_call_that_failed_leaves_the_folder_free(table, tmp_path) -> None:
    write_parts(table, tmp_path / "in", [0, len(table)])
    place = {"out": tmp_path / "out", "engine": InProcess()}
    with pytest.raises(DataError, match="is not a known frequency"):
        scale.forecast(tmp_path / "in", model=Forecaster(h=2, freq="fortnight"), **place)
    assert scale.forecast(tmp_path / "in", **SMALL, **place).series == 42


def test_values_that_the_common_type_cannot_hold(tmp_path) -> None:
    times = pa.array([np.datetime64("9999-12-31", "ms")], pa.timestamp("ms"))
    far = pa.table({"unique_id": ["a"], "ds": times, "y": [1.0]})
    near = far.set_column(1, "ds", pa.array([np.datetime64("2024-01-01", "ns")]))
    for name, part in (("far", far), ("near", near)):
        write_parts(part, tmp_path / "in" / name, [0, 1])
    with LocalEngine(1) as engine, pytest.raises(DataError, match=r"Column ds has the type.*ms.*"):
        scale.forecast(tmp_path / "in", 2, out=tmp_path / "out", engine=engine)


@pytest.mark.parametrize("name", ["gated", "gated-lo-80", "gated-error", "cutoff"])
@pytest.mark.parametrize("column", ["unique_id", "ds"])
def test_a_column_with_a_name_of_the_forecast_is_refused(column, name, tmp_path) -> None:
    table = monthly(2)
    names = [name if one == column else one for one in table.column_names]
    write_parts(table.rename_columns(names), tmp_path / "in", [0, len(table)])
    columns = dict(zip(("id_col", "time_col", "target_col"), names, strict=True))
    call = scale.backtest if name == "cutoff" else scale.forecast
    with pytest.raises(UsageError, match=f"The column {name} of the table has the name"):
        call(tmp_path / "in", 2, **columns, out=tmp_path / "out", engine=InProcess())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"h": -1}, "h is -1. Expected a whole number, at least 1"),
        ({"h": 0}, "h is 0"),
        ({"rows_per_bucket": 0}, "rows_per_bucket is 0"),
        ({"rows_per_bucket": 2.5}, "rows_per_bucket is 2.5"),
        ({"sample_series": 0}, "sample_series is 0"),
        ({"workers": 1.5, "engine": None}, "workers is 1.5"),
        ({"model": 3}, "model is 3. Expected a Forecaster"),
    ],
)
def test_arguments_are_checked_first(changes, message, table, tmp_path) -> None:
    write_parts(table, tmp_path / "in", [0, len(table)])
    with pytest.raises(UsageError, match=message):
        scale.forecast(
            tmp_path / "in", **{"out": tmp_path / "out", "engine": InProcess(), **changes}
        )
    assert not (tmp_path / "out").exists()


def test_messages(table, tmp_path) -> None:
    with pytest.raises(UsageError, match=r"out= is missing\. Expected a folder"):
        scale.forecast(tmp_path)
    with pytest.raises(DataError, match="there is no Parquet file"):
        scale.forecast(tmp_path / "none", out=tmp_path / "out")
    write_parts(table, tmp_path / "in", [0, len(table)])
    with pytest.raises(UsageError, match=r'engine="rai" is unknown\. Did you mean'):
        scale.forecast(tmp_path / "in", out=tmp_path / "out", engine="rai")
    with pytest.raises(UsageError, match="workers is 0"):
        scale.forecast(tmp_path / "in", out=tmp_path / "out", workers=0)
    with pytest.raises(UsageError, match="n_windows is 0"):
        scale.backtest(tmp_path / "in", 2, 0, out=tmp_path / "out")
    with pytest.raises(UsageError, match="step_size is -1"):
        scale.backtest(tmp_path / "in", 2, 2, -1, out=tmp_path / "out")
    with pytest.raises(UsageError, match=r"in/\.\./in\" is the folder of the table"):
        scale.forecast(tmp_path / "in", out=tmp_path / "in" / ".." / "in", engine=InProcess())
    write_parts(table, tmp_path / "other", [0, len(table)])
    with pytest.raises(UsageError, match="has Parquet files already"):
        scale.forecast(tmp_path / "in", out=tmp_path / "other", engine=InProcess())
    scale.forecast(tmp_path / "in", **SMALL, out=tmp_path / "out", engine=InProcess())
    with pytest.raises(UsageError, match="output of another job"):
        scale.forecast(tmp_path / "in", 7, out=tmp_path / "out", engine=InProcess())
    (tmp_path / "in" / "part-000.parquet").write_bytes(b"nothing")
    with pytest.raises(DataError, match="cannot be read as a Parquet file"):
        scale.forecast(tmp_path / "in", 7, out=tmp_path / "b", engine=InProcess())


def test_errors_of_a_worker_are_raised_here(table, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(local, "ATTEMPTS", 2)
    with LocalEngine(1) as engine, pytest.raises(GatedError, match="split task 0 failed 2 times"):
        list(engine.run(str(tmp_path), str(tmp_path), [Task("split")]))
    write_parts(unusable(), tmp_path / "in", [0, 5])
    with pytest.raises(DataError, match="No series of the sample can be forecast"):
        scale.forecast(tmp_path / "in", 2, out=tmp_path / "out", workers=1)
