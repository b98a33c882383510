"""Where the framework of an adapter is absent, one sentence says what to install."""

import sys
from importlib import import_module

import pytest

from gated.errors import MissingLibraryError

ADAPTERS = {name: name for name in ("autogluon", "fev", "gluonts", "mlflow", "sktime")}


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_absent_framework_is_named_with_what_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = ADAPTERS[name]
    for loaded in [*sys.modules]:
        if loaded == f"gated.adapters.{name}" or loaded.partition(".")[0] == library:
            monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingLibraryError) as raised:
        import_module(f"gated.adapters.{name}")
    assert str(raised.value) == (
        f"gated.adapters.{name} needs {library}, which is not installed. Install it with pip "
        f'install "gated[{name}]".'
    )
    assert isinstance(raised.value, ImportError)
