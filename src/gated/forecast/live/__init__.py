"""A state of series that is kept, updated with every new value, and forecast. Read `live.py`."""
