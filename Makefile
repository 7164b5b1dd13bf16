# Trialwright. Needs Python 3.11 or newer and make, nothing else; offline once `make setup` has run.
# `make demo` and `make test` are the two commands of the README; `make help` lists the others.

SHELL := /bin/sh
RUN := .venv/bin/python -m
# uv with the machine's own certificates, as a hospital's network may need; it must not fetch a Python.
UV := UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=true .venv/bin/uv
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip
LOCK := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q

.DEFAULT_GOAL := help
.PHONY: help setup demo test web lint format types corpus benchmark browser api messages mutants-code mutants faults manual conditions laboratory-terms validation glossary lock clean

help:
	@echo 'make demo       rehearse the first study in demo/ and report it'
	@echo 'make test       run every test but those of the web application'
	@echo 'make web        run the tests of the web application: every page as every role'
	@echo 'make setup      build .venv from the hashed lock files (the others call it)'
	@echo 'make lint       ruff: rules and format          make format   apply them'
	@echo 'make types      mypy'
	@echo 'make corpus     the tests that read the data folder named by TRIALWRIGHT_CORPUS'
	@echo 'make benchmark  measure; nothing is asserted'
	@echo 'make faults     prove that nothing is lost or hidden when machines, disks and people fail (hours; PROOFS= takes some)'
	@echo 'make browser    the web application in Chromium: whole courses, every page, pictures in build/screens/'
	@echo 'make api        20,000 requests of every kind to the API (TRIALWRIGHT_API_REQUESTS)'
	@echo 'make mutants-code  change what decides about patients in one place at a time: do the tests notice?'
	@echo 'make mutants    put each protocol a step off at every place: does a worked patient notice? (minutes)'
	@echo 'make manual     write docs/manual/ again from the studies'
	@echo 'make conditions write docs/reference/conditions.md again from the table of constructs'
	@echo 'make laboratory-terms  write docs/reference/laboratory-terms.md again from the grade tables'
	@echo 'make validation write docs/reference/validation.md again: our numbers beside those of R'
	@echo 'make glossary   bring GLOSSARY.md up to date with the core'
	@echo 'make messages   bring the catalogues of the web application up to date'
	@echo 'make lock       resolve the lock files again'
	@echo 'make clean      remove .venv, demo/ and caches'

