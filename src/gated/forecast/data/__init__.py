"""Prepares the inputs of the network: scaled rows, windows, covariates, calendar features."""
