"""Errors in the input and the options: a message, exit code 2, and no files."""

import errno
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from gated.cli.output.stdout import to_stdout
from gated.errors import GatedError
from gated.train import save_tensors


def error_of(result):
    """The error message, the last of stderr, on one line; stdout is empty."""
    assert result.exit_code == 2, (result.exception, result.stderr)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    message = result.stderr[result.stderr.index("Error: ") :]
    assert message.rstrip()[-1] in ".?`28"
    return " ".join(message.split())


def bytes_read():
    """The bytes that this process has read from files; 0 if the system does not count them."""
    counts = Path("/proc/self/io")
    return int(counts.read_text().split()[1]) if counts.exists() else 0


class TestTable:
    """Both commands that read a table print the same errors."""

    @pytest.fixture(params=["forecast", "backtest"])
    def either(self, gated, request):
        def run(*arguments):
            return gated(request.param, *arguments, "--horizon", 7)

        return run

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (b"", "t.csv: the file is empty (0 bytes)."),
            (b"\xef\xbb\xbf", "t.csv: the file is empty: it has no rows."),
            (b"\n \n", "t.csv: the file is empty: it has no rows."),
            (b"ds,y\n", "t.csv: the table has no rows, only the columns `ds`, `y`."),
            (b"ds,y\n2024-01-01,5\n", "t.csv: there is a single row"),
            (bytes(range(256)) * 9, "t.csv: this is a binary file, not text."),
        ],
    )
    def test_nothing_to_read(self, either, tmp_path, content, expected):
        (tmp_path / "t.csv").write_bytes(content)
        assert expected in error_of(either("t.csv"))

    def test_no_such_file(self, either, sales):
        message = error_of(either("sale.csv"))
        assert message == "Error: sale.csv: there is no such file. Did you mean `sales.csv`?"

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("t.csv", "t.csv: this is a binary file, not text."),
            ("t.parquet", "t.parquet: the file is damaged or not a Parquet file"),
            ("t.bin", "t.bin: files of this type are not supported."),
        ],
    )
    def test_a_gigabyte_of_something_else_is_not_read_first(self, either, tmp_path, name, expected):
        with (tmp_path / name).open("wb") as file:
            file.truncate(1 << 30)
        before = bytes_read()
        assert expected in error_of(either(name))
        assert bytes_read() - before < 1 << 26

    @pytest.mark.parametrize(
        ("header", "expected"),
        [
            ("ds,sales,revenue", "several columns could be the target: `sales`, `revenue`."),
            ("ds,open,name", "several columns could be the target: `open`, `name`."),
            ("ds,y,y", "t.csv: the header names `y` more than once."),
            ("date,datetime,y", "several columns could be the time"),
        ],
    )
    def test_columns(self, either, tmp_path, header, expected):
        rows = [f"2024-01-{day:02d},{day},{day % 3}" for day in range(1, 29)]
        if header.startswith("date,"):
            rows = [f"2024-01-{day:02d},2024-02-{day:02d},5" for day in range(1, 29)]
        (tmp_path / "t.csv").write_text("\n".join([header, *rows]))
        assert expected in error_of(either("t.csv"))

    def test_a_directory(self, either, sales, tmp_path):
        message = error_of(either(tmp_path))
        assert "is a directory. Expected one file. It contains `sales.csv`." in message

    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            ("2021-13-04,5,1", 'sales.csv: row 12: ds "2021-13-04" is not a date.'),
            ("2024-01-11,many,1", 'sales.csv: row 12: y "many" is not a number.'),
            ("2024-01-10,5,1", "row 11 and row 12 have the same time, 2024-01-10."),
            ("2024-01-11T00:00+02:00,5,1", "row 12: ds has an offset from UTC, but ds in row 2"),
            ("2024-01-11 10:17,5,1", "series `y`: the times are not regular"),
            (",5,1", "sales.csv: row 12: ds is empty."),
            ("2024-01-11,5", "sales.csv: row 12 has 2 cells"),
            ('2024-01-11,"5,1', "sales.csv: row 12 opens a quote that is not closed"),
        ],
    )
    def test_a_row_is_named(self, either, sales, row, expected):
        lines = sales.read_text().splitlines()
        lines[11] = row
        sales.write_text("\n".join(lines))
        assert expected in error_of(either(sales))

    def test_a_bad_series_is_left_out_and_listed(self, forecast, write_sales):
        table = write_sales(series=tuple("abcdefghijklmnopqrstuvwxyz"))
        with table.open("a") as file:
            file.write("twice,2024-01-01,5,1\ntwice,2024-01-01,6,1\n")
            file.write("empty,2024-01-01,,1\nempty,2024-01-02,,1\n")
        result = forecast(table)
        assert result.exit_code == 0, result.stderr
        assert "`twice`: row 1822 and row 1823 have the same time" in result.stderr
        assert "`empty`: the target is missing in every row." in result.stderr
        assert len(result.stdout.splitlines()) == 1 + 26 * 7

    def test_one_bad_series_among_hundreds(self, forecast, tmp_path):
        days = [f"2024-01-{day:02d}" for day in range(1, 29)]
        rows = [f"s{series:04d},{day},{series % 7}" for series in range(299) for day in days]
        rows += [f"worst,{day},5" for day in ("2024-01-01", "2024-01-01", "2024-01-02")]
        (tmp_path / "t.csv").write_text("\n".join(["unique_id,ds,y", *rows]))
        result = forecast("t.csv")
        assert result.exit_code == 0, result.stderr
        assert "1 series left out; first `worst`: row 8374 and row 8375 have" in result.stderr
        assert len(result.stdout.splitlines()) == 1 + 299 * 7

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            (lambda rows: rows[::-1], "Rows were not sorted by time; they were sorted."),
            (lambda rows: rows[:20] + rows[25:], "5 of 70 steps had no row (first: 2024-01-21)"),
            (lambda rows: [rows[0].replace(",20,", ",nan,"), *rows[1:]], "1 missing value taken"),
            (lambda rows: [rows[0].replace(",20,", ",inf,"), *rows[1:]], "1 infinite value taken"),
            (
                lambda rows: [rows[0].replace(",20,", ',"1,020",'), *rows[1:]],
                "`y`: the comma was read as a mark between thousands.",
            ),
            (
                lambda rows: [
                    row.replace(",", f"T00:00+0{1 + (day > 9)}:00,", 1)
                    for day, row in enumerate(rows)
                ],
                "the offsets are left out",
            ),
        ],
        ids=["unsorted", "gap", "nan", "inf", "thousands", "summer time"],
    )
    def test_a_repair_is_printed(self, forecast, sales, change, expected):
        header, *rows = sales.read_text().splitlines()
        sales.write_text("\n".join([header, *change(rows)]))
        result = forecast(sales)
        assert result.exit_code == 0, result.stderr
        assert expected in result.stderr
        assert len(result.stdout.splitlines()) == 1 + 7

    def test_another_encoding_is_printed(self, forecast, sales):
        sales.write_bytes(sales.read_text().replace("promo", "größe").encode("cp1252"))
        result = forecast(sales)
        assert result.exit_code == 0
        assert "not UTF-8" in result.stderr


