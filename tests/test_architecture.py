"""The walls of the building, proved from the source text: who may import whom, purity of the core, and the glossary.

Read LAYERS and CORE_ORDER: they are ARCHITECTURE.md in code. Every check is a function from source text to the
list of sentences that say what is wrong, so that each also has planted offenders which it must catch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from ruamel.yaml import YAML

PROJECT = Path(__file__).resolve().parent.parent
SOURCE = PROJECT / "src"
PACKAGE = "trialwright"

# The core, in the order of reading; modules of one line do not import each other.
CORE_ORDER: tuple[frozenset[str], ...] = (
    frozenset({"terms"}),
    frozenset({"conditions"}),
    frozenset({"protocol"}),
    frozenset({"ledger"}),
    frozenset({"subject"}),
    frozenset({"people"}),
    frozenset({"eligibility", "schedule", "toxicity", "response"}),
    frozenset({"specimens"}),
    frozenset({"bundle"}),
    frozenset({"dosing"}),
    frozenset({"disposition"}),
    frozenset({"deviations"}),
    frozenset({"safety"}),
    frozenset({"endpoints"}),
    frozenset({"estimation"}),
    frozenset({"monitoring"}),
    frozenset({"conduct"}),
    frozenset({"registration"}),
    frozenset({"analysis"}),
    frozenset({"casebook"}),
    frozenset({"oversight"}),
)
CORE_RANK = {name: rank for rank, names in enumerate(CORE_ORDER) for name in names}

# Each layer with the layers it stands on.
LAYERS: dict[str, frozenset[str]] = {
    "core": frozenset({"core"}),
    "standards": frozenset({"core", "standards"}),
    "store": frozenset({"core", "standards", "store"}),
    "adapters": frozenset({"core", "standards", "store", "adapters"}),
    "cli": frozenset({"core", "standards", "store", "adapters", "cli"}),
}
ADAPTERS = frozenset({"archive", "study", "registry", "edc", "screening", "simulation", "reports", "exchange"})
# Which other adapters an adapter may import, besides `study`, which every one may open.
ADAPTER_MAY_IMPORT: dict[str, frozenset[str]] = {"reports": frozenset({"exchange"}), "edc": ADAPTERS}
# A virtual patient yields only what a site would type: simulation imports nothing that judges.
JUDGES = {
    f"{PACKAGE}.core.{name}"
    for name in (
        "eligibility toxicity response dosing disposition deviations safety endpoints monitoring conduct "
        "registration analysis"
    ).split()
} | {f"{PACKAGE}.standards.{name}" for name in ("ctcae", "response", "staging")}

# The standard library as far as it neither reads, writes, waits, draws lots nor asks the clock.
PURE_LIBRARY = frozenset(
    "__future__ abc base64 binascii bisect calendar collections contextlib copy dataclasses datetime decimal difflib "
    "enum fractions functools graphlib hashlib heapq hmac itertools json math numbers operator re statistics string "
    "struct textwrap types typing unicodedata".split()
)
NUMERIC = frozenset({"numpy", "scipy"})  # in estimation alone
IMPURE_CALLS = frozenset(
    "now today utcnow fromtimestamp rvs default_rng open print input eval exec compile __import__ breakpoint".split()
)


# ---- reading the source ------------------------------------------------------------------------------------------


def modules(under: str = "") -> Iterator[tuple[str, str]]:
    """Every module of the package with its source: dotted name, text."""
    for path in sorted((SOURCE / PACKAGE / under).rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path.read_text(encoding="utf-8")


def is_package(module: str) -> bool:
    return (SOURCE / Path(*module.split(".")) / "__init__.py").exists()


def imported(module: str, source: str) -> list[tuple[str, int]]:
    """Everything a module imports, at any depth of its functions, as full dotted names, each with its line.

    `from trialwright.core import terms` counts as `trialwright.core.terms`; a name given as text to import_module or
    __import__ counts as well.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = absolute(module, node)
            found += [(f"{base}.{alias.name}", node.lineno) for alias in node.names]
        elif isinstance(node, ast.Call) and called_name(node) in {"import_module", "__import__"} and node.args:
            named = node.args[0]
            found.append((named.value if isinstance(named, ast.Constant) else "?", node.lineno))
    return found


def absolute(module: str, node: ast.ImportFrom) -> str:
    """The module an import names, relative ones resolved."""
    if not node.level:
        return node.module or ""
    parts = module.split(".") + (["__init__"] if is_package(module) else [])
    return ".".join(parts[: -node.level] + ([node.module] if node.module else []))


def called_name(node: ast.Call) -> str:
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


def part(dotted: str, place: int) -> str:
    """One part of a dotted name; nothing where it is shorter."""
    return (dotted.split(".") + [""] * 4)[place]


