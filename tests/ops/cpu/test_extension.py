"""Loading of the C++ recurrences, and the message if they are absent."""

import os
import subprocess
import sys
import warnings
from types import SimpleNamespace

import pytest
import torch

from gated import nn
from gated.errors import SlowPathWarning, UsageError
from gated.ops.cpu import extension


@pytest.fixture
def loading(monkeypatch):
    """Load the module again, with a given import and GATED_ISA."""

    def load(outcome, asked=None):
        def import_module(name):
            assert name == "gated.ops._cpu"
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        monkeypatch.setattr(extension, "_found", None)
        monkeypatch.setattr(extension, "_warning_is_done", False)
        imports = SimpleNamespace(import_module=import_module)
        monkeypatch.setattr(extension, "importlib", imports)
        if asked is None:
            monkeypatch.delenv("GATED_ISA", raising=False)
        else:
            monkeypatch.setenv("GATED_ISA", asked)

    return load


def built(in_use="avx2", here="avx512,avx2,baseline", of_all="avx512,avx2,baseline"):
    return SimpleNamespace(
        instruction_set=lambda: in_use,
        instruction_sets=lambda: here,
        built_instruction_sets=lambda: of_all,
    )


FOR_ANOTHER_MACHINE = built(in_use=None, here="", of_all="avx512")


NOT_BUILT = ModuleNotFoundError("No module named 'gated.ops._cpu'", name="gated.ops._cpu")


def test_present(loading):
    module = built()
    loading(module)
    assert extension.available()
    assert extension.module() is module
    assert extension.reason() is None
    assert extension.instruction_set() == "avx2"
    assert extension.instruction_sets() == ("avx512", "avx2", "baseline")


def test_present_with_instruction_sets_that_this_machine_lacks(loading):
    loading(built(here="avx2,baseline"))
    assert extension.instruction_sets() == ("avx2", "baseline")
    assert extension.built_instruction_sets() == ("avx512", "avx2", "baseline")


@pytest.mark.parametrize(
    ("outcome", "asked", "why"),
    [
        (NOT_BUILT, None, "not built when gated was installed"),
        (NOT_BUILT, "", "not built when gated was installed"),
        (ImportError("libstdc++.so.6: too old"), None, "failed to load (libstdc++.so.6: too old)"),
        (ModuleNotFoundError("No module named 'x'", name="x"), None, "failed to load (No module"),
        (FOR_ANOTHER_MACHINE, None, "built only for avx512, which this machine does not have"),
        (built(), "none", "switched off by GATED_ISA=none"),
        (NOT_BUILT, "none", "switched off by GATED_ISA=none"),
    ],
)
def test_absent(loading, outcome, asked, why):
    loading(outcome, asked)
    assert not extension.available()
    assert why in extension.reason()
    assert extension.instruction_set() is None
    assert extension.instruction_sets() == ()
    with pytest.raises(UsageError, match="not available: ") as refusal:
        extension.module()
    assert why in str(refusal.value)


@pytest.mark.parametrize("ask", [extension.available, extension.module])
def test_an_unknown_instruction_set_is_an_error_that_lists_the_known_ones(loading, ask):
    loading(built(in_use=None), "avx1024")
    with pytest.raises(UsageError, match='GATED_ISA is "avx1024"') as refusal:
        ask()
    assert "Expected one of: avx512, avx2, baseline, none;" in str(refusal.value)
    assert extension.reason() == str(refusal.value)
    assert extension.instruction_sets() == ()


def test_a_name_is_an_error_with_the_module_of_another_machine(loading):
    loading(FOR_ANOTHER_MACHINE, "avx2")
    with pytest.raises(UsageError, match="Expected one of: none;"):
        extension.available()
    assert extension.built_instruction_sets() == ("avx512",)


def test_an_instruction_set_is_an_error_without_the_extension(loading):
    loading(NOT_BUILT, "avx2")
    with pytest.raises(UsageError, match="Expected one of: none;") as refusal:
        extension.warn_if_absent()
    assert "The C++ recurrences are not built" in str(refusal.value)


def test_absence_gives_one_warning(loading):
    loading(NOT_BUILT)
    with pytest.warns(SlowPathWarning, match="not built when gated was installed") as said:
        [extension.warn_if_absent() for _ in range(2)]
    assert len(said) == 1
    assert "`gated doctor`" in str(said[0].message)


def test_the_first_recurrence_warns_and_the_second_does_not(loading):
    loading(NOT_BUILT)
    layer, x = nn.GRU(3, 4), torch.zeros(5, 2, 3)
    with pytest.warns(SlowPathWarning, match="The C.. recurrences are not used") as said:
        outputs = [layer(x)[0] for _ in range(2)]
    assert len(said) == 1
    assert torch.equal(*outputs)


@pytest.mark.parametrize(("outcome", "asked"), [(built(), None), (NOT_BUILT, "none")])
def test_no_warning_if_they_are_used_or_switched_off(loading, outcome, asked):
    loading(outcome, asked)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        extension.warn_if_absent()


@pytest.mark.parametrize("outcome", [built(), NOT_BUILT])
def test_the_check_is_not_part_of_a_compiled_graph(loading, outcome):
    loading(outcome)
    torch.compiler.reset()

    @torch.compile(fullgraph=True, backend="eager")
    def doubled(x):
        extension.warn_if_absent()
        return x * (2 if extension.available() else 3)

    assert doubled(torch.ones(())) == (2 if isinstance(outcome, SimpleNamespace) else 3)


def run_python(code: str, **environment: str) -> str:
    """Run a program in a new process and return its output."""
    inherited = {name: value for name, value in os.environ.items() if name != "GATED_ISA"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env={**inherited, **environment},
        check=True,
        timeout=60,
    ).stdout.strip()


def test_importing_gated_loads_neither_torch_nor_the_extension():
    assert run_python("import sys, gated; print({'torch', 'gated.ops._cpu'} & {*sys.modules})") == (
        "set()"
    )


def test_each_instruction_set_of_this_machine_can_be_forced():
    say = "from gated.ops.cpu import extension; print(extension.instruction_set())"
    forced = [run_python(say, GATED_ISA=name) for name in extension.instruction_sets()]
    assert forced == list(extension.instruction_sets())
    assert run_python(say, GATED_ISA="none") == "None"