class TestValues:
    @pytest.mark.parametrize(
        "values",
        [
            pytest.param([5.0] * 70, id="constant"),
            pytest.param([0.0] * 70, id="all zero"),
            pytest.param([(1 + day % 5) * 1e300 for day in range(70)], id="huge"),
            pytest.param([-(1 + day % 5) * 1e-300 for day in range(70)], id="tiny and negative"),
            pytest.param([1.0, 2.0], id="two rows"),
            pytest.param([3.0, 1.0, 4.0, 1.0, 5.0], id="shorter than the horizon"),
            pytest.param([5.0 + day % 7 for day in range(69)] + [1e300], id="one is huge"),
            pytest.param([1.7e308, -1.7e308] * 35, id="as large as can be"),
        ],
    )
    def test_are_forecast_with_finite_numbers(self, forecast, tmp_path, values):
        days = pd.date_range("2024-01-01", periods=len(values))
        pd.DataFrame({"ds": days, "y": values}).to_csv(tmp_path / "t.csv", index=False)
        result = forecast("t.csv", "--out", "f.parquet")
        assert result.exit_code == 0, (result.stderr, result.exception)
        frame = pd.read_parquet("f.parquet")
        assert np.isfinite(frame.iloc[:, 2:].to_numpy()).all()
        assert (frame["gated-lo-80"] <= frame["gated"]).all()

    def test_a_series_of_one_row_among_others(self, forecast, write_sales):
        table = write_sales(series=("a", "b"))
        with table.open("a") as file:
            file.write("single,2024-03-10,7,1\n")
        result = forecast(table)
        assert result.exit_code == 0, result.stderr
        assert result.stdout.count("single,") == 7


