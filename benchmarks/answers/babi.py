"""Reads the bAbI tasks, with 10,000 questions each, from their archive."""

import re
import tarfile
from pathlib import Path

from benchmarks.answers.published import PUBLISHED
from benchmarks.common.folders import Folder
from gated.errors import DataError
from gated.media.stories import StoryQuestion
from gated.media.stories.babi import read_babi

__all__ = ["SHIPPED_TASKS", "Task", "read_tasks"]

SHIPPED_TASKS = (1, 2, 5, 6, 7, 8, 9, 11, 12, 13)
"""Of the network of the package: people, places and what they carry."""

ARCHIVE = "dialogue/babi_qa_en_10k.tar.gz"
_NAME = re.compile(r"qa(\d+)_(.+)_(train|test)\.txt$")


class Task:
    """One task: its number, its name, and its two parts."""

    def __init__(self, number: int, name: str) -> None:
        self.number, self.name = number, name
        self.train: list[StoryQuestion] = []
        self.test: list[StoryQuestion] = []


def read_tasks(folder: Folder, numbers: tuple[int, ...]) -> list[Task]:
    """The tasks of these numbers, in their order.

    Raises:
        DataError: the archive is missing, or lacks a part.
    """
    path = folder.file(ARCHIVE)
    found: dict[int, Task] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            match = _NAME.search(member.name)
            content = archive.extractfile(member) if match else None
            if match is None or content is None or int(match[1]) not in numbers:
                continue
            number = int(match[1])
            task = found.setdefault(number, Task(number, match[2].replace("-", " ")))
            questions = read_babi(content.read().decode(), Path(member.name))
            setattr(task, match[3], questions)
    for number in numbers:
        if number not in found or not found[number].train or not found[number].test:
            raise DataError(
                f"{path} lacks a part of task {number}. Expected tasks "
                f"{', '.join(map(str, PUBLISHED))}."
            )
    return [found[number] for number in numbers]
