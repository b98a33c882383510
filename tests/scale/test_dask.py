"""Dask: the rows of the local engine from a DataFrame, in any order of rows."""

import pandas as pd
import pyarrow as pa
import pytest

from gated import Forecaster, scale
from gated.errors import DataError
from tests.scale.conftest import InProcess, in_order, monthly, shuffled, unusable, write_parts

dask = pytest.importorskip("dask", reason='dask is not installed: pip install "gated[dask]"')
dd = pytest.importorskip("dask.dataframe", reason='pip install "gated[dask]"')
pytestmark = pytest.mark.filterwarnings("ignore")  # of Dask itself

SMALL = {"h": 2, "rows_per_bucket": 400, "sample_series": 8}


@pytest.fixture(autouse=True, scope="module")
def threads():
    with dask.config.set(scheduler="threads", num_workers=2):
        yield


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return pa.concat_tables([monthly(40), unusable()])


@pytest.fixture(scope="module")
def local(table, tmp_path_factory):
    place = tmp_path_factory.mktemp("local")
    write_parts(table, place / "in", [0, len(table)])
    return scale.forecast(place / "in", **SMALL, out=place / "out", engine=InProcess())


def test_a_frame_becomes_one_with_the_same_rows(table, local) -> None:
    frame = dd.from_pandas(shuffled(table, 2).to_pandas(), npartitions=3)
    made = scale.forecast(frame, **SMALL)
    assert isinstance(made, dd.DataFrame)
    assert made.columns.tolist() == local.table().column_names
    computed = made.compute()
    pd.testing.assert_series_equal(computed.dtypes, made.dtypes)
    found = pa.Table.from_pandas(computed, preserve_index=False).cast(local.table().schema)
    assert in_order(found).equals(in_order(local.table()))


def test_processes_give_the_same_rows(table, local) -> None:
    frame = dd.from_pandas(shuffled(table, 3).to_pandas(), npartitions=4)
    with dask.config.set(scheduler="processes", num_workers=2):
        computed = scale.forecast(frame, **SMALL).compute()
    found = pa.Table.from_pandas(computed, preserve_index=False).cast(local.table().schema)
    assert in_order(found).equals(in_order(local.table()))


def test_a_single_series_without_ids(model) -> None:
    alone = monthly(1).to_pandas().drop(columns="unique_id")
    fitted = Forecaster(h=3).fit(alone)
    made = scale.forecast(dd.from_pandas(alone, npartitions=2), model=fitted).compute()
    expected = fitted.predict()
    assert made["ds"].tolist() == expected["ds"].tolist()
    pd.testing.assert_series_equal(made["gated"], expected["gated"], rtol=1e-6, check_index=False)


def test_without_rows_it_is_an_error(table) -> None:
    frame = dd.from_pandas(table.to_pandas().head(0), npartitions=1)
    with pytest.raises(DataError, match="no rows"):
        scale.forecast(frame, **SMALL)


def test_predict_takes_a_frame(table, local) -> None:
    frame = dd.from_pandas(table.to_pandas(), npartitions=2)
    made = Forecaster.load(f"{local.out}/_gated/model.gated").predict(frame, 2)
    assert isinstance(made, dd.DataFrame)
    assert len(made) == len(local.table())
