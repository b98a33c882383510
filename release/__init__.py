"""Builds what a release consists of, and checks it (CONTRIBUTING.md, "Releasing")."""
