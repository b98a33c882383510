"""Panels of a picture over time: each is drawn as SVG and as text, above a common axis."""
