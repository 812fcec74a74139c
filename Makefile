# Two commands: `make demo` collects what an agent sees and hears in a home; `make test` runs every test.
# Both make .venv from requirements.lock (exact versions, used as pip constraints) and install the project into it.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock

.PHONY: demo test lint bench clean

demo: .venv/core.installed
	$(BIN)/python -m echoenv.collect --scene apartment_0

test: .venv/dev.installed
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .venv/dev.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/dev.installed .venv/bench.installed
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build *.egg-info

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

# RLR, the engine of SoundSpaces 2.0, is compiled on installation (Linux x86-64, g++): the benchmarks do without where it fails.
.venv/bench.installed: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) --editable ".[bench]"
	-$(PIP) --editable ".[rlr]"
	touch $@
