"""Options that are not typed: those of a configuration file and of environment variables."""
