# Two commands do all the set-up on a machine with Python and make:
#   make demo    one memory shared by two processes, in a scratch home
#   make test    the whole suite
# Both install into .venv first, and again only when pyproject.toml has changed.

# The first of these that is new enough; or say: make PYTHON=/path/to/python3
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.10 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test faults lint type bench docs clean
.DELETE_ON_ERROR:

help:
	@sed -n '2,4s/^# *//p' Makefile
	@echo "also: make faults (the long fault tests), lint, type, bench, docs, clean"

demo: $(VENV)/.onnx
	$(BIN)/python benchmarks/demo.py

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS)

faults: $(VENV)/.dev
	MEMORUS_FULL=1 $(BIN)/python -m pytest -n $(JOBS) -m full --timeout 1800

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python scripts/unasync.py --check

type: $(VENV)/.dev
	$(BIN)/mypy
	$(BIN)/mypy tests

bench: $(VENV)/.dev
	set -e; for b in $(filter-out %/report.py %/demo.py %/record.py,$(sort $(wildcard benchmarks/*.py))); do \
		echo; echo "== $$b"; $(BIN)/python $$b; done

# Writes the generated pages and pictures, then the site into site/.
docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/generate_python.py
	$(BIN)/python docs/generate_pictures.py
	$(BIN)/python -m zensical build --clean --strict

clean:
	rm -rf $(VENV) build dist site .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp says which extra is installed. The install is editable, so only pyproject.toml can outdate it.
$(VENV)/.onnx $(VENV)/.dev: $(VENV)/.%: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[$*]'
	@touch $@

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
		echo "Memorus needs Python 3.10 or newer, and '$(PYTHON)' is none (python3 is: $$(python3 -V 2>&1))." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
