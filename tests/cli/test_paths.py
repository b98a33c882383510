"""The paths of output files are checked before the work."""

import os
import stat
from pathlib import Path

import pytest


def error_of(result) -> str:
    assert result.exit_code == 2, (result.exception, result.stderr)
    assert result.stdout == ""
    assert "Read " not in result.stderr  # before any work
    return " ".join(result.stderr.split())


SUFFIX = {"--out": ".csv", "--report": ".html", "--save": ".gated", "--checkpoint": ".ck"}


@pytest.mark.parametrize("option", list(SUFFIX))
def test_an_address(forecast, sales, tmp_path, option) -> None:
    message = error_of(forecast(sales, option, f"s3://key:secret@shop/next{SUFFIX[option]}"))
    assert f"{option} s3://key:***@shop/next{SUFFIX[option]} is an address. Expected" in message
    assert "only gated forecast --engine writes to a storage." in message


@pytest.mark.skipif(os.name == "nt", reason="pipes, devices and links as in POSIX")
@pytest.mark.parametrize("option", list(SUFFIX))
class TestNoOrdinaryFile:
    def test_a_named_pipe(self, forecast, sales, tmp_path, option) -> None:
        path = tmp_path / f"pipe{SUFFIX[option]}"
        os.mkfifo(path)
        message = error_of(forecast(sales, option, path))
        assert f"{option} {path} is a named pipe. Expected the name of a file." in message
        assert stat.S_ISFIFO(path.stat().st_mode)

    def test_a_link_to_a_device(self, forecast, sales, tmp_path, option) -> None:
        path = tmp_path / f"null{SUFFIX[option]}"
        path.symlink_to(os.devnull)
        assert "is a device. Expected the name of a file." in error_of(
            forecast(sales, option, path)
        )
        assert path.is_symlink()

    def test_a_name_that_is_too_long(self, forecast, sales, option) -> None:
        name = "x" * 300 + SUFFIX[option]
        message = error_of(forecast(sales, option, name))
        assert f"the name has {len(name)} characters, more than the system accepts" in message

    def test_a_link_into_a_folder_that_is_missing(self, forecast, sales, tmp_path, option) -> None:
        path = tmp_path / f"link{SUFFIX[option]}"
        path.symlink_to("gone/f.csv")
        message = error_of(forecast(sales, option, path))
        assert f"there is no folder {tmp_path}/gone." in message

    def test_a_protected_file(self, forecast, sales, tmp_path, option, monkeypatch) -> None:
        path = tmp_path / f"kept{SUFFIX[option]}"
        path.write_text("kept")
        access = os.access

        def allowed(where: str | Path, how: int) -> bool:
            return access(where, how) and (Path(where), how) != (path, os.W_OK)

        monkeypatch.setattr(os, "access", allowed)
        assert "you have no permission to write this file" in error_of(
            forecast(sales, option, path)
        )
        assert path.read_text() == "kept"


@pytest.mark.skipif(os.name == "nt", reason="permissions and links as in POSIX")
def test_outputs_keep_permissions_and_links(forecast, sales, tmp_path) -> None:
    private, real, link = (tmp_path / name for name in ("p.csv", "real.gated", "link.gated"))
    private.write_text("secret")
    private.chmod(0o600)
    link.symlink_to("real.gated")
    result = forecast(sales, "--out", private, "--save", link)
    assert result.exit_code == 0, result.stderr
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert private.read_text().startswith("unique_id,ds,gated")
    assert link.is_symlink()
    assert real.stat().st_size > 1000


