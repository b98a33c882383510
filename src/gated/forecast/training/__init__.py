"""Fits a network: validation split, training, comparison with baselines, calibration."""
