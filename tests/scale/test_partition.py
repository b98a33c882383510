"""One partition: the same forecast as `Forecaster.predict`, to the bit in any order of rows."""

import numpy as np
import pyarrow as pa
import pytest

from gated import Forecaster
from gated.errors import DataError, NotFittedError, UsageError
from gated.scale import backtest_partition, forecast_partition, forecast_schema
from tests.scale.conftest import MONTHS, monthly, shuffled, unusable

NUMBERS = ["gated", "gated-mean", "gated-lo-80", "gated-hi-80"]


def numbers(table, names=NUMBERS):
    return np.stack([table.column(name).to_numpy() for name in names])


def test_it_is_the_forecast_of_predict(model) -> None:
    table = monthly(9)
    made = forecast_partition(table, model)
    expected = model.predict(table)
    assert made.column_names == [*expected.column_names, "gated-error"]
    assert made.schema == forecast_schema(table.schema, model)
    for name in ("unique_id", "ds"):
        assert made.column(name).to_pylist() == expected.column(name).to_pylist()
    np.testing.assert_allclose(numbers(made), numbers(expected), rtol=1e-6)
    assert made.column("gated-error").null_count == len(made)


def test_the_order_of_rows_and_their_chunks_change_no_bit(model) -> None:
    table = pa.concat_tables([monthly(9), unusable()])
    mixed = shuffled(table, 1)
    mixed = pa.concat_tables([mixed.slice(100), mixed.slice(0, 100)])
    assert forecast_partition(mixed, model).equals(forecast_partition(table, model))


def test_an_unusable_series_is_a_row_with_its_reason(model) -> None:
    table = pa.concat_tables([monthly(9), unusable()])
    nameless = pa.table({"unique_id": [None], "ds": table["ds"][:1], "y": [1.0]})
    made = forecast_partition(pa.concat_tables([table, nameless.cast(table.schema)]), model)
    assert len(made) == 9 * 3 + 3
    errors = {row["unique_id"]: row for row in made.slice(27).to_pylist()}
    assert errors["empty"]["gated-error"] == "the target is missing in every row."
    assert errors["twice"]["gated-error"].startswith("two rows have the same time, 2020-01-01.")
    assert errors[None]["gated-error"].startswith("unique_id is empty.")
    assert all(row["gated"] is None and row["ds"] is None for row in errors.values())
    whole = forecast_partition(monthly(9), model)
    np.testing.assert_allclose(numbers(made.slice(0, 27)), numbers(whole), rtol=1e-6)


def test_one_text_among_numbers_spoils_its_series_only(model) -> None:
    table = monthly(5)
    cells = [str(number) for number in table["y"].to_pylist()]
    cells[MONTHS] = "many"
    made = forecast_partition(table.set_column(2, "y", pa.array(cells)), model)
    assert len(made) == 4 * 3 + 1
    assert made["unique_id"][-1].as_py() == "shop 1"
    assert "many" in made["gated-error"][-1].as_py()


def test_codes_for_missing_values_are_those_of_the_fitted_table() -> None:
    table = monthly(6)
    y = table["y"].to_numpy().copy()
    y[[3, MONTHS + 3, 5 * MONTHS + 1]] = -999.0
    table = table.set_column(2, "y", pa.array(y))
    model = Forecaster(h=3).fit(table)
    low = monthly(3, first=90)
    low = low.set_column(2, "y", pa.array(np.append(low["y"].to_numpy()[:-1] * 1e4, -999.0)))
    both = forecast_partition(pa.concat_tables([table, low]), model)
    parts = [forecast_partition(one, model) for one in (table, low)]  # alone, it is no code in low
    np.testing.assert_allclose(
        numbers(both), np.concatenate([numbers(one) for one in parts], axis=1), rtol=1e-6
    )
    assert np.isfinite(numbers(both)).all()
    assert numbers(both).min() > -100


def test_an_error_of_any_kind_is_a_reason(model, monkeypatch) -> None:
    original = Forecaster.forecast

    def failing(self, df, *arguments, **keywords):
        if "shop 3" in df.ids:
            raise ZeroDivisionError("by 0")
        return original(self, df, *arguments, **keywords)

    monkeypatch.setattr(Forecaster, "forecast", failing)
    made = forecast_partition(monthly(5), model)
    assert made["gated-error"].to_pylist()[-1] == "ZeroDivisionError: by 0"
    assert len(made) == 4 * 3 + 1


