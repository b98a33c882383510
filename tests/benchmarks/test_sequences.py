"""The benchmark of sequences: its files, its cuts, and an unknown name."""

import numpy as np
import pytest

from benchmarks.common.folders import data_folder
from benchmarks.sequences.data import CASES
from benchmarks.sequences.run import _inner
from gated import SequenceClassifier
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


@pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not beside the repository")
def test_the_pixels_of_an_image_are_its_steps_in_one_fixed_order() -> None:
    [rows] = CASES["mnist_pixels"].folds(data_folder(DATA))
    [permuted] = CASES["mnist_permuted"].folds(data_folder(DATA))
    assert (len(rows.train), len(rows.test)) == (60_000, 10_000)
    image = rows.test[7]
    assert (image.shape, image.dtype, image.min(), image.max()) == ((784, 1), np.float32, 0, 1)
    order = np.random.default_rng(0).permutation(784)
    for first, second in ((rows.train, permuted.train), (rows.test, permuted.test)):
        assert (first[5][order] == second[5]).all()
    assert (rows.test_labels == permuted.test_labels).all()


def test_the_networks_of_mnist_have_at_most_70_000_weights() -> None:
    """The published rows of the benchmark have that many."""
    for name in ("mnist_pixels", "mnist_permuted"):
        sizes = {"max_steps": 1, "validation": 0}
        model = SequenceClassifier(**{**CASES[name].params, **sizes})
        X = [np.full((3, 1), index / 20) for index in range(20)]
        assert model.fit(X, list(range(10)) * 2).weights_ <= 70_000


def test_validation_uses_the_training_part_only(folder) -> None:
    [fold] = CASES["basic_motions"].folds(folder)
    many = type(fold)("many", fold.train * 10, np.tile(fold.train_labels, 10), [], np.array([]))
    inner = _inner(many)
    assert (len(inner.train), len(inner.test)) == (16, 4)


def test_an_unknown_data_set_is_refused(call) -> None:
    code, _, errors = call("sequences", "--data", "digits")
    assert code == 2
    assert "--data digits is unknown. Expected one of fsdd" in errors