# Builds .venv once, then again only when the lock, the package's own part of pyproject.toml or the folder's path changed.
# PYTHON=... chooses an interpreter; otherwise the first one that is new enough and can make environments.
setup:
	@set -eu; \
	key="$$({ cat requirements-dev.lock; sed '/^\[tool.ruff/,$$d' pyproject.toml; } | cksum) $(CURDIR)"; \
	if [ "$$(cat .venv/.built-from 2>/dev/null || true)" = "$$key" ] && .venv/bin/python -c 'import trialwright' 2>/dev/null; then exit 0; fi; \
	python=; \
	for name in $${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do \
	  if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo 'Trialwright needs Python 3.11 or newer with its venv module, and none was found' >&2; \
	  echo "(looked for: $${PYTHON:-python3, python3.13, python3.12, python3.11, python3.14, python})." >&2; \
	  echo 'Install one (on Debian or Ubuntu: python3 and python3-venv), or name it: make setup PYTHON=/path/to/python3.12' >&2; \
	  exit 1; \
	fi; \
	echo "Building .venv with $$($$python --version) (once; the network is needed only now)"; \
	rm -f .venv/.built-from; \
	if ! .venv/bin/python -c pass 2>/dev/null || [ "$$(cat .venv/.folder 2>/dev/null || true)" != "$(CURDIR)" ]; then \
	  $$python -m venv --clear .venv; \
	  echo "$(CURDIR)" > .venv/.folder; \
	  awk '/^[a-z0-9]/ { wanted = /^uv==/ } wanted' requirements-dev.lock > .venv/uv.lock; \
	  $(PIP) install -q --require-hashes -r .venv/uv.lock; \
	fi; \
	if ! $(UV) pip sync -q -p .venv --require-hashes requirements-dev.lock; then \
	  echo 'uv could not (it does not read the settings of pip); pip tries with the same hashes, which takes minutes.' >&2; \
	  $(PIP) install -q --require-hashes -r requirements-dev.lock; \
	fi; \
	$(UV) pip install -q -p .venv --no-deps --no-build-isolation -e .; \
	echo "$$key" > .venv/.built-from

demo: setup
	@$(RUN) trialwright.cli.demo

test: setup
	@$(RUN) pytest -n 2 --dist loadgroup -q --ignore=tests/adapters/edc --ignore=tests/browser --ignore-glob='*_in_the_browser.py'

web: setup
	@$(RUN) pytest -n 2 --dist loadgroup -q tests/adapters/edc studies/*/tests/*_in_the_browser.py

corpus: setup
	@if [ ! -d "$${TRIALWRIGHT_CORPUS:-}" ]; then echo 'Set TRIALWRIGHT_CORPUS to the data folder.' >&2; exit 1; fi
	@$(RUN) pytest -n 2 -q -m corpus

lint: setup
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .

format: setup
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

types: setup
	@$(RUN) mypy

benchmark: setup
	@for file in benchmarks/*.py; do $(RUN) "benchmarks.$$(basename $$file .py)"; done

# PROOFS='kill-sqlite power' takes some. Evidence goes to build/faults/. What needs root (a full disk) is named as not run without it.
faults: setup
	@PYTHONPATH=tests:. $(RUN) faults $(PROOFS)

# Hours on two cores for all of it. MUTANTS='trialwright.core.response*' takes some, SAMPLE=120 so many of each of the four
# parts, always the same. Prints how many changes each module's tests noticed, then those they did not;
# `.venv/bin/mutmut show NAME` prints one of them.
FIRST_MUTANT := trialwright.core.eligibility.x_judge_eligibility__mutmut_1
mutants-code: setup
	@rm -rf mutants
	@set -eu; names='$(MUTANTS)'; \
	try() { .venv/bin/mutmut run --max-children 2 "$$@" >mutants.log 2>&1 || { tail -n 20 mutants.log >&2; exit 1; }; }; \
	if [ -n '$(SAMPLE)' ]; then \
	  try $(FIRST_MUTANT); \
	  .venv/bin/mutmut results --all true | sed -nE 's/^ *(trialwright[^:]*): .*/\1/p' | LC_ALL=C sort | \
	    awk 'BEGIN { srand(20) } { print rand(), $$0 }' | sort >mutants/names.txt; \
	  for part in dosing eligibility response toxicity; do \
	    names="$$names $$(grep " trialwright.core.$$part[.]" mutants/names.txt | head -n $(SAMPLE) | cut -d ' ' -f 2)"; \
	  done; \
	fi; \
	try $$names
	@.venv/bin/mutmut results --all true | sed -E 's/^ *([a-z_.]+)\.(x_|xǁ)[^:]*: /\1 /' | awk \
	  '$$2 != "not" { all[$$1]++; if ($$2 == "killed" || $$2 == "timeout") killed[$$1]++ } \
	  END { for (name in all) printf "%5.1f %%  %4d of %4d  %s\n", 100 * killed[name] / all[name], killed[name], all[name], name }' | sort -k 6
	@.venv/bin/mutmut results | grep -v ': not checked$$' || true

mutants: setup
	@for study in studies/*/; do if [ -d "$$study/cases" ]; then $(RUN) trialwright.cli cases "$$study" --mutate; fi || exit 1; done

# The web application in Chromium. BROWSER='-k axe' takes some. Pictures of every page go to build/screens/.
browser: setup
	@TRIALWRIGHT_BROWSER=1 $(RUN) pytest tests/browser -q $(BROWSER)

api: setup
	@TRIALWRIGHT_API_REQUESTS=$${TRIALWRIGHT_API_REQUESTS:-20000} $(RUN) pytest tests/adapters/edc/api/test_whatever_is_sent.py -q -s

manual: setup
	@.venv/bin/python docs/manual.py

conditions: setup
	@.venv/bin/python docs/conditions.py

laboratory-terms: setup
	@.venv/bin/python docs/laboratory_terms.py

validation: setup
	@.venv/bin/python docs/validation.py

glossary: setup
	@.venv/bin/python docs/glossary.py

# The words of the web application; a translation that is missing is listed and makes this fail.
messages: setup
	@.venv/bin/python docs/messages.py

lock: setup
	@$(LOCK) requirements.in -o requirements.lock
	@$(LOCK) requirements-dev.in -o requirements-dev.lock

clean:
	rm -rf .venv demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
