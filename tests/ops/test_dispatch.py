"""The registry of backends and the choice of a backend."""

import threading

import pytest
import torch

from gated import ops
from gated.errors import UsageError
from gated.ops.dispatch import choose
from gated.ops.recurrence import Extras, Recurrence
from tests.backend_names import by_backend, is_there

GRU = Recurrence("gru")
GRU_BEFORE = Recurrence("gru", reset="before")
FASTEST = next(name for name in ops.BACKENDS if is_there(name))
FASTEST_OF_ALL_FORMS = next(name for name in ("cpu", "reference") if is_there(name))


def test_names_are_the_keys_of_the_registry() -> None:
    assert all(backend.name == name for name, backend in ops.BACKENDS.items())


def test_auto_selects_the_first_that_supports_the_recurrence() -> None:
    assert choose(GRU) is ops.BACKENDS[FASTEST]
    assert choose(GRU_BEFORE).name == FASTEST_OF_ALL_FORMS


@by_backend
def test_a_named_backend_is_used(backend: str) -> None:
    assert choose(Recurrence("lstm"), backend).name == backend


def test_use_backend_holds_inside_its_block_only() -> None:
    with ops.use_backend("reference"):
        assert choose(GRU).name == "reference"
        with ops.use_backend("torch"):
            assert choose(GRU).name == "torch"
            assert choose(GRU, "reference").name == "reference"  # a named backend has precedence
            with ops.use_backend("auto"):
                assert choose(GRU_BEFORE).name == FASTEST_OF_ALL_FORMS
        assert choose(GRU).name == "reference"
    assert choose(GRU).name == FASTEST


def test_use_backend_ends_with_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), ops.use_backend("reference"):
        raise ZeroDivisionError
    assert choose(GRU).name == FASTEST


def test_use_backend_applies_to_layers_and_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    x, h, W, U = torch.ones(2, 1, 3), torch.ones(1, 4), torch.ones(12, 3), torch.ones(12, 4)
    kernel_calls = []
    kernel = torch.gru
    monkeypatch.setattr(torch, "gru", lambda *a: kernel_calls.append(a) or kernel(*a))
    with ops.use_backend("torch"):
        ops.gru_sequence(x, h, W, U)
    assert len(kernel_calls) == 1
    with ops.use_backend("reference"):
        ops.gru_sequence(x, h, W, U)
    assert len(kernel_calls) == 1


def test_threads_have_separate_choices() -> None:
    chosen = []
    with ops.use_backend("reference"):
        thread = threading.Thread(target=lambda: chosen.append(choose(GRU).name))
        thread.start()
        thread.join()
    assert chosen == [FASTEST]


def test_unknown_backend() -> None:
    with pytest.raises(UsageError, match="backend 'cudnn' is unknown"):
        choose(GRU, "cudnn")
    with pytest.raises(UsageError, match="backend 'cudnn' is unknown"), ops.use_backend("cudnn"):
        pass


def test_a_backend_without_support() -> None:
    message = r'"torch" cannot compute the GRU with reset="before". Expected one of .*reference'
    with pytest.raises(UsageError, match=message):
        choose(GRU_BEFORE, "torch")
    with pytest.raises(UsageError, match=message), ops.use_backend("torch"):
        choose(GRU_BEFORE)


EXTRAS = Extras(
    torch.zeros(1, 1).bool(), torch.ones(1, 1), torch.ones(1, 1, 1), torch.ones(1, 1, 1)
)


def test_the_choice_depends_on_the_extras() -> None:
    assert choose(Recurrence("lstm"), "torch").name == "torch"
    assert choose(Recurrence("lstm"), "auto", EXTRAS).name != "torch"
    message = "the LSTM, with resets and recurrent dropout and zoneout. Expected one of"
    with pytest.raises(UsageError, match=message):
        choose(Recurrence("lstm"), "torch", EXTRAS)


def test_the_choice_depends_on_layer_norm() -> None:
    assert choose(Recurrence("gru", layer_norm=True)).name == "reference"
    with pytest.raises(UsageError, match='"torch" cannot compute the LSTM with layer_norm=True'):
        choose(Recurrence("lstm", layer_norm=True), "torch")


@pytest.mark.parametrize(
    ("recurrence", "words"),
    [
        (Recurrence("rnn", nonlinearity="relu"), 'RNN with nonlinearity="relu"'),
        (Recurrence("lstm"), "LSTM"),
        (GRU, 'GRU with reset="after"'),
    ],
)
def test_a_recurrence_as_text(recurrence: Recurrence, words: str) -> None:
    assert str(recurrence) == words


def test_variants_that_do_not_exist() -> None:
    with pytest.raises(UsageError, match="nonlinearity is 'gelu'"):
        Recurrence("rnn", nonlinearity="gelu")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="reset is 'between'"):
        Recurrence("gru", reset="between")  # type: ignore[arg-type]
