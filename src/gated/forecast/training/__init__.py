"""How a network is fitted: validation split, training, comparison with baselines, calibration."""