# ---- import order --------------------------------------------------------------------------------------------------


def import_faults(module: str, source: str) -> list[str]:
    """What a module imports against the import order, as sentences."""
    inside = [(name, line) for name, line in imported(module, source) if part(name, 0) == PACKAGE]
    faults = []
    for name, line in inside:
        reason = layer_fault(module, name) or core_fault(module, name) or adapter_fault(module, name)
        if reason:
            faults.append(f"{module}:{line} imports {name}: {reason}")
    return faults


def layer_fault(module: str, name: str) -> str | None:
    """Outer layers see inner ones, never the reverse; the package's front page is for those outside."""
    here, there = part(module, 1), part(name, 1)
    if there in {"", "__version__"} and here in {"adapters", "cli", "store"}:
        return None
    if here in {"", "__main__"}:
        return None  # the package's own front page
    if here not in LAYERS:
        return f"{here} is no layer of ARCHITECTURE.md"
    if there not in LAYERS:
        return "inside the package, import from the module itself"
    return None if there in LAYERS[here] else f"{here} does not stand on {there}"


def core_fault(module: str, name: str) -> str | None:
    """Inside the core, only what comes earlier in CORE_ORDER."""
    if part(name, 1) != "core" or part(module, 1) != "core":
        return None
    here, there = part(module, 2), part(name, 2)
    if not here:
        return "core/__init__ imports nothing, so that one module can be had without the rest"
    if here not in CORE_RANK or there not in CORE_RANK:
        return f"{here if here not in CORE_RANK else there} has no place in CORE_ORDER"
    return None if here == there or CORE_RANK[there] < CORE_RANK[here] else f"{there} comes after {here}"


def adapter_fault(module: str, name: str) -> str | None:
    """Adapters do not know each other, with the exceptions of ADAPTER_MAY_IMPORT; simulation never judges."""
    here, there = part(module, 2), part(name, 2)
    if part(module, 1) != "adapters":
        return None
    if here == "simulation" and any(name == judge or name.startswith(judge + ".") for judge in JUDGES):
        return "simulation imports nothing that judges"
    if part(name, 1) != "adapters" or here == there or there == "study":
        return None
    return (
        None if there in ADAPTER_MAY_IMPORT.get(here, frozenset()) else f"adapter {here} does not know adapter {there}"
    )


def test_every_module_imports_only_what_stands_below_it() -> None:
    assert [fault for module, source in modules() for fault in import_faults(module, source)] == []


@pytest.mark.parametrize("layer", LAYERS)
def test_the_layers_and_adapters_are_those_of_the_architecture(layer) -> None:
    folders = {path.name for path in (SOURCE / PACKAGE).iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= set(LAYERS)
    rooms = (SOURCE / PACKAGE / layer).iterdir() if (SOURCE / PACKAGE / layer).exists() else []
    names = {path.stem for path in rooms if path.suffix == ".py" or (path / "__init__.py").exists()} - {"__init__"}
    known = {"core": set(CORE_RANK), "adapters": set(ADAPTERS)}.get(layer, names)
    assert names <= known


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("core.terms", "from trialwright.core.conditions import Condition"),
        ("core.terms", "def f():\n    from trialwright.core import conduct"),
        ("core.terms", "import trialwright.core.ledger"),
        ("core.terms", "from trialwright import judge"),
        ("core.conditions.algebra", "from ..protocol import Clause"),
        ("core.toxicity", "from trialwright.core.response import Response"),
        ("core.newcomer", "from trialwright.core.terms import Finding"),
        ("core.terms", "from trialwright.standards.units import TABLE"),
        ("core.terms", "if TYPE_CHECKING:\n    from trialwright.store import ledger"),
        ("core", "from trialwright.core.terms import Finding"),
        ("core.terms", "import_module('trialwright.core.conduct')"),
        ("standards.ctcae", "from trialwright.store.settings import X"),
        ("store.append", "from trialwright.adapters.study import load_protocol"),
        ("adapters.study.loading", "from trialwright.adapters.registry import read"),
        ("adapters.exchange.cdisc", "from trialwright.adapters.reports import tables"),
        ("adapters.reports.tables", "from trialwright.adapters.simulation import patients"),
        ("adapters.registry", "from trialwright.cli import output"),
        ("adapters.simulation.patients", "from trialwright.core.dosing import dose_for_course"),
        ("adapters.simulation.patients", "def f():\n    from trialwright.core import conduct"),
        ("adapters.simulation.patients", "from trialwright.standards.ctcae import grade"),
        ("adapters.simulation.patients", "from trialwright.standards import ctcae"),
        ("newlayer.thing", "from trialwright.core import terms"),
    ],
)
def test_a_planted_import_against_the_order_is_caught(module, source) -> None:
    assert len(import_faults(f"{PACKAGE}.{module}", source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("core.conditions.algebra", "from trialwright.core.conditions.words import Word"),
        ("core.conduct", "from trialwright.core import terms, endpoints"),
        ("standards.ctcae.v3", "from trialwright.core.terms import Grade"),
        ("adapters.registry.page", "from trialwright.adapters.study import load"),
        ("adapters.reports.tables", "from trialwright.adapters.exchange import cdisc"),
        ("adapters.edc.views", "from trialwright.adapters.reports import tables"),
        ("adapters.simulation.patients", "from trialwright.core.protocol import Protocol"),
        ("adapters.simulation.patients", "from trialwright.standards.units import TABLE"),
        ("adapters.reports.page", "from trialwright import __version__"),
        ("cli.report", "from trialwright.adapters.reports import tables"),
        ("core.terms", "import re"),
    ],
)
def test_an_import_in_order_passes(module, source) -> None:
    assert import_faults(f"{PACKAGE}.{module}", source) == []