class TestOptions:
    def test_a_missing_horizon_is_explained_with_an_example(self, gated, sales):
        message = error_of(gated("forecast", "sales.csv"))
        assert message.startswith("Error: --horizon is missing")
        assert "gated forecast sales.csv --horizon 28" in message

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            (("sale.csv",), "sale.csv: there is no such file. Did you mean `sales.csv`?"),
            (("sales.csv", "--level", "x"), '--level x: "x" is not a number.'),
            (("sales.csv", "--out", "f.xlsx"), 'the suffix ".xlsx" is unknown'),
        ],
    )
    def test_a_missing_horizon_is_reported_with_other_errors(self, gated, sales, words, expected):
        message = error_of(gated("forecast", *words))
        assert expected in message
        assert "Also, --horizon is missing. Expected the number of steps to forecast" in message

    @pytest.mark.parametrize(
        ("horizon", "expected"),
        [
            ("0", "--horizon 0 is too small."),
            ("-3", "--horizon -3 is too small."),
            ("week", "--horizon week is not a whole number."),
            ("1e9", "--horizon 1e9 is not a whole number."),
            ("2.5", "--horizon 2.5 is not a whole number."),
            ("1000000000", "1,000,000,000, but the longest series has 70 steps"),
        ],
    )
    def test_horizon(self, gated, sales, horizon, expected):
        assert expected in error_of(gated("forecast", sales, "--horizon", horizon))

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            (("--level", "120"), "120"),
            (("--level", "80,x"), '--level 80,x: "x" is not a number.'),
            (("--level", ""), 'Error: --level : "" is not a number.'),
            (("--quantiles", "2"), "Expected numbers between 0 and 1"),
            (("--seed", "x"), "--seed x is not a whole number."),
            (("--time-format", ""), "--time-format is empty. Expected strptime codes"),
            (("--time-format", "%Q"), "--time-format %Q is not a pattern for dates"),
            (("--season-length", "0"), "--season-length 0 is too small."),
            (("--freq", "fortnight"), "fortnight"),
            (("--fill", "zeros"), "--fill zeros is unknown. Did you mean `zero`?"),
            (("--target-col", "z"), "sales.csv: there is no column `z` (--target-col)."),
        ],
    )
    def test_values(self, forecast, sales, options, expected):
        assert expected in error_of(forecast(sales, *options))

    @pytest.mark.parametrize("command", ["forecast", "backtest"])
    @pytest.mark.parametrize("training", [(), ("--training", "none")])
    def test_steps_where_nothing_is_trained(self, gated, sales, command, training):
        message = error_of(gated(command, sales, "--horizon", 7, "--max-steps", 9, *training))
        assert message == (
            "Error: --max-steps has no effect, because nothing is trained. Leave it out, or train "
            "with --training auto."
        )


class TestFuture:
    def test_missing(self, forecast, sales):
        message = error_of(forecast(sales, "--covariate", "promo"))
        assert "The forecast needs the values of `promo` in the 7 steps ahead" in message
        assert "--future" in message

    def test_missing_before_a_training(self, forecast, sales):
        message = error_of(forecast(sales, "--covariate", "promo", "--training", "tune"))
        assert "`promo` must be known for the 7 future steps" in message
        assert "--future" in message

    def test_too_short_at_the_end_of_the_table(self, forecast, write_sales):
        message = error_of(forecast(write_sales(unsold=3), "--covariate", "promo"))
        assert "lacks 2024-03-14: 3 of 7 steps given." in message

    def test_a_gap_among_the_future_rows(self, forecast, write_sales):
        table = write_sales(unsold=7)
        lines = table.read_text().splitlines()
        lines[-3] = lines[-3].removesuffix("0").removesuffix("1")
        table.write_text("\n".join(lines))
        assert "lacks 2024-03-15" in error_of(forecast(table, "--covariate", "promo"))

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ("ds,promo\n2024-03-11,1", "future.csv: the future of series `y` lacks 2024-03-12"),
            ("ds\n2024-03-11", "future.csv: the future table has no column `promo`."),
            ("", "future.csv: the file is empty"),
        ],
    )
    def test_in_a_file(self, forecast, sales, tmp_path, content, expected):
        (tmp_path / "future.csv").write_text(content)
        assert expected in error_of(
            forecast(sales, "--covariate", "promo", "--future", "future.csv")
        )

    def test_no_such_file(self, forecast, sales):
        message = error_of(forecast(sales, "--covariate", "promo", "--future", "nope.csv"))
        assert "nope.csv: there is no such file." in message

    def test_without_a_covariate(self, forecast, sales):
        message = error_of(forecast(sales, "--future", "sales.csv"))
        assert "no covariate was named" in message

    def test_a_huge_horizon(self, gated, write_sales):
        table = write_sales(unsold=7)
        options = ("--covariate", "promo", "--horizon", "1000000000")
        assert "7 of 1,000 steps given" in error_of(gated("forecast", table, *options))


