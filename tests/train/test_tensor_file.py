"""Files of tensors: round trips, and messages for files that cannot be read."""

import json
import os

import pytest
import torch

from gated.errors import ModelFileError
from gated.train import load_tensors, save_tensors
from gated.train.tensor_file import flatten_state, unflatten_state


def save(path, **changes) -> None:
    options = {"kind": "model", "version": 1, **changes}
    save_tensors(path, {"w": torch.arange(6.0).view(2, 3).T}, {"name": "é"}, **options)


def test_round_trip_keeps_values_of_non_contiguous_tensors(tmp_path) -> None:
    save(tmp_path / "m")
    tensors, header = load_tensors(tmp_path / "m", kind="model", version=1)
    assert torch.equal(tensors["w"], torch.arange(6.0).view(2, 3).T)
    assert header == {"name": "é"}


@pytest.mark.parametrize("kept", [0.0, 0.03, 0.5, 0.99])
def test_a_truncated_file_is_an_error(tmp_path, kept: float) -> None:
    path = tmp_path / "m"
    save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(ModelFileError, match="truncated, damaged or something else"):
        load_tensors(path, kind="model", version=1)


def test_a_file_of_another_format_is_an_error(tmp_path) -> None:
    path = tmp_path / "m"
    path.write_text("ds,y\n2024-01-01,3\n")
    with pytest.raises(ModelFileError, match="cannot be read as a gated model file"):
        load_tensors(path, kind="model", version=1)


def test_a_safetensors_file_without_gateds_header_is_an_error(tmp_path) -> None:
    from safetensors.torch import save_file

    save_file({"w": torch.zeros(1)}, tmp_path / "m")
    with pytest.raises(ModelFileError, match="expected a gated model file, found no gated header"):
        load_tensors(tmp_path / "m", kind="model", version=1)


def test_a_file_of_another_kind_or_version_is_an_error(tmp_path) -> None:
    save(tmp_path / "m", kind="checkpoint")
    with pytest.raises(ModelFileError, match="expected a gated model file, found checkpoint"):
        load_tensors(tmp_path / "m", kind="model", version=1)
    save(tmp_path / "m", version=9)
    with pytest.raises(ModelFileError, match=r"format version 9; this gated reads version 1"):
        load_tensors(tmp_path / "m", kind="model", version=1)


def test_a_missing_file_and_a_folder_have_different_messages(tmp_path) -> None:
    with pytest.raises(ModelFileError, match="no such file"):
        load_tensors(tmp_path / "nothing", kind="model", version=1)
    with pytest.raises(ModelFileError, match="is a folder"):
        load_tensors(tmp_path, kind="model", version=1)


def test_every_flipped_bit_is_detected(tmp_path) -> None:
    path = tmp_path / "m"
    save(path)
    whole = path.read_bytes()
    for bit in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        with pytest.raises(ModelFileError):
            load_tensors(path, kind="model", version=1)


def test_a_missing_checksum_is_accepted_only_in_older_versions(tmp_path) -> None:
    from safetensors.torch import save_file

    described = {"kind": "model", "version": 1, "header": {}}
    save_file({"w": torch.zeros(1)}, tmp_path / "m", metadata={"gated": json.dumps(described)})
    with pytest.raises(ModelFileError, match="does not match its checksum"):
        load_tensors(tmp_path / "m", kind="model", version=1)
    with pytest.raises(ModelFileError, match="format version 1; this gated reads version 2"):
        load_tensors(tmp_path / "m", kind="model", version=2)
    for version in (1, 2):
        tensors, _ = load_tensors(
            tmp_path / "m", kind="model", version=version, without_checksum=(1,)
        )
        assert list(tensors) == ["w"]


@pytest.mark.parametrize(
    "dtype", [torch.bool, torch.uint8, torch.int64, torch.bfloat16, torch.float16, torch.float64]
)
def test_tensors_of_any_type_and_size_have_a_checksum(tmp_path, dtype: torch.dtype) -> None:
    tensors = {"none": torch.zeros(0, 3), "one": torch.ones(()), "many": torch.arange(6)}
    tensors = {name: tensor.to(dtype) for name, tensor in tensors.items()}
    save_tensors(tmp_path / "m", tensors, {}, kind="model", version=1)
    found, _ = load_tensors(tmp_path / "m", kind="model", version=1)
    assert found.keys() == tensors.keys()
    assert all(torch.equal(found[name], tensors[name]) for name in tensors)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "found no gated header"),
        ("{", "cannot be read as a gated model file"),
        ('{"kind": "model", "version": 1}', "has no version or no header"),
        ('{"kind": "model", "version": "1", "header": {}}', "has no version or no header"),
        ('{"kind": "model", "version": 1, "header": {"x": NaN}}', "NaN is not a JSON number"),
        ('{"kind": ' + "[" * 5000, "cannot be read as a gated model file"),
    ],
)
def test_an_invalid_header_is_an_error(tmp_path, text: str, said: str) -> None:
    from safetensors.torch import save_file

    save_file({"w": torch.zeros(1)}, tmp_path / "m", metadata={"gated": text})
    with pytest.raises(ModelFileError, match=said):
        load_tensors(tmp_path / "m", kind="model", version=1, without_checksum=(1,))


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices as in POSIX")
def test_pipes_and_devices_are_errors_without_waiting(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, kind in ((tmp_path / "pipe", "a named pipe"), ("/dev/zero", "a device")):
        with pytest.raises(ModelFileError, match=f"is {kind}"):
            load_tensors(path, kind="model", version=1)


def test_nested_state_round_trip() -> None:
    state = {"a": [torch.ones(2), {"b": None}], "optimizer": {0: {"step": torch.tensor(3.0)}}}
    tensors, skeleton = flatten_state(state)
    back = unflatten_state(tensors, skeleton)
    assert torch.equal(back["a"][0], torch.ones(2))
    assert back["a"][1] == {"b": None}
    assert torch.equal(back["optimizer"][0]["step"], torch.tensor(3.0))
