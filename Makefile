# Everything runs in .venv, which `make` sets up once from pyproject.toml.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: demo test lint bench pictures clean

demo: .venv/ready
	$(BIN)/hinterland demo --output output

test: .venv/ready-test
	$(BIN)/python -m pytest -n logical --dist worksteal

lint: .venv/ready-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p hinterland.boundaries -p hinterland.coverage -p hinterland.maps -p hinterland.cli

bench: .venv/ready-bench
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.boundaries
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.scenarios

pictures: .venv/ready-test
	$(BIN)/python docs/screenshots.py

clean:
	rm -rf .venv build dist *.egg-info output

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable .
	touch $@

.venv/ready-test: .venv/ready
	$(BIN)/pip install --quiet --editable ".[test]"
	touch $@

.venv/ready-bench: .venv/ready-test
	$(BIN)/pip install --quiet --editable ".[bench]"
	touch $@

.venv/ready-lint: .venv/ready
	$(BIN)/pip install --quiet --editable ".[lint,test]"
	mkdir -p .venv/types
	ln -sfn ../.. .venv/types/hinterland
	touch $@
