"""Implements minGRU and minLSTM, whose time steps can be computed in parallel."""
