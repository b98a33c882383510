"""Where a command may write: refused before any work where it may not, with a reason."""

import os
import stat
from pathlib import Path

import pytest


def refused(result) -> str:
    assert result.exit_code == 2, (result.exception, result.stderr)
    assert result.stdout == ""
    assert "Read " not in result.stderr  # before any work
    return " ".join(result.stderr.split())


SUFFIX = {"--out": ".csv", "--report": ".html", "--save": ".gated", "--checkpoint": ".ck"}


@pytest.mark.skipif(os.name == "nt", reason="pipes, devices and links as in POSIX")
@pytest.mark.parametrize("option", list(SUFFIX))
class TestNoOrdinaryFile:
    def test_a_named_pipe(self, forecast, sales, tmp_path, option) -> None:
        path = tmp_path / f"pipe{SUFFIX[option]}"
        os.mkfifo(path)
        said = refused(forecast(sales, option, path))
        assert f"{option} {path} is a named pipe. Expected the name of a file." in said
        assert stat.S_ISFIFO(path.stat().st_mode)

    def test_a_link_to_a_device(self, forecast, sales, tmp_path, option) -> None:
        path = tmp_path / f"null{SUFFIX[option]}"
        path.symlink_to(os.devnull)
        assert "is a device. Expected the name of a file." in refused(forecast(sales, option, path))
        assert path.is_symlink()

    def test_a_name_that_is_too_long(self, forecast, sales, option) -> None:
        name = "x" * 300 + SUFFIX[option]
        said = refused(forecast(sales, option, name))
        assert f"the name has {len(name)} characters, more than the system takes" in said

    def test_a_link_into_a_folder_that_is_missing(self, forecast, sales, tmp_path, option) -> None:
        path = tmp_path / f"link{SUFFIX[option]}"
        path.symlink_to("gone/f.csv")
        said = refused(forecast(sales, option, path))
        assert f"there is no folder {tmp_path}/gone." in said

    def test_a_protected_file(self, forecast, sales, tmp_path, option, monkeypatch) -> None:
        path = tmp_path / f"kept{SUFFIX[option]}"
        path.write_text("kept")
        access = os.access

        def allowed(where: str | Path, how: int) -> bool:
            return access(where, how) and (Path(where), how) != (path, os.W_OK)

        monkeypatch.setattr(os, "access", allowed)
        assert "you have no permission to write this file" in refused(forecast(sales, option, path))
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
