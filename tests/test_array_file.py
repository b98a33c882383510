"""Files of arrays: round trips without torch's types, and files that older versions wrote."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from gated.array_file import kind_of, load_arrays, save_arrays
from gated.errors import ModelFileError
from gated.train import load_tensors, save_tensors

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]


def drawn(dtype: str) -> dict[str, np.ndarray]:
    numbers = (np.arange(12).reshape(3, 4) % 2).astype(dtype)
    return {
        "many": numbers,
        "none": numbers[:0],
        "one": np.ones((), dtype),
        "transposed": numbers.T,
        "every second": numbers[:, ::2],
    }


@pytest.mark.parametrize("dtype", DTYPES)
def test_round_trip(tmp_path: Path, dtype: str) -> None:
    save_arrays(tmp_path / "m", drawn(dtype), {"name": "é"}, kind="model", version=1)
    found, header = load_arrays(tmp_path / "m", kind="model", version=1)
    assert header == {"name": "é"}
    assert found.keys() == drawn(dtype).keys()
    for name, array in drawn(dtype).items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        np.testing.assert_array_equal(found[name], array)
    assert kind_of(tmp_path / "m") == "model"


@pytest.mark.parametrize("dtype", DTYPES)
def test_files_of_arrays_and_of_tensors_are_the_same(tmp_path: Path, dtype: str) -> None:
    arrays = drawn(dtype)
    tensors = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
    save_arrays(tmp_path / "arrays", arrays, {"a": 1}, kind="model", version=2)
    save_tensors(tmp_path / "tensors", tensors, {"a": 1}, kind="model", version=2)
    back, _ = load_tensors(tmp_path / "arrays", kind="model", version=2)
    assert all(torch.equal(back[name], tensors[name]) for name in tensors)
    back, _ = load_arrays(tmp_path / "tensors", kind="model", version=2)
    assert all(np.array_equal(back[name], arrays[name]) for name in arrays)


def test_numbers_of_another_byte_order_are_stored_in_that_of_the_machine(tmp_path: Path) -> None:
    array = np.arange(3.0)
    swapped = array.astype(array.dtype.newbyteorder())
    save_arrays(tmp_path / "m", {"x": swapped}, {}, kind="model", version=1)
    found, _ = load_arrays(tmp_path / "m", kind="model", version=1)
    np.testing.assert_array_equal(found["x"], array)


def test_the_checksum_is_that_of_the_first_files(tmp_path: Path) -> None:
    """SHA-256 of the header, then of each name, type of torch, shape and bytes, in order."""
    from safetensors.torch import save_file

    text = json.dumps({"kind": "model", "version": 1, "header": {}})
    tensors = {"w": torch.arange(6.0).view(2, 3), "b": torch.ones(2, dtype=torch.float16)}
    digest = hashlib.sha256(text.encode())
    for name, dtype in (("b", "torch.float16"), ("w", "torch.float32")):
        digest.update(b"\0" + json.dumps([name, dtype, list(tensors[name].shape)]).encode())
        digest.update(tensors[name].numpy().tobytes())
    checksum = torch.tensor(list(digest.digest()), dtype=torch.uint8)
    save_file({**tensors, "checksum": checksum}, tmp_path / "m", metadata={"gated": text})
    found, _ = load_arrays(tmp_path / "m", kind="model", version=1)
    assert found["w"].tolist() == [[0, 1, 2], [3, 4, 5]]
    checksum[0] += 1
    save_file({**tensors, "checksum": checksum}, tmp_path / "m", metadata={"gated": text})
    with pytest.raises(ModelFileError, match="does not match its checksum"):
        load_arrays(tmp_path / "m", kind="model", version=1)


def test_loaded_arrays_can_be_changed(tmp_path: Path) -> None:
    save_arrays(tmp_path / "m", {"x": np.zeros(2)}, {}, kind="model", version=1)
    found, _ = load_arrays(tmp_path / "m", kind="model", version=1)
    found["x"][0] = 1


def test_a_type_that_numpy_lacks_is_an_error(tmp_path: Path) -> None:
    save_tensors(tmp_path / "m", {"x": torch.zeros(2).bfloat16()}, {}, kind="model", version=1)
    with pytest.raises(ModelFileError, match="cannot be read as a gated model file"):
        load_arrays(tmp_path / "m", kind="model", version=1)


def test_the_kind_of_a_file_is_read_without_its_arrays(tmp_path: Path) -> None:
    path = tmp_path / "a.gated"
    save_arrays(path, {"x": np.ones(3)}, {}, kind="classifier", version=1)
    assert kind_of(path) == "classifier"
    with pytest.raises(ModelFileError, match=r"no such file\. Expected a gated model file"):
        kind_of(tmp_path / "none.gated")
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ModelFileError, match="cannot be read as a gated model file"):
        kind_of(path)
    save_file({"x": np.ones(3)}, path)
    with pytest.raises(ModelFileError, match="expected a gated model file, found no gated header"):
        kind_of(path)
