"""Writes small databases of a shop."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

__all__ = ["DAYS", "write_sqlite"]

DAYS = [(date(2024, 1, 1) + timedelta(days=day)).isoformat() for day in range(30)]


def write_sqlite(path: Path, *tables: str, journal: str = "delete", first: str = DAYS[0]) -> Path:
    """Write a database with these tables; each has a day, the revenue, and whether it was open."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode={journal}")
        for table in tables:
            connection.execute(f'CREATE TABLE "{table}"(day TEXT, revenue NUMERIC, open BOOLEAN)')
            begin = date.fromisoformat(first)
            rows = [
                ((begin + timedelta(days=at)).isoformat(), at % 7 + 0.5, at % 2)
                for at in range(len(DAYS))
            ]
            connection.executemany(f'INSERT INTO "{table}" VALUES (?, ?, ?)', rows)
        connection.commit()
    return path
