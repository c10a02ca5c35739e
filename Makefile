# Commands for developers, operators and CI. Needed: Python 3.11 or later, make, git and a network.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,$(shell command -v $(name) 2>/dev/null)))
PORT   ?= 8000
VENV   ?= .venv
BIN    := $(VENV)/bin
# Only locked versions are installed: no dependency is resolved, and every file has its hash. One package is released
# as source only (http-ece); it is built with the locked tools of requirements-build.txt.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-build-isolation
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header --python-version 3.11
export PYTHONPATH := $(CURDIR)
export DATABASE_URL ?= sqlite:///var/aimss.db

.PHONY: help setup run test bench check lint lint-api lint-js lighthouse audit lock openapi pages words figures faces secrets

help:  ## Show what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup: $(VENV)/.ready  ## Create .venv from the lock file (PIP=22.3: with that version of pip)

$(VENV)/.ready: requirements-build.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later is needed; make PYTHON=/path/to/python3.11 names one")'
	@test ! -L $(VENV) || { echo "$(VENV) is a link, whose target is not cleared; remove the link first" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(if $(PIP),$(BIN)/python -m pip install --quiet --disable-pip-version-check pip==$(PIP))
	$(INSTALL) -r requirements-build.txt
	$(INSTALL) -r requirements-dev.txt
	$(BIN)/python -m pip check
	@touch $@

run: setup  ## Migrate, load a demo clinic, start web and notifications on 127.0.0.1:$(PORT)
	@$(BIN)/python -m config.run --port $(PORT)

test: setup  ## Run the suite on SQLite and PostgreSQL
	$(BIN)/python -m pytest -n auto --dist worksteal $(TESTS)

bench: setup  ## Measure the figures and their comparators
	$(BIN)/python -m tests.bench

secrets: setup  ## Write .env for production with new secrets: make secrets URL=https://… SUBJECT=mailto:…
	@$(BIN)/python -m config.secrets --public-url "$(URL)" --subject "$(SUBJECT)"

lint: setup  ## Format, style, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lint-api: setup  ## Lint the OpenAPI document with an independent linter (needs Node.js)
	REDOCLY_TELEMETRY=off npx --yes @redocly/cli@2.77.0 lint --config tests/api/redocly.yaml docs/openapi.json

lint-js: setup  ## Check the types of the faces' modules (needs Node.js)
	$(BIN)/python -m tests.faces.check_types

lighthouse: setup  ## Let Lighthouse judge accessibility and best practices of the phone app (needs Node.js and Chromium)
	$(BIN)/python -m tests.faces.lighthouse

openapi: setup  ## Write docs/openapi.json
	$(BIN)/flask --app wsgi openapi write docs/openapi.json

pages: setup  ## Write the generated parts of docs and the recorded examples; then run `make openapi`
	$(BIN)/python -m tests.pages
	$(BIN)/python -m tests.api_page
	$(BIN)/python -m tests.response_examples

faces: setup  ## Try every screen in every language, theme, width and text size; pictures in var/faces
	mkdir -p var/faces
	FACES=all FACES_SCREENSHOTS=var/faces $(BIN)/python -m pytest -n auto -q tests/faces

words: setup  ## Bring the words of the faces up to date: sentences, .po files, .json files
	$(BIN)/python -m tests.words

figures: setup  ## Measure the figures printed in the pages, some minutes; then run `make pages`
	$(BIN)/python -m tests.figures

audit: setup  ## Check locked packages for known vulnerabilities; fails where a look-up fails
	$(BIN)/python -m tests.audit

check: lint lint-js test lint-api lighthouse audit  ## Run the checks of CI

lock:  ## Write the lock files from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --group build -c requirements.txt -o requirements-build.txt
	$(COMPILE) --group dev pyproject.toml -c requirements.txt -o requirements-dev.txt
