"""Loads pretrained weights, converts older ones, and lists their names and shapes."""
