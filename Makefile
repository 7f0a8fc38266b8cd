# Two commands for a fresh machine (Python >= 3.11, git, make): `make verify` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: env verify test check docs schemas tune bench calibrate soak clean
.DELETE_ON_ERROR:

env: $(READY)

# torch first and pinned: asked for on its own it takes a build that is at hand before a newer one
$(READY): constraints.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "expected Python >= 3.11, found " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	.ci/bubblewrap
	touch $@

verify: $(READY)
	$(BIN)/python -m pytest claims/

test: $(READY)
	$(BIN)/python -m pytest tests/ -n 2 --dist loadfile -rs

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# the documentation, strictly, into docs/_build/
docs: $(READY)
	$(BIN)/sphinx-build --builder html --nitpicky --fail-on-warning --keep-going --quiet docs docs/_build/html

# the JSON schemas, from the records
schemas: $(READY)
	$(BIN)/python -m harness.records.schemas

# doses and settings, by the grid of scope atlas; half an hour of two cores at most
tune: $(READY)
	$(BIN)/harness tune

bench: $(READY)
	$(BIN)/python -m benchmarks

# how often the judge is right, over worlds whose truth is known; writes reports/calibration.json
calibrate: $(READY)
	$(BIN)/python -m benchmarks.calibration

# runs killed at random moments and taken up again must end with the same verdicts
soak: $(READY)
	$(BIN)/python -m benchmarks.soak

clean:
	rm -rf $(VENV) build dist *.egg-info
