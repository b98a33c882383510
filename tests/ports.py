"""Ports of this machine for servers of tests."""

import socket

__all__ = ["free_port"]


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
