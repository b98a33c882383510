"""Tests of what programs print: measurements, reports of systems, candlesticks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gated.errors import DataError
from gated.table import read_table

BEGIN = 1_704_067_200  # 2024-01-01 in UTC
VALUES = [round(5 + step % 7 + step / 10, 1) for step in range(40)]
MINUTES = np.datetime64("2024-01-01T00:00") + np.arange(40).astype("m8[m]")


def clock(step: int, pattern: str) -> str:
    return (datetime(2024, 1, 15, 23, 0) + timedelta(minutes=10 * step)).strftime(pattern)


@pytest.mark.parametrize(
    "line",
    [
        "put cpu.user {seconds} {value} host=web01 cpu=0",
        "cpu.user {seconds} {value} host=web01",
        "put cpu.user {seconds}000 {value} host=web01",
        "put cpu.user {seconds} {value}",
        "servers.web01.cpu {value} {seconds}",
        "disk.used;host=web01;kind=ssd {value} {seconds}",
    ],
)
def test_measurements_of_databases(tmp_path: Path, line: str) -> None:
    rows = [
        line.format(seconds=BEGIN + 60 * step, value=value) for step, value in enumerate(VALUES)
    ]
    path = tmp_path / "a.txt"
    path.write_text("\n".join(rows) + "\n")
    table = read_table(path)
    assert (table.n_series, table.y.tolist(), table.frequency.alias) == (1, VALUES, "min")
    np.testing.assert_array_equal(table.ds, MINUTES)
    names = [line.replace("user", name).replace("web01", name) for name in ("a", "b")]
    both = [
        one.format(seconds=BEGIN + 60 * step, value=value + at)
        for step, value in enumerate(VALUES)
        for at, one in enumerate(names)
    ]
    path.write_text("\n".join(both) + "\nrestarted\n")
    table = read_table(path)
    assert table.n_series == 2
    np.testing.assert_allclose(table.y, [*VALUES, *(value + 1 for value in VALUES)])
    assert any("1 line of the file has other contents" in note for note in table.notes)


def test_a_label_beside_a_number_and_a_count_is_no_measurement(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("".join(f"Oslo {value} {BEGIN + 60 * at}\n" for at, value in enumerate(VALUES)))
    with pytest.raises(DataError, match=r'time_format="s"'):
        read_table(path)


def sar(day: str, pattern: str, step_names: str = "CPU %user %idle", sign: str = ".") -> str:
    lines = [f"Linux 6.1.0 (web01) \t{day} \t_x86_64_\t(8 CPU)", ""]
    for step, value in enumerate(VALUES):
        if step in (0, 20):
            lines += ["", f"{clock(step, pattern)}  " + "  ".join(step_names.split())]
        cells = [f"{value:.2f}", f"{100 - value:.2f}"]
        lines.append(f"{clock(step + 1, pattern)}  all  " + "  ".join(cells).replace(".", sign))
    return "\n".join([*lines, "Average:  all  5.00  95.00", f"{clock(41, pattern)} LINUX RESTART"])


@pytest.mark.parametrize(
    ("day", "pattern"),
    [
        ("2024-01-15", "%H:%M:%S"),
        ("01/15/2024", "%I:%M:%S %p"),
        ("01/15/2024", "%H:%M:%S"),
        ("15/01/24", "%H:%M:%S"),
        ("15.01.2024", "%H:%M:%S"),
    ],
)
@pytest.mark.parametrize("sign", [".", ","])
def test_a_report_of_sar_has_the_day_above_it(
    tmp_path: Path, day: str, pattern: str, sign: str
) -> None:
    path = tmp_path / "sar.txt"
    path.write_text(sar(day, pattern, sign=sign))
    table = read_table(path, target_col="%user")
    assert (table.n_series, table.y.tolist()) == (1, VALUES)
    begin = np.datetime64("2024-01-15T23:10")  # and on after midnight
    np.testing.assert_array_equal(table.ds, begin + np.arange(40) * np.timedelta64(10, "m"))
    with pytest.raises(DataError, match="several columns could be the target: `%user`, `%idle`"):
        read_table(path)


def test_a_day_above_a_report_of_sar_with_two_meanings_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "sar.txt"
    path.write_text(sar("01/05/2024", "%H:%M:%S"))
    with pytest.raises(DataError, match=r"may begin with the month or the day.*S_TIME_FORMAT=ISO"):
        read_table(path, target_col="%user")
    path.write_text(sar("01/05/2024", "%I:%M:%S %p"))  # only English of America has AM and PM
    assert read_table(path, target_col="%user").ds[0] == np.datetime64("2024-01-05T23:10")


def test_several_reports_of_sar_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "sar.txt"
    path.write_text(sar("2024-01-15", "%H:%M:%S") + "\n10:00:01  kbmemfree  kbused\n")
    with pytest.raises(
        DataError, match=r"several reports of sar: one of `%idle`.*such as with sar"
    ):
        read_table(path)


@pytest.mark.parametrize("has_time", [False, True])
@pytest.mark.parametrize("procs", ["procs", "--procs--"])
def test_a_report_of_vmstat(tmp_path: Path, has_time: bool, procs: str) -> None:
    head = [
        f"{procs} -----memory---- ---swap-- -----io---- -system-- ----cpu----"
        + " -----timestamp-----" * has_time,
        " r  b   free  si so    bi    bo   in   cs us id" + "                 UTC" * has_time,
    ]
    lines = ["1 0 999999 0 0 9 9 9 9 9 9" + " 2024-01-15 22:50:00" * has_time]
    for step, value in enumerate(VALUES):
        lines += head * (step == 20)
        cells = f"1  0  {int(10 * value)}  0 0  5  7  101 200  3  97"
        lines.append(cells + f" {clock(step, '%Y-%m-%d %H:%M:%S')}" * has_time)
    path = tmp_path / "vmstat.log"
    path.write_text("\n".join([*head, *lines]))
    table = read_table(path, target_col="free")
    assert table.n_series == 1
    np.testing.assert_allclose(table.y, np.round(np.array(VALUES) * 10))
    first = np.datetime64("2024-01-15T23:00") if has_time else 0
    assert table.ds[0] == first
    assert any("the averages since the machine was started" in note for note in table.notes)


@pytest.mark.parametrize("unit", [1000, 1_000_000])
@pytest.mark.parametrize("has_header", [False, True])
def test_candlesticks_of_binance(tmp_path: Path, unit: int, has_header: bool) -> None:
    names = "open_time,open,high,low,close,volume,close_time,quote_volume,count,a,b,ignore\n"
    rows = [
        f"{(BEGIN + 60 * step) * unit},{value - 1},{value + 2},{value - 2},{value},{step}.5,"
        f"{(BEGIN + 60 * (step + 1)) * unit - 1},{step}.7,{step},6.1,25.2,0\n"
        for step, value in enumerate(VALUES)
    ]
    path = tmp_path / "BTCUSDT-1m.csv"
    path.write_text(names * has_header + "".join(rows))
    table = read_table(path)
    assert (table.schema.target_col, table.y.tolist()) == ("close", VALUES)
    np.testing.assert_array_equal(table.ds, MINUTES)
    assert str(table.ds[0].astype("M8[s]").item().replace(tzinfo=UTC)).startswith(
        "2024-01-01 00:00"
    )


def test_twelve_other_numbers_are_no_candlesticks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [
        f"{(BEGIN + 60 * step) * 1000},5,4,6,5,1,{(BEGIN + 60 * step) * 1000 + 59_999},1,1,1,1,0\n"
        for step in range(40)  # the high is below the low
    ]
    path.write_text("".join(rows))
    with pytest.raises(DataError, match='time_format="ms"'):
        read_table(path)


@pytest.mark.parametrize("code", ["EXTF", "DTVF"])
def test_bookings_of_datev_get_the_years_of_the_first_line(tmp_path: Path, code: str) -> None:
    days = pd.date_range("2022-07-01", "2023-06-30", freq="3D")
    path = tmp_path / "EXTF_Buchungsstapel.csv"
    path.write_text(
        f'"{code}";700;21;"Buchungsstapel";13;20230801;;"RE";"";"";1;1;20220701;4;;;"";""\n'
        "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;Konto;"
        "Gegenkonto (ohne BU-Schlüssel);Belegdatum;Buchungstext\n"
        + "".join(f'12,50;"S";4400;{n % 9};{d.day}{d:%m};"Text"\n' for n, d in enumerate(days)),
        encoding="cp1252",
    )
    table = read_table(path, aggregate="sum", freq="MS")
    assert (table.ds[0], len(table.ds)) == (np.datetime64("2022-07-01"), 12)
    assert table.y.sum() == 12.5 * len(days)
    assert any("the first line says that they are from 2022-07-01 on" in n for n in table.notes)
