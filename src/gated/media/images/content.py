"""Reads the bytes of a file, with a message for each reason that it cannot be read."""

from pathlib import Path

from gated.errors import DataError
from gated.files import special_kind

__all__ = ["file_content"]


def file_content(path: Path, expected: str) -> bytes:
    """Return the bytes of a file.

    Args:
        path: of the file.
        expected: the sentence of the messages that describes the file.

    Raises:
        DataError: it is missing, empty, a folder, or cannot be read.
    """
    try:
        kind = special_kind(path)
        content = path.read_bytes() if kind is None else b""
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file. {expected} Check the name.") from None
    except (OSError, ValueError) as error:  # no permission; an invalid name
        raise DataError(
            f"{path}: cannot be read ({error}). {expected} Check the name and the permissions."
        ) from error
    if kind is not None:
        raise DataError(f"{path}: is {kind}. {expected} Name one file.")
    if not content:
        raise DataError(f"{path}: the file is empty (0 bytes). {expected} Get it again.")
    return content
