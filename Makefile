# Everything a person or a machine does with this project. `make` alone lists it.
SHELL := /bin/sh
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
BOARD  ?= boards/wiltshire.yml
PACKAGES ?= cohort compare finance forecast
# What each environment takes from pyproject.toml, at the versions and hashes of the one lock.
INSTALL := $(BIN)/uv pip install --quiet --require-hashes --constraints locks/all.txt -r pyproject.toml
EDITABLE := $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .

# Compiled bytecode makes imports two to three times as fast; some machines switch it off.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help briefing test slow coverage mutants fuzz check browser england lab references docs data lock bench clean purge

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

briefing: $(VENV)/run.stamp ## the pack of the Wiltshire board, in outputs/latest/ (LA=802 for North Somerset, and so on)
	$(BIN)/sendlib $(if $(LA),brief --la "$(LA)",board run "$(BOARD)")

test: $(VENV)/test.stamp ## set up what is missing and run the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

slow: $(VENV)/test.stamp ## slower tests: kill runs, fill the disk, look at whole packs in every view
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow

coverage: $(VENV)/test.stamp ## how much of src/sendlib the quick tests run, branches counted; 92% is the least
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not notebook and not browser" --cov --cov-report=term:skip-covered --cov-fail-under=92

mutants: $(VENV)/mutants.stamp ## how many small changes of PACKAGES="cohort compare finance forecast" their unit tests notice
	$(BIN)/python scripts/mutation.py $(PACKAGES) $(if $(SAMPLE),--sample $(SAMPLE))

fuzz: $(VENV)/test.stamp ## put faults into published files: which pass in silence? (ROUNDS=80 of each family, MINUTES)
	$(BIN)/python scripts/fuzz.py $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(MOST),--most $(MOST))

check: $(VENV)/test.stamp ## format, lint, types, layers, raw data
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sendlib data verify

browser: $(VENV)/browser.stamp ## add what checks finished pages in Chromium and prints them to PDF

england: $(VENV)/england.stamp ## a pack of every authority, and a site of them, in outputs/england/ (hours; ENGLAND="Kent Wiltshire" for some)
	$(BIN)/sendlib england $(ENGLAND)

lab: .venv-lab/ready.stamp data ## JupyterLab on the notebooks and the tutorials
	.venv-lab/bin/jupyter lab --config=lab/config.py $(LABFLAGS)

references: $(VENV)/run.stamp ## the generated pages of docs/, in a few seconds
	$(BIN)/python scripts/write_references.py

docs: .venv-docs/ready.stamp data references ## those, and the documentation site in outputs/docs/
	.venv-docs/bin/python -m sphinx --quiet --fail-on-warning --keep-going --fresh-env docs outputs/docs

data: $(VENV)/run.stamp ## rebuild data/processed from data/raw where it is out of date
	$(BIN)/sendlib data build

lock: $(VENV)/run.stamp ## renew locks/all.txt, the one lock of every environment, from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --all-extras \
	  --generate-hashes --no-emit-index-url --no-header -o locks/all.txt

bench: $(VENV)/bench.stamp ## measure the alternatives
	for script in benchmarks/*.py; do OMP_NUM_THREADS=1 $(BIN)/python $$script || exit 1; done

clean: ## remove environments, caches and rebuilt tables; packs and your own counts stay
	rm -rf .venv .venv-lab .venv-docs .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf data/processed/*.parquet data/processed/build.json data/processed/.new-* outputs/docs
	@git config --remove-section filter.nbstripout 2>/dev/null || true # its program is gone

purge: ## delete every pack and the counts of your own records (names them first; SURE=yes does it)
	@find outputs data/processed -mindepth 1 -maxdepth 1 ! -name .gitkeep | sort
	@test "$(SURE)" = yes || \
	  { echo "Nothing was deleted. This deletes all of these, and packs cannot be made again as they were: make purge SURE=yes"; exit 1; }
	find outputs data/processed -mindepth 1 ! -name .gitkeep -delete

# One stamp for each environment: made once, and again only when the lock or the list changes.
LOCKED := locks/all.txt pyproject.toml

$(VENV)/run.stamp: locks/uv.txt $(LOCKED)
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "$(PYTHON) is $$($(PYTHON) --version 2>&1 || echo 'not to be had'); sendlib needs Python 3.11, 3.12 or 3.13; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r locks/uv.txt
	$(INSTALL) --extra build --python $(BIN)/python
	$(EDITABLE) --python $(BIN)/python
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	$(INSTALL) --extra test --python $(BIN)/python
	@touch $@

$(VENV)/browser.stamp: $(VENV)/run.stamp
	$(INSTALL) --extra browser --python $(BIN)/python
	@touch $@

$(VENV)/england.stamp: $(VENV)/run.stamp
	$(INSTALL) --extra england --python $(BIN)/python
	@touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp
	$(INSTALL) --extra bench --python $(BIN)/python
	@touch $@

$(VENV)/mutants.stamp: $(VENV)/test.stamp
	$(INSTALL) --extra mutants --python $(BIN)/python
	@touch $@

# JupyterLab lives apart: in the environment that renders it slows every import (see the decision).
# So do the tools of the site: nothing that makes or checks a pack needs them.
.venv-%/ready.stamp: $(VENV)/run.stamp
	$(PYTHON) -m venv .venv-$*
	$(INSTALL) --extra build --extra $* --python .venv-$*/bin/python
	$(EDITABLE) --python .venv-$*/bin/python
	@touch $@
