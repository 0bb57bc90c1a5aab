# The one door for chores.  `make demo` and `make test` need nothing but Python 3.11+, make and the package registry.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test check tests gate bench wheel constraints clean

help:
	@echo "make demo    install, and crawl the bundled news web"
	@echo "make test    install, and run every check and test"
	@echo "make bench   measurements, by hand; see benchmarks/"
	@echo "make wheel   build the wheel into dist/"
	@echo "make clean   remove what was installed and built"

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null || { echo "No $(PYTHON) here: install Python 3.11 or newer, or say make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is $$($(PYTHON) -V 2>&1): Python 3.11 or newer is needed; say make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "No virtual environment could be made: on Debian and Ubuntu, install python3-venv"; rm -rf $(VENV); exit 2; }
	@touch $@

$(VENV)/.base: $(VENV)/.python pyproject.toml constraints.txt
	@echo "installing into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.base
	@echo "installing the tools of the tests ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $@

$(VENV)/.web: $(VENV)/.base
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[web]"
	@touch $@

# The page is tested in a browser: Debian's, where it is there or can be installed; else its tests say that they are skipped.
$(VENV)/.browser: $(VENV)/.dev
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || echo "no browser: the tests that want one are skipped; install chromium to run them"
	@touch $@

demo: $(VENV)/.web
	@$(BIN)/aggregator demo

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Many tests wait for processes of their own: twice as many workers as cores, and eight at most.
tests: $(VENV)/.browser
	$(BIN)/python -m pytest --dist loadgroup -n $$($(BIN)/python -c 'import os; print(min(8, 2 * (os.cpu_count() or 1)))')

test: check tests

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/start_up.py

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel

# Pins for exactly what was tested; names and versions only.
constraints:
	$(BIN)/python -m pip freeze --exclude-editable | grep -v "^-e" | sort > constraints.txt

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
