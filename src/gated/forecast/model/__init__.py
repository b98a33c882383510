"""The forecasting network, its season memory, its pretrained weights, and running it."""
