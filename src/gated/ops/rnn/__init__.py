"""Elman's simple recurrent network: one gate-free cell."""
