"""JSON documents and lines as tables."""
