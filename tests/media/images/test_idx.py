"""IDX files: what is written is what is read, and a message for every bad file."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest

from gated.errors import DataError, GatedError, UsageError
from gated.media.images import read_idx, write_idx
from tests.folders import DATA
from tests.media.images.pictures import noise, save

MNIST = DATA / "images/mnist.npz"
DIGITS = noise(3, 5, 4)
CONTENT = struct.pack(">HBB3I", 0, 8, 3, 3, 5, 4) + DIGITS.tobytes()


@pytest.mark.parametrize("content", [CONTENT, gzip.compress(CONTENT)], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", ["images.idx3-ubyte", "images.gz"])
def test_reading(tmp_path, content, name):
    found = read_idx(save(tmp_path / name, content))
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, DIGITS)
    found[0] = 0  # the array belongs to the caller


@pytest.mark.parametrize("shape", [(7,), (0, 28, 28), (2, 3), (2, 3, 4), (2, 3, 4, 3)])
@pytest.mark.parametrize("name", ["a.idx", "a.idx.gz"])
def test_what_is_written_is_read(tmp_path, shape, name):
    array = noise(*shape)
    write_idx(tmp_path / name, array)
    np.testing.assert_array_equal(read_idx(tmp_path / name), array)
    first = (tmp_path / name).read_bytes()
    assert first.startswith(b"\x1f\x8b") == name.endswith(".gz")
    write_idx(tmp_path / name, array)
    assert (tmp_path / name).read_bytes() == first


def test_the_layout_is_that_of_mnist(tmp_path):
    write_idx(tmp_path / "a", DIGITS)
    assert (tmp_path / "a").read_bytes() == CONTENT


@pytest.mark.skipif(not MNIST.exists(), reason="../shared has no MNIST data")
def test_mnist(tmp_path):
    with np.load(MNIST) as data:
        images, labels = data["x_test"], data["y_test"]
    for name, array in (("t10k-images-idx3-ubyte.gz", images), ("labels", labels)):
        write_idx(tmp_path / name, array.astype(np.uint8))
        np.testing.assert_array_equal(read_idx(tmp_path / name), array)


def head(kind: int = 8, dimensions: int = 1, *sizes: int) -> bytes:
    return struct.pack(f">HBB{len(sizes)}I", 0, kind, dimensions, *sizes)


BAD = {
    "empty": (b"", r"the file is empty \(0 bytes\)\. Expected an IDX file.*Get it again"),
    "text": (b"a,b\n1,2\n", "does not begin as an IDX file. Expected an IDX file.*Check the name"),
    "short": (b"\0\0\x08", "does not begin as an IDX file"),
    "floats": (head(0x0D, 1, 1), "has floating-point numbers of 32 bits. Expected numbers from.*C"),
    "type": (head(0x07, 1, 1), "has the type 7 and 1 dimension. Expected"),
    "no dimension": (head(8, 0), "has the type 8 and 0 dimensions. Expected"),
    "dimensions": (head(8, 200), "has the type 8 and 200 dimensions. Expected"),
    "header": (CONTENT[:13], "is cut off in its header. Expected.*Get the file again"),
    "cut": (
        CONTENT[:50],
        "has 34 numbers. Expected 60, because its header says 3 × 5 × 4. Get the",
    ),
    "long": (CONTENT + b"x", "has more than 60 numbers. Expected 60"),
    "size": (head(8, 2, 2**32 - 1, 2**32 - 1), "promises 18,446,744,065,119,617,025 numb.*Split"),
    "gzip": (gzip.compress(CONTENT)[:-12], "its compression is damaged or cut off .*Expected.*Get"),
    "checksum": (gzip.compress(CONTENT)[:-8] + bytes(8), "its compression is damaged or cut off"),
    "deflate": (gzip.compress(CONTENT)[:10] + b"\xff" * 40, "its compression is damaged"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_bad_files(tmp_path, content, message):
    with pytest.raises(DataError, match=rf"bad\.idx: {message}"):
        read_idx(save(tmp_path / "bad.idx", content))


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(DataError, match=r"no: there is no such file. Expected.*Check the name"):
        read_idx(tmp_path / "no")
    with pytest.raises(DataError, match=r"is a folder. Expected.*Name one file"):
        read_idx(tmp_path)
    with pytest.raises(DataError, match=r"cannot be read .*null.* Expected.*Check the name"):
        read_idx("a\0")


def test_a_small_file_that_expands_to_gigabytes_is_not_expanded(tmp_path):
    zeros = gzip.compress(head(8, 1, 100) + bytes(50_000_000))
    path = save(tmp_path / "a.gz", zeros)
    tracemalloc.start()
    with pytest.raises(DataError, match="has more than 100 numbers"):
        read_idx(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((2, 2), bool), np.uint8(3)])
def test_arrays_of_another_type(tmp_path, array):
    with pytest.raises(UsageError, match=r"a\.idx: an array of the type .* Expected uint8.*Mult"):
        write_idx(tmp_path / "a.idx", array)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_for_writing(tmp_path):
    with pytest.raises(GatedError, match="cannot be written: No such file"):
        write_idx(tmp_path / "no" / "a.idx", DIGITS)
