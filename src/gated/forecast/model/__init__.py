"""Defines the forecasting network and its season memory, loads weights and runs inference."""
