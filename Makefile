# make demo   the tutorial's customers, segmented: its last line says where the report is
# make test   everything that must hold
# make lint   style and types

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
N ?= 20000

.PHONY: help demo test lint crash fuzz bench golden clean
.DEFAULT_GOAL := help

help: ## what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: $(VENV)/installed ## segment the tutorial's customers into coterie-demo/
	$(BIN)/coterie demo --overwrite
	@echo "Open coterie-demo/report.html"

test: $(VENV)/ready ## run the tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

lint: $(VENV)/ready ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

crash: $(VENV)/ready ## the full grid of killed and starved runs (minutes)
	COTERIE_CRASH=full $(BIN)/python -m pytest tests/crash -n $(JOBS)

fuzz: $(VENV)/ready ## mutate N inputs, those of the folder CORPUS too, and look for crashes and wrong counts
	PYTHONPATH=tests $(BIN)/python -m inputs.fuzz --count $(N) $(if $(CORPUS),--corpus $(CORPUS)) \
	  --jobs $(JOBS) --out benchmarks/results/fuzz.json

golden: $(VENV)/ready ## write the golden files again; look at the difference
	COTERIE_GOLDEN=write $(BIN)/python -m pytest tests -k golden

bench: $(VENV)/ready ## race the peers (minutes); results go to benchmarks/results/
	$(BIN)/pip install --quiet --group bench
	for b in benchmarks/*.py; do $(BIN)/python $$b || exit 1; done

# What the wheel is built from; the tests run on an installed package, as users do.
SOURCES := $(wildcard src/coterie/*/*.cpp src/coterie/*/*.hpp) CMakeLists.txt pyproject.toml

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

$(VENV)/installed: $(VENV)/bin/python $(SOURCES)
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/ready: $(VENV)/installed
	$(BIN)/pip install --quiet --group test --group lint --editable '.[png]'
	@touch $@

clean: ## remove what make made
	rm -rf $(VENV) build dist coterie-demo coterie-demo-shop
