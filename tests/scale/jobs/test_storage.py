"""Files of a job: patterns, addresses, and an object storage, for which a server is started."""

import os
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import fs, parquet
from typer.testing import CliRunner

from gated import Forecaster, scale
from gated.cli.app import app
from gated.errors import DataError, GatedError, UsageError
from gated.scale.jobs.storage import Folder, parquet_files
from tests.scale.conftest import InProcess, content, monthly, shuffled, write_parts

SMALL = {"h": 2, "rows_per_bucket": 400, "sample_series": 8, "engine": InProcess()}


# --- paths ---------------------------------------------------------------------------------------


def test_patterns_and_hidden_files(tmp_path, monkeypatch) -> None:
    for name in ("a/x.parquet", "a/y.pq", "b/x.parquet", "_old/x.parquet", "a/.x.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "a" / "notes.txt").write_bytes(b"")
    (tmp_path / "c[1]").mkdir()
    (tmp_path / "c[1]" / "x.parquet").write_bytes(b"")
    monkeypatch.chdir(tmp_path)

    def found(source) -> list[str]:
        return [str(Path(path).relative_to(tmp_path)) for path in parquet_files(source)]

    whole = ["a/x.parquet", "a/y.pq", "b/x.parquet", "c[1]/x.parquet"]
    assert found(".") == whole
    assert found("**/*") == whole
    assert found("[ab]/x.parquet") == ["a/x.parquet", "b/x.parquet"]
    assert found(f"{tmp_path.as_uri()}/*/x.parquet") == ["a/x.parquet", "b/x.parquet", whole[-1]]
    assert found("c[1]") == found("c[1]/x.parquet") == ["c[1]/x.parquet"]
    with pytest.raises(DataError, match="there is no Parquet file"):
        found("*.parquet")  # none is in the folder itself
    assert found(["b", "a/?.pq"]) == ["a/y.pq", "b/x.parquet"]
    assert found(tmp_path.joinpath("b").as_uri()) == ["b/x.parquet"]


def test_addresses_keep_their_options_below_them_and_hide_them_in_messages() -> None:
    out = Folder("s3://k:secret@shop/next/?region=eu", fs.LocalFileSystem(), "shop/next")
    assert out.below("_gated").address == "s3://k:secret@shop/next/_gated?region=eu"
    assert out.below("_gated").path == "shop/next/_gated"
    assert out.label == "s3://k:***@shop/next/"


def test_an_unknown_kind_of_storage() -> None:
    with pytest.raises(DataError, match=r"^ipfs://shop/sales: cannot be opened .*Expected Parquet"):
        parquet_files("ipfs://shop/sales?key=secret")


# --- an object storage ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def storage():
    """The file system of a server on this machine, which has the bucket "shop"."""
    server = pytest.importorskip("moto.server", reason="make engines installs moto")
    running = server.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    place = "{}:{}".format(*running.get_host_and_port())
    variables = {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL": f"http://{place}",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    system = fs.S3FileSystem(
        endpoint_override=place, scheme="http", region="us-east-1", allow_bucket_creation=True
    )
    system.create_dir("shop")
    yield system
    running.stop()
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return monthly(40)


@pytest.fixture(scope="module")
def sales(storage, table) -> str:
    """The address of the table, in two files."""
    for number, rows in enumerate((table.slice(0, 700), table.slice(700))):
        parquet.write_table(
            shuffled(rows, number), f"shop/sales/{number}.parquet", filesystem=storage
        )
    return "s3://shop/sales/"


@pytest.fixture(scope="module")
def local(table, tmp_path_factory):
    place = tmp_path_factory.mktemp("local")
    write_parts(table, place / "in", [0, len(table)])
    return scale.forecast(place / "in", **SMALL, out=place / "out")


def names(storage, folder: str) -> list[str]:
    below = storage.get_file_info(fs.FileSelector(folder, recursive=True))
    return sorted(one.path for one in below if one.type == fs.FileType.File)


def test_a_job_in_a_storage_gives_the_bytes_of_a_local_one(storage, sales, local) -> None:
    made = scale.forecast(sales + "[0-9].parquet", **SMALL, out="s3://shop/next")
    read = {name: storage.open_input_file(f"shop/next/{name}").readall() for name in made.files}
    assert read == content(local)
    assert made.table().num_rows == 80
    left = set(names(storage, "shop/next")) - {f"shop/next/{name}" for name in made.files}
    assert {Path(name).name for name in left} >= {"job.json", "model.gated"}
    assert not any("split-" in name for name in left)
    again = scale.forecast(sales + "*.parquet", **SMALL, out="s3://shop/next/")
    assert again == made


def test_a_job_that_was_cut_off_is_resumed(storage, sales, local) -> None:
    class Failing(InProcess):
        def run(self, working, output, tasks):
            for report in super().run(working, output, tasks):
                yield report
                if report.kind == "bucket":
                    raise KeyboardInterrupt

    place = {"out": "s3://shop/cut", "work": "s3://shop/pieces"}
    with pytest.raises(KeyboardInterrupt):
        scale.forecast(sales, **{**SMALL, "engine": Failing()}, **place)
    assert names(storage, "shop/pieces")
    made = scale.forecast(sales, **SMALL, **place)
    assert made.resumed >= 3  # the split, the decision and one bucket
    read = {name: storage.open_input_file(f"shop/cut/{name}").readall() for name in made.files}
    assert read == content(local)
    assert not names(storage, "shop/pieces")


def test_the_command_line_writes_to_an_address(storage, sales, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["forecast", sales, "--horizon", "2", "--engine", "local", "--out", "s3://shop/typed"]
    made = CliRunner().invoke(app, asked)
    assert made.exit_code == 0
    assert "Written  s3://shop/typed: 1 file" in made.stderr
    assert "shop/typed/part-00000-of-00001.parquet" in names(storage, "shop/typed")
    assert not list(tmp_path.iterdir())


def test_messages(storage, sales) -> None:
    with pytest.raises(DataError, match=r"s3://shop/none/: there is no Parquet file"):
        scale.forecast("s3://shop/none/", **SMALL, out="s3://shop/other")
    with pytest.raises(GatedError, match=r"s3://absent/next/_gated: the folder cannot be made"):
        scale.forecast(sales, **SMALL, out="s3://absent/next")
    model = Forecaster(h=2, training="tune", max_steps=1)
    with pytest.raises(UsageError, match=r'work="s3://shop/work/\w+" is in a storage. Training'):
        scale.fit(sales, model=model, work="s3://shop/work", workers=1)
