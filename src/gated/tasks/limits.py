"""Defines the media and their files, and the largest hyperparameters: larger ones need days.

The command line reads these values before torch is loaded.
"""

__all__ = ["DEMOS", "IDX_ENDINGS", "LARGEST", "MEDIA", "READ_SUFFIXES", "WRITTEN_SUFFIXES"]

MEDIA = ("speech", "text", "music", "drawing", "image", "motion", "answers", "dialogue")
"""What can be learned from files."""

IDX_ENDINGS = (".idx", ".gz", "idx3-ubyte")
"""How the names of files of many images end, as MNIST's."""

READ_SUFFIXES = {
    "speech": (
        *(".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3"),
        *(".aif", ".aiff", ".au", ".caf"),
    ),
    "text": (".txt", ".md", ".text"),
    "music": (".mid", ".midi", ".abc"),
    "drawing": (".svg",),
    "image": (".png", ".jpg", ".jpeg", ".gif", ".bmp", *IDX_ENDINGS),
    "motion": (".bvh",),
    "answers": (".jsonl", ".ndjson", ".json", ".txt"),
    "dialogue": (".jsonl", ".ndjson", ".csv", ".tsv", ".yml", ".yaml"),
}
"""How the names of the files end that are read, for each medium."""

WRITTEN_SUFFIXES = {
    "text": (".txt", ".md"),
    "music": (".mid", ".midi", ".svg"),
    "drawing": (".svg",),
    "image": (".png",),
    "motion": (".bvh", ".html"),
}
"""The suffixes of the files that a generator writes, for each medium; the usual one first."""

DEMOS = ("shop", "digits", "text", "bach", "drawing", "handwriting", "dance", "answers")
"""What can be tried without files: the forecast of a shop, and the models of the package."""

LARGEST = {
    "rate": 768_000,
    "hidden_size": 4_096,
    "num_layers": 64,
    "max_steps": 1_000_000,
    "batch_size": 65_536,
    "window": 1_000_000,
    "length": 1_000_000_000,
    "count": 100_000,
    "beam": 1_000,
    "seed": 2**63 - 1,
}