def test_too_little_memory_is_no_fault_of_a_series(model, monkeypatch) -> None:
    def failing(*_, **__):
        raise MemoryError

    monkeypatch.setattr(Forecaster, "forecast", failing)
    with pytest.raises(MemoryError):
        forecast_partition(monthly(2), model)


@pytest.mark.parametrize(
    ("ids", "times"),
    [
        (pa.int32(), pa.timestamp("ns")),
        (pa.large_string(), pa.timestamp("ms", "Europe/Berlin")),
        (pa.dictionary(pa.int32(), pa.string()), pa.date32()),
        (pa.string(), pa.string()),
    ],
)
def test_the_declared_types_are_those_of_the_table(ids, times) -> None:
    table = monthly(3)
    label = pa.array(np.repeat(["7", "8", "9"], MONTHS))
    label = label.dictionary_encode() if pa.types.is_dictionary(ids) else label.cast(ids)
    ds = table["ds"].cast(pa.date32()).cast(pa.string()) if times == pa.string() else None
    table = table.set_column(0, "unique_id", label)
    table = table.set_column(1, "ds", table["ds"].cast(times) if ds is None else ds)
    model = Forecaster(h=2, freq="MS").fit(table)
    made = forecast_partition(table, model, level=[50], quantiles=[0.9])
    assert made.schema == forecast_schema(table.schema, model, level=[50], quantiles=[0.9])
    assert len(made) == 6
    assert set(made["unique_id"].to_pylist()) == set(label.to_pylist())
    frame = model.predict(table, level=[50], quantiles=[0.9])
    assert made["ds"].to_pylist() == frame["ds"].cast(made.schema.field("ds").type).to_pylist()


def test_several_id_columns_and_known_covariates(model) -> None:
    table = monthly(6)
    open_ = pa.array(np.tile(np.arange(MONTHS) % 5 != 0, 6).astype(float))
    item = pa.array(np.repeat(["milk", "tea"], 3 * MONTHS))
    table = table.append_column("open", open_).append_column("item", item)
    ahead = pa.array(np.tile(np.arange(MONTHS) >= MONTHS - 3, 6))
    import pyarrow.compute as pc

    y = pc.if_else(ahead, None, pc.multiply(table["y"], table["open"]))
    table = table.set_column(2, "y", y)
    named = {"id_col": ["unique_id", "item"], "covariates": ["open"]}
    fitted = Forecaster(h=3).fit(table, **named)
    made = forecast_partition(shuffled(table, 2), fitted)
    expected = fitted.predict(table)
    assert made.column_names[0] == "unique_id/item"
    assert made[0].to_pylist() == expected[0].to_pylist()
    np.testing.assert_allclose(numbers(made), numbers(expected), rtol=1e-6)


def test_a_partition_without_rows_has_an_empty_forecast(model) -> None:
    made = forecast_partition(monthly(1).slice(0, 0), model)
    assert len(made) == 0
    assert made.schema == forecast_schema(monthly(1).schema, model)


def test_the_model_does_not_change(model) -> None:
    before = model.notes_
    forecast_partition(monthly(2, first=50), model)
    assert model.notes_ == before


def test_errors_of_the_call_are_raised(model) -> None:
    with pytest.raises(UsageError, match="level has 120"):
        forecast_partition(monthly(1), model, level=120)
    with pytest.raises(DataError, match="no column `y`"):
        forecast_partition(monthly(1).select(["unique_id", "ds"]), model)
    with pytest.raises(NotFittedError):
        forecast_partition(monthly(1), Forecaster())


def test_a_backtest_is_the_cross_validation_of_the_partition(model) -> None:
    table = monthly(6)
    made = backtest_partition(pa.concat_tables([shuffled(table, 4), unusable()]), model, 3, 2)
    expected = Forecaster().cross_validation(table, 3, 2)
    assert made.column_names == [*expected.column_names, "gated-error"]
    shown = made.slice(0, len(expected))
    for name in ("unique_id", "ds", "cutoff"):
        assert shown[name].to_pylist() == expected[name].to_pylist()
    np.testing.assert_allclose(
        numbers(shown, ["y", *NUMBERS]), numbers(expected, ["y", *NUMBERS]), rtol=1e-6
    )
    assert made["unique_id"].to_pylist()[len(expected) :] == ["empty", "twice"]


def test_a_series_that_is_too_short_for_a_backtest_has_a_reason(model) -> None:
    short = monthly(1, first=90).slice(0, 3)
    made = backtest_partition(pa.concat_tables([monthly(4), short]), model, 3)
    assert made["unique_id"][-1].as_py() == "shop 90"
    assert "too short" in made["gated-error"][-1].as_py()
