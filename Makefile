# Everything a newcomer needs: `make demo` shows a settlement, `make test` checks the whole tree.
# Both need only make and Python 3.11 or newer; all else is installed into .venv from the pinned lists.

SHELL       := /bin/sh
VENV        := .venv
BIN         := $(VENV)/bin
ENGINES     := .venv-engines
PIP         := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Flat .pth file instead of an import hook: a faster start, and a new top folder needs no reinstall.
INSTALL     := $(PIP) install --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
DEMO        ?= contracts/akutsjukhus
DEMO_COMMAND = $(BIN)/avtal settle $(DEMO) --period 2012
WORKERS     ?= 2
# How many requests the tests make for each address of the server; more find more.
CASES       ?= 8

# What `make differential` compares.
N           ?= 1000
FIRST       ?= 0
ENGINE      ?= duckdb

# Engines with a server of their own, which the comparison starts, and their Python.
SERVED      := postgres sail
COMPARER     = $(if $(filter $(SERVED),$(ENGINE)),$(ENGINES),$(VENV))/bin/python

.PHONY: help demo serve test differential test-engines installed-postgres installed- setup setup-server setup-dev format clean
.DEFAULT_GOAL := help

help:
	@echo 'make demo          install into $(VENV) and settle $(DEMO)'
	@echo 'make serve         answer over HTTP on this machine, with the contracts of the tree'
	@echo 'make test          format, lint, types, import directions, tests with branch coverage'
	@echo 'make differential  N=100000: compare an engine with the reference evaluator on generated contracts'
	@echo 'make test-engines  tests that need a database server'
	@echo 'make format        lay out and mend what can be mended by itself'
	@echo 'make clean         remove $(VENV) and caches'

demo: setup
	$(DEMO_COMMAND)

serve: setup-server
	$(BIN)/avtal serve

# pytest stands last: its summary line ends the output, and too little coverage fails it.
test: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	AVTAL_CASES=$(CASES) $(BIN)/pytest -n $(WORKERS) --cov

# The long comparison: N generated contracts from seed FIRST, on ENGINE (duckdb, sqlite, postgres, sail).
differential: setup-dev $(if $(filter $(SERVED),$(ENGINE)),$(ENGINES)/.stamp) installed-$(filter postgres,$(ENGINE))
	PYTHONPATH=.:tests $(COMPARER) -m agree.differential --programs $(N) --first $(FIRST) --engine $(ENGINE) --jobs $(WORKERS)

# Every contract of the tree and generated ones, on each engine with a server; fails when one differs or can't be run.
test-engines: setup $(ENGINES)/.stamp installed-postgres
	$(ENGINES)/bin/python tests/engine_servers/check.py --engine postgres --programs 200 --seconds 90 --least 50
	$(ENGINES)/bin/python tests/engine_servers/check.py --engine sail --programs 200 --seconds 90 --least 20 \
	  --tables akutsjukhus sexdelat socialt_utfall
	@command -v java >/dev/null || { \
	  [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends default-jre-headless; } || { \
	  echo 'test-engines: PySpark needs Java 17: apt-get install default-jre-headless' >&2; exit 1; }
	$(ENGINES)/bin/python tests/engine_servers/check.py --engine pyspark --programs 3 --seconds 60 --least 0 \
	  --contracts akutsjukhus sexdelat socialt_utfall

installed-postgres:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || { \
	  [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql; } || { \
	  echo 'PostgreSQL is not installed and could not be: apt-get install postgresql' >&2; exit 1; }

installed-:
	@:

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(ENGINES) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage*

# Python would compile them at the first start, or, where it may not write, at every one.
setup: $(VENV)/.stamp-run
	@$(BIN)/python -m compileall -q dsl interpreter avtal stdlib_rules
setup-server: setup $(VENV)/.stamp-server
setup-dev: setup $(VENV)/.stamp-dev

$(VENV)/.stamp-run: pyproject.toml requirements.txt
	@for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  if $$candidate -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    $$candidate -m venv $(VENV) && exit 0; \
	  fi; \
	done; \
	echo 'Avtal behöver Python 3.11 eller senare med modulen venv. Debian och Ubuntu: apt install python3-venv.' >&2; \
	echo 'Avtal needs Python 3.11 or newer with the venv module. Debian and Ubuntu: apt install python3-venv.' >&2; \
	echo 'Another Python: make PYTHON=/path/to/python3.12 demo' >&2; \
	exit 1
	$(PIP) install --requirement requirements.txt
	$(INSTALL)
	@touch $@

$(VENV)/.stamp-server: $(VENV)/.stamp-run requirements-server.txt
	$(PIP) install --requirement requirements-server.txt
	@touch $@

$(ENGINES)/.stamp: $(VENV)/.stamp-run requirements-engines.txt
	$(BIN)/python -m venv $(ENGINES)
	$(ENGINES)/bin/python -m pip --disable-pip-version-check --quiet install --requirement requirements-engines.txt
	@touch $@

$(VENV)/.stamp-dev: $(VENV)/.stamp-run requirements-server.txt requirements-dev.txt
	$(PIP) install --requirement requirements-dev.txt
	@touch $@
