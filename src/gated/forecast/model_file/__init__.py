"""Saves and loads fitted forecasters, and checks their files."""
