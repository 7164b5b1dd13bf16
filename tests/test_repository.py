"""The repository as a stranger gets it: locks that match, no address or machine in it, licences that may be combined.

Each check is a function from text to sentences about what is wrong, with planted offenders that it must catch.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent

# Written so that this file does not match itself.
FORBIDDEN = {
    "a registry's address": re.compile(
        r"(?:py[p]i\.(?:org|io|python)|python[h]osted\.org|npm[j]s\.(?:org|com)|/simple[/]|anaconda\.or[g]|"
        r"--(?:extra-)?index-ur[l][ =]|--find-link[s][ =])"
    ),
    "a path of one machine": re.compile(
        r"(?:/wor[k]/|/roo[t]/|/hom[e]/[a-z]|/User[s]/[A-Za-z]|[A-Z]:\\User[s]\\|/tm[p]/[a-z0-9])"
    ),
    "a password in an address": re.compile(r"[a-z]+:/{2}[^/\s:@'\"{}]+:[^/\s:@'\"{}]+[@]"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KE[Y]-----"),
}
# What make builds, and caches: never part of a clone.
BUILT = set(".git .venv demo dist build __pycache__ .pytest_cache .mypy_cache .ruff_cache .hypothesis".split())
# GPL packages whose metadata names no licence.
UNDECLARED_GPL = {"usdm", "usdm3", "usdm4"}


def tracked_files() -> list[Path]:
    """The files a clone gets; in a copy without its history, every file outside what make builds."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    if not (PROJECT / ".git").exists() or shutil.which("git") is None:
        return [path for path in PROJECT.rglob("*") if path.is_file() and not BUILT & set(path.parts)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)
    return [path for name in done.stdout.decode().split("\0") if name and (path := PROJECT / name).is_file()]


def address_faults(name: str, text: str) -> list[str]:
    """Every line of a text that names what belongs to one machine, one registry or one person."""
    lines = enumerate(text.splitlines(), start=1)
    return [
        f"{name}:{n} holds {what}" for n, line in lines for what, pattern in FORBIDDEN.items() if pattern.search(line)
    ]


def test_tracked_files_hold_no_registry_address_no_machine_path_and_no_secret() -> None:
    texts = {path.relative_to(PROJECT): path.read_bytes().decode("utf-8", "ignore") for path in tracked_files()}
    assert len(texts) > 10
    assert [fault for name, text in texts.items() for fault in address_faults(str(name), text)] == []


@pytest.mark.parametrize(
    "planted",
    [
        "url = https://pypi" + ".org/simp" + "le/django/",
        "https://files.python" + "hosted.org/packages/aa/x.whl",
        "--index" + "-url https://example.org",
        '"resolved": "https://registry.npm' + 'js.org/x.tgz"',
        "DATA = '/wor" + "k/shared'",
        "open('/hom" + "e/ana/x')",
        "open('/roo" + "t/x')",
        "r'C:\\User" + "s\\ana'",
        "see /tm" + "p/notes",
        "postgresql://trial:secret" + "@host/db",
        "-----BEGIN RSA PRIVATE KE" + "Y-----",
    ],
)
def test_a_planted_address_path_or_secret_is_caught(planted) -> None:
    assert address_faults("f", f"fine\n{planted}\n")[0].startswith("f:2 holds")


def test_ordinary_addresses_pass() -> None:
    assert (
        address_faults("f", "https://www.apache.org/licenses/ and http://127.0.0.1:8000/work and ../shared/data") == []
    )


# ---- dependencies and their locks ----------------------------------------------------------------------------------


def requirements_in(name: str) -> dict[str, Requirement]:
    """The direct requirements a .in file lists."""
    lines = (line.strip() for line in (PROJECT / name).read_text("utf-8").splitlines())
    return by_name(line for line in lines if line and line[0] not in "#-")


def by_name(lines) -> dict[str, Requirement]:
    return {canonicalize_name(each.name): each for each in map(Requirement, lines)}


def locked(text: str) -> list[tuple[str, str, int]]:
    """Each pinned package of a lock: name, version, number of hashes."""
    pins = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)[1:]
    return [
        (
            canonicalize_name(pin.partition("==")[0]),
            re.split(r"[\s;]", pin.partition("==")[2], maxsplit=1)[0],
            pin.count("--hash=sha256:"),
        )
        for pin in pins
    ]


def lock_faults(direct: dict[str, Requirement], lock: str) -> list[str]:
    """Where a lock does not answer the direct requirements, lacks a hash or names an address."""
    pins = locked(lock)
    versions = {name: [v for n, v, _ in pins if n == name] for name, _, _ in pins}
    faults = [f"{name} is not locked" for name in direct if name not in versions]
    faults += [
        f"{n} {v} does not meet {r}" for n, r in direct.items() for v in versions.get(n, []) if v not in r.specifier
    ]
    faults += [f"{name} has no hash" for name, _, hashes in pins if not hashes]
    return faults + ["it names an address"] * ("://" in lock)


