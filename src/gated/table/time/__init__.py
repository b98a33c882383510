"""Time stamps, their grid, seasons, calendar features and public holidays."""