@pytest.mark.skipif(os.name == "nt", reason="links as in POSIX")
class TestOneFile:
    """An input or another output is not overwritten, whatever path names it."""

    INPUTS = ("the table", "--static", "--future", "--model")
    WAYS = ("same", "dots", "link", "folder", "hard", "home")

    @pytest.fixture(params=INPUTS)
    def read(self, request, write_sales, tmp_path) -> tuple[str, Path, list[object]]:
        """The name of an input in messages, its file, and the arguments that read it."""
        table = write_sales()
        other = tmp_path / "in.csv"
        if request.param == "the table":
            return request.param, table, [table]
        other.write_text("kept")
        return request.param, other, [table, request.param, other]

    @pytest.fixture(params=WAYS)
    def way(self, request, read, tmp_path, monkeypatch) -> Path:
        """Another path of the file."""
        target = read[1]
        folder = tmp_path / "sub"
        folder.mkdir()
        if request.param == "dots":
            return folder / ".." / target.name
        if request.param == "home":
            monkeypatch.setenv("HOME", str(tmp_path))
            return Path("~") / target.name
        if request.param == "folder":
            (tmp_path / "linked").symlink_to(tmp_path)
            return tmp_path / "linked" / target.name
        link = folder / target.name
        if request.param == "link":
            link.symlink_to(target)
        elif request.param == "hard":
            os.link(target, link)
        return target if request.param == "same" else link

    @pytest.mark.parametrize("option", ["--out", "--save", "--report", "--checkpoint"])
    def test_of_forecast(self, gated, read, way, option) -> None:
        name, path, arguments = read
        before = path.read_bytes()
        message = error_of(gated("forecast", *arguments, "--horizon", 7, option, way))
        # With a fitted model, --save and --checkpoint have no effect and are errors.
        if name != "--model" or option in ("--out", "--report"):
            assert f"would overwrite {name}" in message
            assert message.endswith("Choose another name.")
        assert path.read_bytes() == before

    @pytest.mark.parametrize("option", ["--out", "--scores", "--report"])
    @pytest.mark.parametrize("read", ["the table", "--static"], indirect=True)
    def test_of_backtest(self, gated, read, way, option) -> None:
        name, path, arguments = read
        before = path.read_bytes()
        message = error_of(gated("backtest", *arguments, "--horizon", 7, option, way))
        assert f"would overwrite {name}" in message
        assert path.read_bytes() == before

    def test_the_message_names_both_paths(self, forecast, sales, tmp_path) -> None:
        (tmp_path / "today.csv").symlink_to(sales)
        message = error_of(forecast("today.csv", "--out", "sales.csv"))
        assert message == (
            "Error: --out sales.csv would overwrite the table: it is the same file as today.csv. "
            "Choose another name."
        )

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (("--out", "x.csv"), ("--save", "sub/../x.csv")),
            (("--out", "linked/x.csv"), ("--checkpoint", "x.csv")),
            (("--report", "x.html"), ("--save", "sub/x.html")),
        ],
    )
    def test_two_outputs(self, forecast, sales, tmp_path, first, second) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "x.html").symlink_to("../x.html")
        (tmp_path / "linked").symlink_to(".")
        message = error_of(forecast(sales, *first, *second))
        assert f"{second[0]} {second[1]} would overwrite {first[0]}: it is the same file" in message
        assert not list(tmp_path.glob("x.*"))

    def test_the_default_checkpoint(self, forecast, sales, tmp_path) -> None:
        """A model of that name would be removed with the checkpoint at the end."""
        message = error_of(forecast(sales, "--save", "sales.gated-checkpoint"))
        assert "--save sales.gated-checkpoint would overwrite the checkpoint that Ctrl-C" in message
        result = forecast(sales, "--save", "sales.gated-checkpoint", "--checkpoint", "other")
        assert result.exit_code == 0, result.stderr
        assert (tmp_path / "sales.gated-checkpoint").exists()


@pytest.mark.parametrize("option", ["--out", "--save", "--report"])
def test_outputs_go_to_the_users_folder(forecast, sales, tmp_path, monkeypatch, option) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    name = f"f{SUFFIX[option]}"
    result = forecast(sales, option, f"~/{name}")
    assert result.exit_code == 0, result.stderr
    assert [path.name for path in home.iterdir()] == [name]


def test_a_user_that_does_not_exist(forecast, sales) -> None:
    message = error_of(forecast(sales, "--out", "~nosuchuser/f.csv"))
    assert "there is no folder ~nosuchuser" in message
