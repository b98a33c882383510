"""The benchmark of sequences: its files, its cuts, and an unknown name."""

import numpy as np
import pytest

from benchmarks.common.folders import data_folder
from benchmarks.sequences.data import CASES
from benchmarks.sequences.run import _inner
from tests.folders import DATA

_TS = "#comment\n@problemName Tiny\n@data\n1,2,3:4,5,6:a\n7,8:9,10:b\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "speech").mkdir()
    for part in ("TRAIN", "TEST"):
        (tmp_path / "speech" / f"BasicMotions_{part}.ts").write_text(_TS)
    return data_folder(tmp_path)


def test_a_file_of_the_archive_is_read_with_steps_first(folder) -> None:
    [fold] = CASES["basic_motions"].folds(folder)
    assert fold.train[0].tolist() == [[1, 4], [2, 5], [3, 6]]
    assert fold.train[1].tolist() == [[7, 9], [8, 10]]
    assert fold.test_labels.tolist() == ["a", "b"]


@pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not beside the repository")
def test_no_clip_of_the_spoken_digits_is_in_both_parts() -> None:
    [fold] = CASES["fsdd"].folds(data_folder(DATA))
    assert (len(fold.train), len(fold.test)) == (2_700, 300)
    speakers = CASES["fsdd_speakers"].folds(data_folder(DATA))
    assert [len(fold.test) for fold in speakers] == [500] * 6


def test_validation_uses_the_training_part_only(folder) -> None:
    [fold] = CASES["basic_motions"].folds(folder)
    many = type(fold)("many", fold.train * 10, np.tile(fold.train_labels, 10), [], np.array([]))
    inner = _inner(many)
    assert (len(inner.train), len(inner.test)) == (16, 4)


def test_an_unknown_data_set_is_refused(call) -> None:
    code, _, errors = call("sequences", "--data", "digits")
    assert code == 2
    assert "--data digits is unknown. Expected one of fsdd" in errors
