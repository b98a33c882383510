"""Binarisation, thresholds, and sheets of many images."""

import numpy as np
import pytest

from gated.errors import UsageError
from gated.media.images import binarised, contact_sheet, thresholded
from tests.media.images.pictures import noise

IMAGES = noise(50, 28, 28)


class TestBinarised:
    def test_black_and_white_stay_and_grey_is_drawn(self):
        images = np.zeros((3, 100, 100), np.uint8)
        images[1], images[2] = 64, 255
        found = binarised(images, seed=0)
        assert found.dtype == np.bool_
        assert not found[0].any()
        assert found[2].all()
        # Ten thousand draws of 64 / 255: four standard deviations are 0.017.
        assert found[1].mean() == pytest.approx(64 / 255, abs=0.017)

    def test_one_seed_gives_the_same_images_and_another_gives_others(self):
        first = binarised(IMAGES, seed=1)
        np.testing.assert_array_equal(binarised(IMAGES, seed=1), first)
        np.testing.assert_array_equal(binarised((IMAGES / 255).astype(np.float32), seed=1), first)
        assert (binarised(IMAGES, seed=2) != first).mean() > 0.1

    def test_the_first_images_do_not_depend_on_the_number_of_images(self):
        few = binarised(IMAGES[:10], seed=1)
        np.testing.assert_array_equal(binarised(IMAGES, seed=1)[:10], few)


class TestThreshold:
    def test_is_at_least_as_bright(self):
        images = np.array([[[0.0, 0.49, 0.5, 1.0]]])
        assert thresholded(images).tolist() == [[[False, False, True, True]]]
        assert thresholded(images, at=0.2).tolist() == [[[False, True, True, True]]]
        assert thresholded(images, at=0).all()

    @pytest.mark.parametrize("at", [-0.1, 1.1, float("nan")])
    def test_out_of_range(self, at):
        with pytest.raises(UsageError, match=r"at=.* Expected a brightness from 0 to 1. Pass 0.5"):
            thresholded(IMAGES, at=at)


@pytest.mark.parametrize(
    "images", [np.full((1, 2, 2), 1.5), np.full((1, 2, 2), np.nan), np.zeros((1, 2, 2), int)]
)
@pytest.mark.parametrize(
    "work", [thresholded, contact_sheet, lambda images: binarised(images, seed=0)]
)
def test_images_of_another_type(images, work):
    with pytest.raises(
        UsageError, match=r"Images of the type .* Expected uint8.*Divide by the lar"
    ):
        work(images)


class TestSheet:
    def test_places_and_gaps(self):
        found = contact_sheet(IMAGES[:5], columns=3, gap=2)
        assert (found.dtype, found.shape) == (np.uint8, (58, 88))
        np.testing.assert_array_equal(found[:28, 30:58], IMAGES[1])
        np.testing.assert_array_equal(found[30:, :28], IMAGES[3])
        assert (found[28:30] == 128).all()
        assert (found[30:, 60:] == 128).all()

    def test_scale_without_gap(self):
        found = contact_sheet(IMAGES[:2], gap=0, scale=3)
        assert found.shape == (84, 168)
        np.testing.assert_array_equal(found[1::3, 1:84:3], IMAGES[0])

    def test_as_many_columns_as_rows(self):
        assert contact_sheet(IMAGES, gap=0).shape == (7 * 28, 8 * 28)
        assert contact_sheet(IMAGES[:2], columns=10, gap=0).shape == (28, 56)

    def test_other_types(self):
        white = contact_sheet(np.ones((1, 2, 2), bool))
        np.testing.assert_array_equal(white, contact_sheet(np.ones((1, 2, 2))))
        assert (white == 255).all()

    @pytest.mark.parametrize("images", [np.zeros((2, 2), np.uint8), np.zeros((0, 2, 2), np.uint8)])
    def test_no_images(self, images):
        with pytest.raises(UsageError, match=r"Images of the shape .* Expected \[N, H, W\].*list"):
            contact_sheet(images)

    @pytest.mark.parametrize("numbers", [{"columns": 0}, {"gap": -1}, {"scale": 0}])
    def test_numbers_out_of_range(self, numbers):
        with pytest.raises(
            UsageError, match=r"are given. Expected at least one column.*Pass whole"
        ):
            contact_sheet(IMAGES, **numbers)
