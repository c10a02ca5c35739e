# Everything a newcomer, an operator and CI need. Only Python 3.11, make, git and a network are asked for.
PYTHON ?= python3.11
PORT   ?= 8000
VENV   := .venv
BIN    := $(VENV)/bin
export PYTHONPATH := $(CURDIR)
export DATABASE_URL ?= sqlite:///var/aimss.db

.PHONY: help setup run test bench check lint lint-api audit lock openapi pages

help:  ## Show what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup: $(VENV)/.ready  ## Create .venv from the lock file

$(VENV)/.ready: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	$(BIN)/python -m pip check
	touch $@

run: setup  ## Migrate, load a demo clinic, start web and notifications on 127.0.0.1:$(PORT)
	@$(BIN)/python -m config.run --port $(PORT)

test: setup  ## Run the suite on SQLite and PostgreSQL
	$(BIN)/python -m pytest -n auto --dist worksteal $(TESTS)

bench: setup  ## Measure, each figure beside its comparator
	$(BIN)/python -m tests.bench

lint: setup  ## Format, style, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lint-api: setup  ## Lint the OpenAPI document with an independent linter (needs Node.js)
	REDOCLY_TELEMETRY=off npx --yes @redocly/cli@2.77.0 lint --config tests/api/redocly.yaml docs/openapi.json

openapi: setup  ## Write docs/openapi.json anew
	$(BIN)/flask --app wsgi openapi write docs/openapi.json

pages: setup  ## Write the pages of docs that are made from definitions anew: guidance, questionnaires
	$(BIN)/python -m tests.pages

audit: setup  ## Look for known vulnerabilities in what is installed
	$(BIN)/pip-audit --disable-pip --require-hashes -r requirements.txt

check: lint test lint-api audit  ## What CI runs

lock:  ## Write the lock files anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		--python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		--python-version 3.11 --group dev pyproject.toml -c requirements.txt -o requirements-dev.txt
