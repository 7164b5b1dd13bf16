"""The front page for Python: every public name is there, typed and documented, and importing it costs nothing."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import trialwright


@pytest.mark.parametrize("name", trialwright.PUBLIC)
def test_every_public_name_resolves_and_says_what_it_is(name) -> None:
    value = getattr(trialwright, name)
    assert value.__name__ == trialwright.PUBLIC[name].partition(":")[2]
    assert inspect.getdoc(value)


@pytest.mark.parametrize("name", trialwright.PUBLIC)
def test_every_public_function_is_typed(name) -> None:
    value = getattr(trialwright, name)
    if inspect.isfunction(value):
        assert set(inspect.signature(value).parameters) | {"return"} == set(value.__annotations__)


def test_type_checkers_see_the_same_names_from_the_same_modules() -> None:
    tree = ast.parse(Path(trialwright.__file__).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    imports = [(node.module, alias) for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert {alias.asname: f"{module}:{alias.name}" for module, alias in imports} == trialwright.PUBLIC


def test_public_names_are_listed() -> None:
    assert set(trialwright.PUBLIC) <= set(dir(trialwright))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'jugde'"):
        trialwright.jugde  # noqa: B018


def test_importing_the_package_loads_none_of_its_parts() -> None:
    script = "import sys, trialwright; print(*(name for name in sys.modules if name.startswith('trialwright')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["trialwright"]
