"""What SECURITY.md promises: model files are data, and gated opens no connection of its own."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import gated

PACKAGE = Path(gated.__file__).parent
RUN_CODE = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"}
REACH_THE_NETWORK = {"aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket"}
LISTEN = {"fastapi", "h11", "prometheus_client", "starlette", "uvicorn"}
REACH_DATABASES = {"alembic", "duckdb", "psycopg", "sqlalchemy", "sqlite3"}
# Paths of the machine itself, and names of numbers: none opens anything.
HARMLESS = {
    "http.HTTPStatus",
    "urllib.parse.quote",
    "urllib.parse.unquote",
    "urllib.parse.urlparse",
    "urllib.request.url2pathname",
}
FETCHES = PACKAGE / "table/io/streams.py"  # a table that the user names by a URL
DATABASES = PACKAGE / "table/io/databases"  # a table that the user names by an address
STORE = PACKAGE / "store"  # the database that the user names with gated serve --store
SERVER = PACKAGE / "serve"  # listens where the user says, and opens no connection itself
LOAD_PICKLES = {"np.load", "pd.read_pickle", "torch.hub.load", "torch.load"}

# Python's own audit events (PEP 578): a hook cannot be removed, so each program is a process.
REFUSE = """
import sys
def refuse(event, arguments):
    if event.startswith("socket.") or event == "urllib.Request":
        raise RuntimeError(f"a connection: {event} {arguments}")
    if watching and event == "pickle.find_class":
        raise RuntimeError(f"code from a file: {event} {arguments}")
watching = False
sys.addaudithook(refuse)
"""
SALES = """
import pandas as pd
days = pd.date_range("2024-01-01", periods=70)
sales = pd.DataFrame({"ds": days, "y": [20.0 + 10 * (day.weekday() > 4) for day in days]})
"""


def run(program, folder):
    """Run a Python program under the audit hook, in an empty folder."""
    return subprocess.run(
        [sys.executable, "-c", REFUSE + program],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def imported(tree):
    """Every name that a module imports, in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(tree):
    """Every name that a module calls, as it is written."""
    return (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_no_module_can_load_code_or_open_a_connection():
    suspects = RUN_CODE | REACH_THE_NETWORK | REACH_DATABASES | LISTEN | {"urllib"}
    paths = sorted(PACKAGE.rglob("*.py"))
    assert paths
    found = {}
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = {name for name in imported(tree) if name.partition(".")[0] in suspects}
        if path == FETCHES:
            imports = {name for name in imports if not name.startswith("urllib")}
        if path.parent == DATABASES or STORE in path.parents:
            imports = {name for name in imports if name.partition(".")[0] not in REACH_DATABASES}
        if SERVER in path.parents:
            imports = {name for name in imports if name.partition(".")[0] not in LISTEN}
        if bad := (imports - HARMLESS) | (LOAD_PICKLES & set(called(tree))):
            found[path.name] = bad
    assert not found


def test_the_hook_sees_connections_and_pickles(tmp_path):
    connecting = run("import socket; socket.create_connection(('127.0.0.1', 9), 1)", tmp_path)
    assert "a connection: socket." in connecting.stderr
    unpickling = run(
        "import datetime, pickle\n"
        "stored = pickle.dumps(datetime.date(2024, 1, 1))\n"
        "watching = True\n"
        "pickle.loads(stored)\n",
        tmp_path,
    )
    assert "code from a file: pickle.find_class" in unpickling.stderr


def test_a_forecast_opens_no_connection(tmp_path):
    result = run(
        SALES + "sales.to_csv('sales.csv', index=False)\n"
        "sys.argv = ['gated', 'forecast', 'sales.csv', '--horizon', '7', '--report', 'page.html']\n"
        "from gated.cli import main\n"
        "main()\n",
        tmp_path,
    )
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == 1 + 7
    assert (tmp_path / "page.html").exists()


def test_a_model_is_loaded_without_running_code(tmp_path):
    result = run(
        SALES + "import gated\n"
        "model = gated.Forecaster(h=7, training='none').fit(sales)\n"
        "before = model.predict()\n"
        "model.save('shop.gated')\n"
        "watching = True\n"
        "again = gated.Forecaster.load('shop.gated')\n"
        "watching = False\n"
        "assert again.predict().equals(before)\n"
        "print('same')\n",
        tmp_path,
    )
    assert result.stdout == "same\n", result.stderr