def project_table() -> dict:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_a_lock_answers_every_direct_requirement_with_hashes_and_no_address(name) -> None:
    lock = (PROJECT / f"{name}.lock").read_text("utf-8")
    assert lock_faults(requirements_in(f"{name}.in"), lock) == []


def test_the_requirement_files_list_what_pyproject_lists() -> None:
    table = project_table()
    assert requirements_in("requirements.in") == by_name(table["project"]["dependencies"])
    assert requirements_in("requirements-dev.in") == by_name(table["dependency-groups"]["dev"])
    extra = by_name(line for lines in table["project"]["optional-dependencies"].values() for line in lines)
    assert extra.items() <= requirements_in("requirements-dev.in").items()


def test_the_development_lock_contains_the_runtime_lock() -> None:
    runtime, development = (
        locked((PROJECT / f"{n}.lock").read_text("utf-8")) for n in ("requirements", "requirements-dev")
    )
    assert set(runtime) <= set(development)


@pytest.mark.parametrize(
    ("lock", "fault"),
    [
        ("", "numpy is not locked"),
        ("numpy==1.0 \\\n    --hash=sha256:aa\n", "numpy 1.0 does not meet numpy>=2"),
        ("numpy==2.1\n", "numpy has no hash"),
        (
            "numpy==2.1 \\\n    --hash=sha256:aa\nextra @ https://example.org/x \\\n    --hash=sha256:aa\n",
            "it names an address",
        ),
    ],
)
def test_a_lock_that_does_not_match_is_caught(lock, fault) -> None:
    assert fault in lock_faults({"numpy": Requirement("numpy>=2")}, lock)


# ---- licences ------------------------------------------------------------------------------------------------------


def licence_of(distribution: Distribution) -> str:
    """The licence a package declares, in whichever of three places."""
    told = distribution.metadata
    short = (told.get("License-Expression") or told.get("License") or "")[:200]
    classified = [each for each in told.get_all("Classifier") or [] if each.startswith("License ::")]
    return " | ".join([short, *classified])


def is_copyleft(name: str, licence: str) -> bool:
    """GPL or AGPL, which this project cannot be combined with; LGPL may be imported, and a choice may be made."""
    gpl = re.search(r"\bA?GPL|(?<!Lesser )(?<!Library )General Public License", licence)
    choice = re.search(r"\bOR\b", licence)
    return canonicalize_name(name) in UNDECLARED_GPL or bool(gpl and not choice)


def test_no_dependency_is_under_a_licence_that_forbids_combining() -> None:
    installed = [(each.name, licence_of(each)) for each in distributions()]
    assert len(installed) > 20
    assert [name for name, licence in installed if is_copyleft(name, licence)] == []


@pytest.mark.parametrize(
    ("name", "licence", "copyleft"),
    [
        ("a", "MIT", False),
        ("a", "LGPL-3.0-only", False),
        ("a", " | License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("a", "GPL-3.0-only", True),
        ("a", "AGPL-3.0-or-later", True),
        ("a", " | License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("a", "MIT OR GPL-2.0-only", False),
        ("usdm4", "", True),
    ],
)
def test_licences_are_told_apart(name, licence, copyleft) -> None:
    assert is_copyleft(name, licence) is copyleft


# ---- the front page ------------------------------------------------------------------------------------------------

ROOT_DOCUMENTS = "README GLOSSARY ARCHITECTURE DECISIONS CHANGELOG CONTRIBUTING".split()


def test_the_root_documents_stand_in_the_root() -> None:
    assert [name for name in ROOT_DOCUMENTS if not (PROJECT / f"{name}.md").is_file()] == []
    assert "Apache License" in (PROJECT / "LICENSE").read_text("utf-8")


def test_the_readmes_test_command_is_the_one_that_decides() -> None:
    assert "make test" in (PROJECT / "README.md").read_text("utf-8")
    runner = PROJECT / ".ci" / "run"
    assert re.search(r"^make test$", runner.read_text("utf-8"), re.M)
    assert os.access(runner, os.X_OK)


def test_set_up_without_a_new_enough_python_says_what_is_needed_and_builds_nothing(tmp_path) -> None:
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")  # what a Python before 3.11 answers to the question asked
    old.chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "requirements-dev.lock"):
        (tmp_path / name).write_text((PROJECT / name).read_text("utf-8"), "utf-8")
    command = ["make", "setup", f"PYTHON={old} {tmp_path}/not-there"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr
    assert not (tmp_path / ".venv").exists()


def link_faults(page: Path) -> list[str]:
    """The links of a page to files that are not there."""
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")) + re.findall(
        r"src=\"([^\"]+)\"", page.read_text("utf-8")
    )
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    return [f"{page.name} links to {link}" for link in local if not (page.parent / link).exists()]


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [path for path in tracked_files() if path.suffix == ".md"]
    assert pages
    assert [fault for page in pages for fault in link_faults(page)] == []


def test_a_link_to_nowhere_is_caught(tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](gone.md) [b](page.md#part) [c](https://www.example.org/)")
    assert link_faults(page) == ["page.md links to gone.md"]
