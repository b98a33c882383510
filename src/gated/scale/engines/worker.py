"""One worker of the local engine: `python -m gated.scale.engines.worker`.

It reads a task from each line of stdin, runs it, and writes its report to stdout, both as JSON. It
ends with its input, so that no worker outlives the process that started it.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from gated.errors import GatedError
from gated.scale.jobs.tasks import Task, run_task

__all__ = ["main"]


def main() -> None:
    """Run tasks until the end of stdin."""
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not stand between the reports
    for line in sys.stdin:
        reports.write(json.dumps(_answer(json.loads(line))) + "\n")
        reports.flush()


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    """The report of a task, or its error."""
    try:
        task = Task(asked["kind"], asked["number"])
        return run_task(asked["working"], asked["output"], task, asked["workers"])
    except GatedError as error:
        return {"error": type(error).__name__, "message": str(error)}
    except OSError as error:  # a storage or disk that may answer the next time
        return {"error": "OSError", "message": str(error)}
    except Exception as error:  # of a library, or a fault: it would be the same the next time
        return {"error": "GatedError", "message": _fault(asked, error)}


def _fault(asked: dict[str, Any], error: Exception) -> str:
    """The message of an error that gated does not expect."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"The {asked['kind']} task {asked['number']} failed: {type(error).__name__}: {error} "
        f"({Path(place.filename).name}, line {place.lineno}). What is done is kept."
    )


if __name__ == "__main__":
    main()
