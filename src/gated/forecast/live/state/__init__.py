"""The states of series: their newest values in rings, their packing, and files of them."""
