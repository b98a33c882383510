"""Sizes of the caches, from the files of the system."""

from benchmarks.layers import machine_limits


def test_cache_sizes_are_those_of_the_system(monkeypatch, tmp_path):
    caches = [
        ("Data", "1", "48K", "0"),
        ("Instruction", "1", "32K", "0"),
        ("Unified", "2", "1024K", "0"),
        ("Unified", "3", "32M", "0-1"),
    ]
    for number, values in enumerate(caches):
        folder = tmp_path / f"index{number}"
        folder.mkdir()
        for name, value in zip(("type", "level", "size", "shared_cpu_list"), values, strict=True):
            (folder / name).write_text(value + "\n")
    monkeypatch.setattr(machine_limits, "_CACHES", tmp_path)
    sizes = {
        name: (small / 2**20, large / 2**20)
        for name, small, large in machine_limits._sizes_by_level(threads=2)
    }
    assert sizes == {"L2": (0.5, 1.5), "L3": (8.0, 24.0), "memory": (128.0, 256.0)}


def test_without_these_files_only_the_memory_is_measured(monkeypatch, tmp_path):
    monkeypatch.setattr(machine_limits, "_CACHES", tmp_path / "nowhere")
    assert [name for name, _, _ in machine_limits._sizes_by_level(threads=2)] == ["memory"]
