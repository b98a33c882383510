"""Labels of points: no overlaps, inside the chart."""

from itertools import combinations

import numpy as np

from benchmarks.peers.report.label_placement import Box, place_labels

AREA = Box(0.0, 0.0, 800.0, 400.0)


def test_labels_of_crowded_points_do_not_overlap():
    random = np.random.default_rng(0)
    points = [(float(x), float(y)) for x, y in random.uniform((300, 200), (420, 260), (12, 2))]
    boxes = place_labels(points, [(160.0, 14.0)] * 12, AREA)
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(AREA.contains(box) for box in boxes)


def test_a_label_stands_at_the_left_of_a_point_near_the_right_edge():
    [box] = place_labels([(780.0, 200.0)], [(100.0, 14.0)], AREA)
    assert box == Box(671.0, 193.0, 771.0, 207.0)


def test_a_label_that_fits_nowhere_is_still_placed():
    assert len(place_labels([(5.0, 5.0)], [(900.0, 14.0)], AREA)) == 1
