"""Defines the version of the package; every other module imports it from here."""

__version__ = "0.1.0"
