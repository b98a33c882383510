"""Provides stores: in SQLite, and in a PostgreSQL server that the tests start on loopback."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the store needs SQLAlchemy: gated[serve]")
pytest.importorskip("alembic", reason="the store needs Alembic: gated[serve]")

from gated.store import Store


def postgresql_program(name: str) -> str | None:
    """The path of a program of PostgreSQL; Debian keeps those of the server out of PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    places = os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])
    return shutil.which(name, path=places)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a database in PostgreSQL, which the tests of this process share."""
    pytest.importorskip("psycopg", reason="the driver psycopg is missing: gated[serve,postgres]")
    initdb, server = postgresql_program("initdb"), postgresql_program("postgres")
    if initdb is None or server is None:
        pytest.skip("no PostgreSQL server here: apt-get install postgresql")
    with tempfile.TemporaryDirectory() as name:  # not in pytest's, which is of one user
        folder = Path(name)
        user = _user(folder)
        data = str(folder / "data")
        subprocess.run(
            [initdb, "-D", data, "-U", "tester", "--auth=trust", "--no-sync"],
            user=user,
            cwd=folder,
            check=True,
            capture_output=True,
        )
        with _running(server, data, user) as address:
            yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    return emptied(request.getfixturevalue("postgresql"))


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """An empty store, of each kind."""
    with Store(address) as opened:
        yield opened


def emptied(server: str) -> str:
    """Empty the database of the server, and return its address."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return server


def _user(folder: Path) -> int | None:
    """PostgreSQL refuses to run as root: the user to take instead, who gets the folder."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
        os.chown(folder, user, -1)
        return user
    pytest.skip("PostgreSQL refuses to run as root, and there is no other user")
    return None


@contextmanager
def _running(server: str, data: str, user: int | None) -> Iterator[str]:
    """Run the server; yield the address of its first database."""
    port = _free_port()
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",  # no test cuts the power
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    running = subprocess.Popen(
        [server, "-D", data, *settings],
        user=user,
        cwd=data,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"postgresql://tester@127.0.0.1:{port}/postgres"
        _wait_for(address, running)
        yield address
    finally:
        running.send_signal(signal.SIGQUIT)  # at once: the data is thrown away
        running.wait(60)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(address: str, running: subprocess.Popen[bytes]) -> None:
    import psycopg

    for _ in range(300):
        assert running.poll() is None, "PostgreSQL ended"
        try:
            psycopg.connect(address).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise AssertionError("PostgreSQL did not start")
