"""Tests the one question on tables of single events: bookings, orders, receipts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gated.table import read_table
from tests.table.example_tables import frame, refusal

DAYS = np.sort(np.random.default_rng(5).integers(0, 60, 150))
TIMES = (np.datetime64("2024-03-01") + DAYS).astype(str)
VALUED = (np.datetime64("2024-03-01") + DAYS + np.arange(150) % 3).astype(str)
AMOUNTS = np.round(np.random.default_rng(6).normal(-20, 90, 150), 2)
SUMS = pd.Series(AMOUNTS).groupby(TIMES).sum()
PAYEES = [f"payee {number}" for number in range(150)]


def bookings(**columns: object) -> pd.DataFrame:
    return frame(**columns)


def test_a_bank_statement_gets_one_question_with_all_options() -> None:
    rows = bookings(
        Bokföringsdag=TIMES, Valutadag=VALUED, Text=PAYEES, Belopp=AMOUNTS, Saldo=AMOUNTS.cumsum()
    )
    message = refusal(rows)
    assert (
        'To add up `Belopp` of each day, pass time_col="Bokföringsdag" target_col="Belopp" '
        'aggregate="sum" freq="D"' in message
    )
    assert "Other times: `Valutadag`. Other columns of numbers: `Saldo`." in message
    given = {"time_col": "Bokföringsdag", "target_col": "Belopp"}
    table = read_table(rows, **given, aggregate="sum", freq="D")
    assert np.nansum(table.y) == pytest.approx(AMOUNTS.sum())
    assert table.y[0] == pytest.approx(SUMS.iloc[0])


def test_a_description_of_each_row_names_no_series() -> None:
    rows = bookings(fecha=TIMES, concepto=[*PAYEES[:75], *PAYEES[:75]], importe=AMOUNTS)
    message = refusal(rows)
    assert 'To add up `importe` of each day, pass aggregate="sum" freq="D"' in message
    assert len(read_table(rows, aggregate="sum", freq="D").ids) == 1


def test_kinds_of_payment_beside_a_description() -> None:
    kinds = np.where(AMOUNTS < 0, "debit", "credit")
    rows = bookings(Date=TIMES, Kind=kinds, Memo=PAYEES, Fee=np.zeros(150), Amount=AMOUNTS)
    assert "To add up `Amount` of each day" in refusal(rows)


def test_stamps_of_orders_beside_the_day_of_payment(tmp_path: Path) -> None:
    seconds = np.sort(np.random.default_rng(7).integers(0, 60 * 86_400, 200))
    ordered = (np.datetime64("2024-03-01T00:00:00") + seconds).astype(str)
    paid = (np.datetime64("2024-03-04T00:00:00") + seconds).astype("M8[D]").astype(str)
    rows = bookings(ordered_at=ordered, paid_on=paid, gross=np.ones(200), fee=np.ones(200) / 9)
    path = tmp_path / "orders.csv"
    rows.to_csv(path, index=False)
    assert 'pass time_col="ordered_at" target_col="gross" aggregate="sum"' in refusal(str(path))


def test_a_panel_is_no_list_of_events() -> None:
    days = np.repeat(pd.date_range("2024-01-01", periods=40).astype(str), 3)
    rows = frame(day=days, shop=["a", "b", "c"] * 40, pos=np.arange(120), sold=np.arange(120.0))
    assert len(read_table(rows, target_col="sold").ids) == 3


def test_numbers_of_departments_are_labels() -> None:
    days = np.repeat(pd.date_range("2024-01-05", periods=30, freq="W-FRI").astype(str), 4)
    rows = frame(
        Date=days, Branch=[1, 1, 2, 2] * 30, Dept=[7, 9] * 60, Net_Sales=np.arange(120) + 0.5
    )
    table = read_table(rows)
    assert list(table.ids) == ["1/7", "1/9", "2/7", "2/9"]
    assert table.schema.target_col == "Net_Sales"


def test_of_several_numbers_the_one_named_as_a_target_is_taken() -> None:
    days = pd.date_range("2024-01-01", periods=30).astype(str)
    rows = frame(Store=["x"] * 30, day=days, Fuel_Price=np.ones(30), CPI=np.ones(30))
    rows["Daily_Visitors"] = np.arange(30)
    assert read_table(rows).schema.target_col == "Daily_Visitors"
    rows["Weekly_Sales"] = np.arange(30)
    assert "could be the target" in refusal(rows)


def test_days_written_with_digits_alone() -> None:
    days = [int(day.replace("-", "")) for day in TIMES]
    kinds = np.where(AMOUNTS < 0, "Af", "Bij")
    rows = bookings(Datum=days, Naam=PAYEES, Soort=kinds, Code=kinds, Bedrag=np.abs(AMOUNTS))
    assert 'To add up `Bedrag` of each day, pass aggregate="sum" freq="D"' in refusal(rows)


def test_numbers_of_stores_with_a_hash() -> None:
    weeks = np.repeat(pd.date_range("2024-01-06", periods=20, freq="7D").astype(str), 2)
    table = read_table(frame(**{"Week Ending": weeks, "Store #": [4, 9] * 20}, Units=range(40)))
    assert list(table.ids) == [4, 9]


def test_events_without_an_amount_are_counted() -> None:
    begins = np.sort(np.random.default_rng(8).integers(0, 30 * 86_400, 400))
    started = (np.datetime64("2024-03-01T00:00:00") + begins).astype(str)
    rides = frame(
        ride_id=[f"{number:06X}" for number in np.random.default_rng(9).integers(0, 1 << 24, 400)],
        bike=["classic"] * 400,
        started=started,
    )
    message = refusal(rides)
    assert 'pass aggregate="count" freq="D"' in message
    assert read_table(rides, aggregate="count", freq="D").y.sum() == 400


@pytest.mark.parametrize("name", ["Artikelnr", "KundenNr.", "storeId", "Artikel-Nummer"])
def test_numbers_with_a_name_of_one_word_are_labels(name: str) -> None:
    days = pd.date_range("2024-01-01", periods=20).astype(str)
    rows = pd.concat(frame(Datum=days, **{name: [n] * 20}, Menge=np.arange(20.0)) for n in (47, 48))
    assert read_table(rows).schema.id_col == name
