"""Rows of cells, of text or of sheets: lines above the header, the header, the footer."""
