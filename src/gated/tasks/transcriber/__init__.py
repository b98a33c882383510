"""Writes sequences down as symbols: the estimator, its training, its decoding, its streams."""