# ---- purity of the core --------------------------------------------------------------------------------------------


def purity_faults(module: str, source: str) -> list[str]:
    """Where a core module could read, write, wait, draw lots or ask the clock, as sentences."""
    allowed = PURE_LIBRARY | {PACKAGE} | (NUMERIC if part(module, 2) == "estimation" else frozenset())
    faults = [
        f"{module}:{line} imports {name}, which is not in the pure part of the standard library"
        for name, line in imported(module, source)
        if part(name, 0) not in allowed or name.startswith("numpy.random")
    ]
    for node in ast.walk(ast.parse(source)):
        reason = impurity_of(node)
        if reason:
            faults.append(f"{module}:{node.lineno} {reason}")
    return faults


def impurity_of(node: ast.AST) -> str | None:
    """What makes one node of the source impure: a call, a reference to the clock, or shared state."""
    if isinstance(node, ast.Call) and called_name(node) in IMPURE_CALLS and not is_compiled_pattern(node):
        return f"calls {called_name(node)}"
    if isinstance(node, ast.Call) and called_name(node) == "astimezone" and not node.args and not node.keywords:
        return "asks for the machine's time zone"
    if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"} and is_date_type(node.value):
        return f"refers to {node.attr}"
    if isinstance(node, ast.Attribute) and node.attr == "random":
        return "refers to random numbers"
    if isinstance(node, ast.Global):
        return "changes a global"
    return None


def is_date_type(node: ast.AST) -> bool:
    return (getattr(node, "attr", None) or getattr(node, "id", "")) in {"date", "datetime"}


def is_compiled_pattern(node: ast.Call) -> bool:
    """re.compile is no compilation of code."""
    return ast.unparse(node.func) == "re.compile"


def test_the_core_neither_reads_writes_waits_draws_lots_nor_asks_the_clock() -> None:
    assert [fault for module, source in modules("core") for fault in purity_faults(module, source)] == []


@pytest.mark.parametrize(
    "source",
    [
        *(
            f"import {name}"
            for name in (
                "os sys io pathlib socket subprocess sqlite3 random secrets uuid time logging tempfile "
                "threading asyncio urllib.request zoneinfo locale django pydantic numpy scipy.stats importlib pickle"
            ).split()
        ),
        "from os import environ",
        "def f():\n    import random",
        "from datetime import datetime\nx = datetime.now()",
        "from datetime import date\nx = date.today()",
        "import datetime\nx = datetime.datetime.utcnow()",
        "from datetime import date\nx = field(default_factory=date.today)",
        "import datetime as clock\nx = clock.date.fromtimestamp(0)",
        "x = moment.astimezone()",
        "def f():\n    return open('record.txt')",
        "print('dose')",
        "x = input()",
        "x = eval('1')",
        "x = __builtins__.open('a')",
        "def f():\n    global seen\n    seen = 1",
    ],
)
def test_a_planted_impurity_is_caught(source) -> None:
    assert purity_faults(f"{PACKAGE}.core.dosing", source)


@pytest.mark.parametrize(
    ("module", "source", "pure"),
    [
        ("core.estimation", "import numpy as np\nfrom scipy import stats", True),
        ("core.estimation.survival", "import numpy as np", True),
        ("core.estimation", "import numpy as np\nx = np.random.default_rng()", False),
        ("core.estimation", "from numpy.random import default_rng", False),
        ("core.endpoints", "import numpy as np", False),
        ("core.terms", "import re\nX = re.compile('a')", True),
        ("core.terms", "from datetime import date\nx = date(2006, 3, 1)", True),
    ],
)
def test_numbers_are_for_estimation_alone(module, source, pure) -> None:
    assert (purity_faults(f"{PACKAGE}.{module}", source) == []) is pure


