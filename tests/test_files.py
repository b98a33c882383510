"""Files: whole or not at all, nowhere but in ordinary files, as private as before."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gated import files
from gated.errors import DataError, GatedError
from gated.files import (
    append_line,
    files_below,
    read_content,
    remove_leftovers,
    special_kind,
    together,
    write_whole,
)

posix = pytest.mark.skipif(os.name == "nt", reason="permissions, pipes and links as in POSIX")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def full(_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_the_earlier_file_and_nothing_else(tmp_path, monkeypatch) -> None:
    path = tmp_path / "m"
    write_whole(path, b"earlier")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(GatedError, match="No space left on device"):
        write_whole(path, b"later")
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_while_writing_leaves_the_earlier_file(tmp_path, monkeypatch) -> None:
    path = tmp_path / "m"
    write_whole(path, b"earlier")

    def pressed(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", pressed)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"later")
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_named(tmp_path) -> None:
    with pytest.raises(GatedError, match="cannot be written: No such file or directory"):
        write_whole(tmp_path / "no" / "m", b"")


def test_files_are_as_readable_as_any_other(tmp_path) -> None:
    write_whole(tmp_path / "ours", b"")
    (tmp_path / "plain").write_bytes(b"")
    assert mode(tmp_path / "ours") == mode(tmp_path / "plain")


@posix
@pytest.mark.parametrize("before", [0o600, 0o640, 0o644, 0o666])
def test_a_file_keeps_its_permissions(tmp_path, before: int) -> None:
    path = tmp_path / "private.csv"
    path.write_bytes(b"earlier")
    path.chmod(before)
    write_whole(path, b"later")
    assert (mode(path), path.read_bytes()) == (before, b"later")


@posix
def test_the_umask_is_never_changed(tmp_path, monkeypatch) -> None:
    """Another thread that creates a file meanwhile would get permissions for everybody."""

    def changed(_: int) -> int:
        raise AssertionError("the umask was changed")

    monkeypatch.setattr(os, "umask", changed)
    write_whole(tmp_path / "m", b"")
    (tmp_path / "plain").write_bytes(b"")
    assert mode(tmp_path / "m") == mode(tmp_path / "plain")


@posix
def test_the_file_behind_a_link_is_written(tmp_path) -> None:
    (tmp_path / "store").mkdir()
    real, link, chain = tmp_path / "store" / "real.csv", tmp_path / "link.csv", tmp_path / "chain"
    link.symlink_to(real)
    chain.symlink_to("link.csv")
    for content in (b"first", b"second"):  # it leads nowhere at first
        write_whole(chain, content)
        assert real.read_bytes() == content
    assert link.is_symlink()
    assert chain.is_symlink()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["chain", "link.csv", "store"]


@posix
def test_a_link_in_a_circle_is_refused(tmp_path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(GatedError, match="cannot be written"):
        write_whole(tmp_path / "a", b"")
    assert (tmp_path / "a").is_symlink()


@posix
def test_pipes_devices_and_folders_are_refused(tmp_path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "null").symlink_to(os.devnull)
    for path, kind in ((pipe, "a named pipe"), (tmp_path, "a folder"), (Path(os.devnull), "a dev")):
        with pytest.raises(GatedError, match=f"is {kind}.*Expected the name of a file.*Choose"):
            write_whole(path, b"x")
    with pytest.raises(GatedError, match="null: is a device"):
        write_whole(tmp_path / "null", b"x")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert special_kind(pipe) == "a named pipe"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["null", "pipe"]


def test_a_protected_file_is_refused(tmp_path, monkeypatch) -> None:
    path = tmp_path / "m"
    write_whole(path, b"earlier")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(GatedError, match=r"m: is a file that you have no permission.*chmod"):
        write_whole(path, b"later")
    assert path.read_bytes() == b"earlier"


def test_the_longest_name_that_the_system_takes(tmp_path) -> None:
    path = tmp_path / ("x" * 251 + ".csv")
    write_whole(path, b"content")
    assert path.read_bytes() == b"content"


def test_names_in_any_script_have_leftovers_too(tmp_path) -> None:
    path = tmp_path / ("売上" * 40)  # 240 bytes
    write_whole(path, b"content")
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


class TestTogether:
    def test_all_are_renamed_at_the_end(self, tmp_path) -> None:
        one, two = tmp_path / "one", tmp_path / "two"
        write_whole(one, b"earlier")
        with together():
            write_whole(one, b"later")
            write_whole(two, b"new")
            assert one.read_bytes() == b"earlier"
            assert not two.exists()
        assert (one.read_bytes(), two.read_bytes()) == (b"later", b"new")
        assert sorted(p.name for p in tmp_path.iterdir()) == ["one", "two"]

    def test_none_is_renamed_after_an_error(self, tmp_path) -> None:
        one = tmp_path / "one"
        write_whole(one, b"earlier")

        def fail() -> None:
            with together():
                write_whole(one, b"later")
                write_whole(tmp_path / "two", b"new")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert one.read_bytes() == b"earlier"
        assert [p.name for p in tmp_path.iterdir()] == ["one"]

    def test_one_that_fails_leaves_the_others(self, tmp_path) -> None:
        one, two = tmp_path / "one", tmp_path / "two"

        def write() -> None:
            with together():
                write_whole(one, b"1")
                write_whole(two, b"2")
                one.mkdir()

        with pytest.raises(GatedError, match="one: cannot be written"):
            write()
        assert two.read_bytes() == b"2"
        assert sorted(p.name for p in tmp_path.iterdir()) == ["one", "two"]


class TestLeftovers:
    @posix
    def test_of_a_killed_process_are_removed_by_the_next_writing(self, tmp_path) -> None:
        path = tmp_path / "m"
        program = (
            "import os, signal, sys\n"
            "from gated.files import write_whole\n"
            "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
            "write_whole(sys.argv[1], b'half')\n"
        )
        killed = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
        assert killed.returncode == -signal.SIGKILL
        assert [p.suffix for p in tmp_path.iterdir()] == [".gated-part"]
        write_whole(path, b"whole")
        assert [p.name for p in tmp_path.iterdir()] == ["m"]

    @posix
    def test_a_part_file_in_use_stays(self, tmp_path) -> None:
        path = tmp_path / "m"
        with together():
            write_whole(path, b"first")
            remove_leftovers(path)
            thread = threading.Thread(target=write_whole, args=(path, b"other"))
            thread.start()
            thread.join()
            assert path.read_bytes() == b"other"
        assert path.read_bytes() == b"first"

    def test_other_files_stay(self, tmp_path) -> None:
        others = {".m.x.txt", "m.gated-part", ".mine.0.gated-part"}
        for name in others:
            (tmp_path / name).write_bytes(b"")
        remove_leftovers(tmp_path / "m")
        assert {p.name for p in tmp_path.iterdir()} == others

    def test_many_writers_of_one_file_all_succeed(self, tmp_path) -> None:
        path, failed = tmp_path / "m", []

        def write(which: int) -> None:
            try:
                for _ in range(30):
                    write_whole(path, bytes([which]) * 1000)
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=write, args=(which,)) for which in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert len(set(path.read_bytes())) == 1
        assert [p.name for p in tmp_path.iterdir()] == ["m"]


def test_lines_are_added(tmp_path, monkeypatch) -> None:
    append_line(tmp_path / "log", "one")
    append_line(tmp_path / "log", "twö")
    assert (tmp_path / "log").read_text(encoding="utf-8") == "one\ntwö\n"
    with pytest.raises(GatedError, match="cannot be written"):
        append_line(tmp_path / "no" / "log", "one")


def test_nothing_else_in_the_package_writes() -> None:
    """By the words that open a file for writing; docstrings may show them."""
    package = Path(files.__file__).parent
    writing = ('.open("w', '.open("a', 'open("w', ".write_text(", ".write_bytes(", "os.open(")
    allowed = {"files.py", "cli/__init__.py", "cli/output/stdout.py"}  # the latter: /dev/null
    for path in package.rglob("*.py"):
        if path.relative_to(package).as_posix() in allowed:
            continue
        code = path.read_text(encoding="utf-8").split('"""', 2)[-1]
        assert not any(word in code for word in writing), path


def test_content_is_read_or_a_message_names_the_fault(tmp_path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"content")
    assert read_content(path, "Expected B.", "Save it.") == b"content"
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"a: the file is empty \(0 bytes\). Expected B. Save it."):
        read_content(path, "Expected B.", "Save it.")
    with pytest.raises(DataError, match=r"is a folder. Expected B. Name one file."):
        read_content(tmp_path, "Expected B.", "Save it.")
    with pytest.raises(DataError, match=r"b: there is no such file. Expected B. Check the name."):
        read_content(tmp_path / "b", "Expected B.", "Save it.")
    with pytest.raises(DataError, match=r"cannot be read \(embedded null.*Expected B. Check the n"):
        read_content("a\0", "Expected B.", "Save it.")


def test_files_below_a_folder_are_sorted_without_hidden_ones(tmp_path) -> None:
    for name in ("b", "a/c", "a/.d", ".e/f"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert files_below(tmp_path, "Expected B.") == [tmp_path / "a/c", tmp_path / "b"]
