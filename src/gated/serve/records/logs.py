"""Writes the log: one JSON object a line on stderr, without keys and without bodies."""

import json
import logging
import sys
import time
import traceback
from typing import Any, TextIO

__all__ = ["JsonLines", "log", "log_to"]

log = logging.getLogger("gated.serve")
_FIELDS = "fields"  # of a record: more fields of its line


class JsonLines(logging.Formatter):
    """One JSON object for each record; a fault has its traceback as one text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info:
            line["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(line)


def log_to(stream: TextIO = sys.stderr) -> None:
    """Send the log of the server, and what uvicorn has to say, to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    for name in ("gated.serve", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
