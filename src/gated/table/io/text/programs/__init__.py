"""Turns the lines that programs print into rows of cells: logs, boxes, measurements, reports."""