# ---- the glossary --------------------------------------------------------------------------------------------------


def public_names(source: str) -> set[str]:
    """The classes and functions a module shows to others."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.parse(source).body if isinstance(node, kinds) and not node.name.startswith("_")}


def glossary_faults(module: str, source: str, glossary: str) -> list[str]:
    """The public names a glossary does not explain."""
    explained = set(re.findall(r"`(\w+)`", glossary))
    return [f"{module}.{name} is not in GLOSSARY.md" for name in sorted(public_names(source) - explained)]


def test_the_glossary_explains_every_public_name_of_the_core() -> None:
    glossary = (PROJECT / "GLOSSARY.md").read_text(encoding="utf-8")
    assert [fault for module, source in modules("core") for fault in glossary_faults(module, source, glossary)] == []


def test_a_name_the_glossary_lacks_is_caught() -> None:
    source = "class Dose: ...\nclass _Hidden: ...\ndef judge_all(): ...\nasync def wait(): ...\nX = 1"
    faults = glossary_faults("m", source, "| `Dose` | An amount of drug. |\n| judge_all | not marked as a name |")
    assert faults == ["m.judge_all is not in GLOSSARY.md", "m.wait is not in GLOSSARY.md"]


# ---- size: one rule per function -----------------------------------------------------------------------------------


def function_lengths(source: str) -> dict[str, int]:
    """The lines of every function's body, without its signature and docstring."""
    lengths = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lengths[f"{node.name}:{node.lineno}"] = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
    return lengths


ONE_FILE = f"{PACKAGE}.store.verifier"  # travels by itself with every archive, so it cannot become a package


def size_faults(sources: dict[str, str]) -> list[str]:
    """Files past 400 lines, functions past 60, and a median or a ninth tenth that grew too long."""
    faults = [
        f"{module} has {n} lines"
        for module, text in sources.items()
        if (n := len(text.splitlines())) > (640 if module == ONE_FILE else 400)
    ]
    lengths = {(m, name): n for m, text in sources.items() for name, n in function_lengths(text).items()}
    faults += [f"{module}.{name} has {n} lines" for (module, name), n in lengths.items() if n > 60]
    ordered = sorted(lengths.values()) or [0]
    if median(ordered) > 8:
        faults.append(f"the median function has {median(ordered)} lines")
    if ordered[len(ordered) * 9 // 10] > 25:
        faults.append(f"one function in ten has {ordered[len(ordered) * 9 // 10]} lines or more")
    return faults


def test_files_and_functions_stay_short_enough_to_read() -> None:
    assert size_faults(dict(modules())) == []


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("\n" * 401, "m has 401 lines"),
        ("def f():\n" + "    x = 1\n" * 61, "m.f:1 has 61 lines"),
        ("def f():\n" + "    x = 1\n" * 9, "the median function has 9 lines"),
        ("def f(): ...\n" * 8 + ("def g():\n" + "    x = 1\n" * 26) * 2, "one function in ten has 26 lines or more"),
    ],
)
def test_what_grew_too_long_is_caught(lines, fault) -> None:
    assert fault in size_faults({"m": lines})


def test_lengths_at_the_limit_pass() -> None:
    assert size_faults({"m": '"""Map."""\n' + ("def f():\n    '''Says.'''\n" + "    x = 1\n" * 8) * 10}) == []


# ---- studies stay outside ------------------------------------------------------------------------------------------


def study_words() -> set[str]:
    """What belongs to one study alone, read from its files: its folder, its number, its drugs, arms and sites."""
    words = {path.name for path in (PROJECT / "studies").glob("*") if path.is_dir()}
    for path in (PROJECT / "studies").glob("*/protocol/*.yaml"):
        data = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
        words |= {data["protocol"], *(one["drug"] for one in data["regimen"])}
        words |= {site[key] for site in data["design"]["sites"] for key in ("id", "name")}
    return {str(word).lower() for word in words}


def study_faults(module: str, source: str, words: set[str]) -> list[str]:
    """Where the program names one study's own things."""
    return [f"{module} names {word}" for word in sorted(words) if word in source.lower()]


def test_no_study_is_named_in_the_program() -> None:
    words = study_words()
    assert len(words) > 4  # the files were read
    assert [fault for module, source in modules() for fault in study_faults(module, source, words)] == []


def test_a_study_named_in_the_program_is_caught() -> None:
    assert study_faults("m", "DOSE = {'Sampledrug': 10}", {"sampledrug", "nct01234567"}) == ["m names sampledrug"]
