# Everything a newcomer needs: make demo, make test. `make` alone lists the targets.
# Only relative paths, so that the checkout may lie in a folder with spaces in its name.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
STAMP := .venv/.installed
CODE := $(wildcard rules payroll_service api migrations tests)
UV_VENV := .venv-lock
LOCK := $(UV_VENV)/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header $(UPGRADE)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

# ------------------------------------------------------------------------------------------ environment

.PHONY: setup
setup: $(STAMP) ## create .venv and install the locked packages (again only when the lock changes)

$(STAMP): requirements-dev.txt pyproject.toml
	@python=""; \
	for name in $${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do \
	  if command -v "$$name" >/dev/null && "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; \
	  then python="$$name"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11, 3.12 or 3.13 is needed and none was found. Install one, or name it: make setup PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "$$python cannot make virtual environments (venv or ensurepip is missing). On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	fi; \
	if ! $(BIN)/python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then \
	  echo "Creating .venv with $$("$$python" --version)"; "$$python" -m venv --clear .venv; \
	fi
	@echo "Installing the locked packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

.PHONY: lock
lock: ## resolve the lock files anew (make lock UPGRADE=--upgrade for newer versions)
	@test -x $(UV_VENV)/bin/uv || { python3 -m venv $(UV_VENV) && $(UV_VENV)/bin/python -m pip install --quiet uv; }
	$(LOCK) --output-file requirements.txt
	$(LOCK) --group dev --constraints requirements.txt --output-file requirements-dev.txt
	@! grep -n '://' requirements.txt requirements-dev.txt

.PHONY: clean
clean: ## remove the environments and every cache
	rm -rf .venv $(UV_VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------------------- use

.PHONY: demo
demo: $(STAMP) ## run the demonstration
	@$(BIN)/payroll demo

# ---------------------------------------------------------------------------------------------- checks

.PHONY: test
test: lint types imports migrations-check tests ## every check and every test

.PHONY: check-fast
check-fast: lint types imports ## the checks and the quick tests
	@$(BIN)/python -m pytest -n 2 -m "not bench and not slow and not torture"

.PHONY: tests
tests: $(STAMP) ## the tests alone
	@$(BIN)/python -m pytest -n 2

.PHONY: torture
torture: $(STAMP) ## the laws with TIMES (20) times as many examples, long histories, large data, 200 kills a database; SEED repeats a run
	@PAYROLL_EXAMPLES_TIMES=$(or $(TIMES),20) $(BIN)/python -m pytest -n 2 -vv --durations=20 -m "torture or hypothesis" $(if $(SEED),--hypothesis-seed=$(SEED))

.PHONY: coverage
coverage: $(STAMP) ## every branch of the language and the evaluators is taken by the quick tests, or it fails
	@mkdir -p build
	@COVERAGE_FILE=build/coverage $(BIN)/python -m pytest -n 2 -m "not bench and not slow and not torture" \
	  tests/rules tests/calculation tests/docs tests/book tests/snapshot tests/workflow/test_examples.py tests/workflow/test_versions.py --cov --cov-report=term

.PHONY: mutants
mutants: $(STAMP) ## MUTANTS (500) small lies about the language and the evaluators, by SEED: how many do the tests notice?
	@nice $(BIN)/python -m tests.mutants --mutants $(or $(MUTANTS),500) --seed $(or $(SEED),1)

.PHONY: bench
bench: $(STAMP) ## the benchmarks
	@$(BIN)/python -m pytest -m bench --benchmark-enable -p no:xdist

.PHONY: lint
lint: $(STAMP) ## style: ruff check and ruff format --check
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted (see: ruff format --diff). Put right by: make format" >&2; exit 1; }

.PHONY: format
format: $(STAMP) ## put the style right where a machine can
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

.PHONY: types
types: $(STAMP) ## types: mypy
	@$(BIN)/mypy $(CODE)

.PHONY: imports
imports: $(STAMP) ## the house: imports point down
	@$(BIN)/lint-imports --no-logo

.PHONY: migrations-check
migrations-check: $(STAMP) ## the migrations build exactly the tables of the store
	@if [ -f migrations/env.py ]; then \
	  folder="$$(mktemp -d)"; trap 'rm -rf "$$folder"' EXIT; \
	  export PAYROLL_DATABASE_URL="sqlite:///$$folder/migrated.db"; \
	  $(BIN)/alembic upgrade head && $(BIN)/alembic check; \
	fi