class TestPlaces:
    @pytest.mark.parametrize(
        ("out", "expected"),
        [
            ("f.xlsx", 'the suffix ".xlsx" is unknown'),
            ("f", "the name has no suffix"),
            ("f.cvs", "Did you mean f.csv?"),
            ("none/f.csv", "there is no folder none."),
            (".", "--out . is a folder."),
            ("sales.csv", "--out sales.csv would overwrite the table"),
        ],
    )
    def test_out(self, forecast, sales, tmp_path, out, expected):
        before = sales.read_bytes()
        assert expected in error_of(forecast(sales, "--out", out))
        assert [path.name for path in tmp_path.iterdir()] == ["sales.csv"]
        assert sales.read_bytes() == before

    def test_two_outputs_in_one_file(self, forecast, sales):
        message = error_of(forecast(sales, "--out", "f.csv", "--save", "f.csv"))
        assert message == "Error: --save f.csv would overwrite --out. Choose another name."

    def test_a_closed_folder(self, forecast, sales, monkeypatch):
        monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
        assert "no permission to write" in error_of(forecast(sales, "--out", "f.csv"))

    @pytest.mark.parametrize("option", [("--out", "f.csv"), ("--save", "f.csv")])
    @pytest.mark.parametrize("training", ["none", "scratch"])
    def test_a_full_disk_leaves_nothing_behind_and_the_forecast_on_stdout(
        self, forecast, sales, tmp_path, monkeypatch, tiny_network, option, training
    ):
        def full(_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        (tmp_path / "f.csv").write_text("earlier")
        monkeypatch.setattr(os, "fsync", full)
        steps = () if training == "none" else ("--max-steps", 2)
        result = forecast(sales, *option, "--training", training, *steps)
        assert result.exit_code == 2
        assert result.stdout.startswith("unique_id,ds,gated")
        assert result.stdout.count("\n") == 8
        message = result.stderr[result.stderr.index("Error: ") :]
        assert "f.csv: cannot be written: No space left on device." in message
        unkept = "sales.gated-checkpoint: cannot be written: No space left on device."
        assert (unkept in message) == (training != "none")  # else there is no work to be kept
        assert sorted(path.name for path in tmp_path.iterdir()) == ["f.csv", "sales.csv"]
        assert (tmp_path / "f.csv").read_text() == "earlier"

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
    def test_stdout_leads_to_a_full_disk(self, monkeypatch):
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            monkeypatch.setattr(sys, "stdout", full)
            with pytest.raises(GatedError, match=r"stdout: No space left on device.*--out"):
                to_stdout(b"unique_id,ds,gated\n" * 10_000)


class TestModelFile:
    @pytest.fixture
    def with_model(self, gated, sales):
        return lambda: error_of(gated("forecast", sales, "--horizon", 7, "--model", "m.gated"))

    def test_missing(self, with_model):
        assert "m.gated: no such file." in with_model()

    def test_truncated(self, with_model, forecast, sales, tmp_path):
        forecast(sales, "--save", "m.gated")
        path = tmp_path / "m.gated"
        path.write_bytes(path.read_bytes()[:-100])
        assert "truncated" in with_model()

    def test_another_file(self, with_model, tmp_path):
        (tmp_path / "m.gated").write_bytes(b"a letter to the reader")
        assert "cannot be read as a gated model file" in with_model()

    def test_another_kind(self, with_model):
        save_tensors("m.gated", {"w": torch.zeros(1)}, {}, kind="checkpoint", version=1)
        assert "expected a gated model file, found checkpoint" in with_model()

    def test_another_version(self, with_model):
        save_tensors("m.gated", {"w": torch.zeros(1)}, {}, kind="model", version=99)
        assert "is of format version 99" in with_model()


def test_one_bad_series_does_not_stop_the_backtest_of_the_others(gated, tmp_path):
    rows = [f"s{n},2024-01-{day:02d},{n + day % 7}" for n in range(200) for day in range(1, 29)]
    rows += ["worst,2024-01-01,1", "worst,2024-01-01,2"]
    (tmp_path / "t.csv").write_text("\n".join(["unique_id,ds,y", *rows]))
    result = gated("backtest", "t.csv", "--horizon", 7, "--windows", 1, "--out", "past.csv")
    assert result.exit_code == 0, result.stderr
    assert "1 series left out; first `worst`" in result.stderr
    assert pd.read_csv("past.csv")["unique_id"].nunique() == 200
