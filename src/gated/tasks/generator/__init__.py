"""Learns to continue sequences: text, music, drawings, images."""
