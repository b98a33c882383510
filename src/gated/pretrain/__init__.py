"""Pretraining of the shipped network: on synthetic series only, on a CPU or a GPU, resumable."""
