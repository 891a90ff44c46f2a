# Everything that a person types. Each target makes what it needs; nothing is installed outside .venv.
PYTHON ?= python3
PORT ?= 8400
DATA ?= ../shared/data
SEED ?= 1
MINUTES ?= 60
# More than cores: many tests wait for servers and processes.
WORKERS ?= 4
VENV := .venv
BIN := $(VENV)/bin
# Which tests can run on this machine: the others are deselected, and pytest counts them.
HERE = not full_server and not peers$(shell (docker-compose version || docker compose version) >/dev/null 2>&1 || echo ' and not compose_client')$(shell systemd-analyze --version >/dev/null 2>&1 || echo ' and not systemd_analyze')
FETCHED := var/services/.fetched
PEERS := var/peers/.fetched

.DEFAULT_GOAL := help
.PHONY: help install format demo test test-peers check services faults kills fuzz bench model eval lock schemas pictures clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

install: $(VENV)/.run ## the commands, in .venv/bin

demo: $(VENV)/.run ## the page with a fortnight of an invented town (PORT=8400)
	$(BIN)/corrillo demo --port $(PORT)

test: $(VENV)/.dev $(FETCHED) ## all checks and all tests, with coverage of the unit tests
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term:skip-covered -m "$(HERE)"

test-peers: $(VENV)/.dev $(PEERS) ## Bluesky against a real server of its own (needs npm and a C++ compiler, 700 MB once)
	$(BIN)/python -m pytest -m peers tests/peers

check: $(VENV)/.dev ## what you run while working: lint, types, contracts, unit tests (under a minute)
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -q -n $(WORKERS) tests/unit

services: $(VENV)/.dev $(FETCHED) ## real Kafka and real Elasticsearch until Ctrl-C (needs Maven and Java, no containers)
	@$(BIN)/python -m deploy.services run

.PHONY: lint
lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.dev ## put code into shape
	$(BIN)/ruff check --fix -q .
	$(BIN)/ruff format -q .

faults: $(VENV)/.dev $(FETCHED) ## what is left after kills, outages and poison, as a table (SEED=1)
	$(BIN)/python -m tests.faults --seed $(SEED)

kills: $(VENV)/.dev ## whom the office told what, killed fifty times while 200 incidents go to 1,000 people (SEED=1)
	$(BIN)/python -m tests.integration.notify.killed --kills 50 --people 1000 --incidents 200 --seed $(SEED)

fuzz: $(VENV)/.dev ## what nobody should send, to everything that reads what others write (MINUTES=60, SEED=1)
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES) --seed $(SEED)

bench: $(VENV)/.dev $(FETCHED) ## speed, as ratios measured in one run (half an hour)
	$(BIN)/python -m bench.enrichment
	$(BIN)/python -m bench.storing
	$(BIN)/python -m bench.match
	$(BIN)/python -m bench.scale
	$(BIN)/python -m bench.page
	$(BIN)/python -m bench.tagging
	$(BIN)/python -m bench.alerts

model: $(VENV)/.dev ## the trained tagger and its card anew (DATA=… for the licensed sets; some minutes)
	$(BIN)/corrillo train --data "$(DATA)" --out processors/learned/model.tagger
	$(BIN)/corrillo model-card docs

eval: $(VENV)/.dev ## what needs the shared data (DATA=../shared/data)
	$(BIN)/python -m pytest -q tests/eval --data "$(DATA)"
	$(BIN)/python -m bench.eval_rules "$(DATA)"
	$(BIN)/python -m bench.eval_tagger "$(DATA)"
	$(BIN)/python -m bench.eval_bursts "$(DATA)"
	$(BIN)/python -m bench.eval_crises "$(DATA)"

lock: $(VENV)/.dev ## pin all dependencies again, with hashes and without hosts
	$(BIN)/uv pip compile -q pyproject.toml --group build --group dev --extra parquet --extra kafka --extra elasticsearch --extra kibana --extra telegram --extra reddit --extra channels --universal --generate-hashes --no-header --no-emit-find-links --python-version 3.11 -o requirements-dev.lock $(UPGRADE)
	$(BIN)/uv pip compile -q pyproject.toml --group build --universal --generate-hashes --no-header --no-emit-find-links --python-version 3.11 -c requirements-dev.lock -o requirements.lock $(UPGRADE)
	$(BIN)/uv pip compile -q pyproject.toml --extra kafka --extra elasticsearch --extra kibana --extra telegram --extra reddit --extra channels --universal --generate-hashes --no-header --no-emit-find-links --python-version 3.11 -c requirements-dev.lock -o requirements-scale.lock $(UPGRADE)

schemas: $(VENV)/.dev ## write docs/schemas/, docs/data-dictionary.md and docs/networks.md from the code
	$(BIN)/corrillo schema docs/schemas
	$(BIN)/python -m stores.dictionary > docs/data-dictionary.md
	$(BIN)/python -m stores.dictionary --lang es > docs/data-dictionary.es.md
	$(BIN)/corrillo sources networks --markdown > docs/networks.md
	$(BIN)/corrillo sources networks --markdown --lang es > docs/networks.es.md

pictures: $(VENV)/.dev ## take the README's pictures of the page, of Kibana's views and of an alert (needs chromium)
	$(BIN)/python docs/picture.py docs
	$(BIN)/python docs/kibana_picture.py docs
	$(BIN)/python docs/message_picture.py docs

clean: ## remove what make has made
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage*

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Corrillo needs Python 3.11 or later; this is `$(PYTHON) --version`. Name another one: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.run: $(VENV)/bin/python requirements.lock pyproject.toml
	@echo "Installing into $(VENV) (once) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo "Installing what tests need (once) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(FETCHED): deploy/services/pom.xml | $(VENV)/.dev
	@$(BIN)/python -m deploy.services fetch

$(PEERS): tests/peers/fetch.py | $(VENV)/.dev
	@$(BIN)/python -m tests.peers.fetch
