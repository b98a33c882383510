"""Programs that torch records accept sequences of any length, with and without gated."""

import io
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from gated import nn, ops
from tests.ops.cpu.cases import needs_kernels

pytestmark = pytest.mark.filterwarnings("ignore")  # many of the exporter's own

LAYERS: list[tuple[str, dict[str, Any]]] = [
    ("GRU", {"layer_norm": True, "learned_state": True}),
    ("LSTM", {"layer_norm": True, "bidirectional": True, "proj_size": 2}),
    ("MinGRU", {}),
]
ANY = ({0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC},)


@pytest.mark.parametrize(("kind", "options"), LAYERS)
def test_an_exported_program_accepts_any_length(kind: str, options: Any) -> None:
    layer = getattr(nn, kind)(3, 4, **options).eval()
    program = torch.export.export(layer, (torch.randn(5, 2, 3),), dynamic_shapes=ANY)
    x = torch.randn(9, 3, 3)
    torch.testing.assert_close(program.module()(x), layer(x))


@pytest.mark.parametrize(("kind", "options"), LAYERS)
def test_a_strict_export_accepts_any_length(kind: str, options: Any) -> None:
    """With layer_norm the batch is that of the example: torch cannot run the scan's step else."""
    layer = getattr(nn, kind)(3, 4, **options).eval()
    any_length = ({0: torch.export.Dim.DYNAMIC},)
    example = (torch.randn(5, 2, 3),)
    program = torch.export.export(layer, example, dynamic_shapes=any_length, strict=True)
    x = torch.randn(9, 2, 3)
    torch.testing.assert_close(program.module()(x), layer(x))


@pytest.mark.parametrize(("kind", "options"), [*LAYERS, ("GRU", {"reset": "before"})])
def test_a_traced_program_accepts_any_length(kind: str, options: Any) -> None:
    layer = getattr(nn, kind)(3, 4, **options).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(layer, torch.randn(5, 2, 3))
    x = torch.randn(9, 3, 3)
    torch.testing.assert_close(traced(x), layer(x))


@needs_kernels
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("RNN", {}),
        ("LSTM", {"num_layers": 2, "bidirectional": True}),
        ("GRU", {"zoneout": 0.1, "reset": "before"}),
    ],
)
def test_a_decomposed_program_needs_no_gated(kind: str, options: Any, tmp_path: Path) -> None:
    layer, x = getattr(nn, kind)(3, 4, **options).eval(), torch.randn(9, 3, 3)
    program = torch.export.export(layer, (torch.randn(5, 2, 3),), dynamic_shapes=ANY)
    torch.export.save(program.run_decompositions(ops.decompositions()), tmp_path / "program.pt2")
    torch.save((x, layer(x)[0].detach()), tmp_path / "expected.pt")
    code = (
        "import sys, torch\n"
        "x, expected = torch.load('expected.pt')\n"
        "output = torch.export.load('program.pt2').module()(x)[0]\n"
        "torch.testing.assert_close(output, expected)\n"
        "assert 'gated' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=500)


@needs_kernels
def test_a_decomposed_program_trains() -> None:
    layer, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    program = torch.export.export(layer, (x,))
    file = io.BytesIO()
    torch.export.save(program.run_decompositions(ops.decompositions()), file)
    file.seek(0)
    module = torch.export.load(file).module()
    module(x)[0].sum().backward()
    layer(x)[0].sum().backward()
    torch.testing.assert_close(module.weight_hh_l0.grad, layer.weight_hh_l0.grad)
