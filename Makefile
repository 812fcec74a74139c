# Two commands: `make demo` collects what an agent sees and hears in a home; `make test` runs every test.
# Both make .venv from requirements.lock (exact versions, used as pip constraints) and install the project into it.

PYTHON ?= python3
HABITAT_LAB_PYTHON ?= python3.11
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock

.PHONY: demo test test-habitat-lab lint bench clean

demo: .venv/core.installed
	$(BIN)/python -m echoenv.collect --scene apartment_0

test: .venv/dev.installed
	$(BIN)/python -m pytest -n 2 --dist loadfile

# The real Habitat-Lab, which pins numpy 1.26, in an environment of its own; habitat-sim is not needed.
test-habitat-lab: .venv-habitat-lab/installed
	.venv-habitat-lab/bin/python -m pytest tests/habitat_lab

lint: .venv/dev.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/dev.installed .venv/bench.installed
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .venv-habitat-lab build *.egg-info

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/core.installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "installing the packages of requirements.lock into .venv: a minute or two, without a word"
	$(PIP) --editable .
	touch $@

.venv/dev.installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "installing the packages of requirements.lock into .venv: some minutes, without a word"
	$(PIP) --editable ".[learn,dev]"
	touch $@

.venv-habitat-lab/installed: requirements-habitat-lab.lock pyproject.toml
	$(HABITAT_LAB_PYTHON) -m venv .venv-habitat-lab
	.venv-habitat-lab/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-habitat-lab.lock
	.venv-habitat-lab/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

# RLR, the engine of SoundSpaces 2.0, is compiled on installation (Linux x86-64, g++): the benchmarks do without where it fails.
.venv/bench.installed: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) --editable ".[bench]"
	-$(PIP) --editable ".[rlr]"
	touch $@
