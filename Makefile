# Utrop: `make` prints what each target does. Everything goes through one command, `utrop`.
.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
ANNOUNCE ?= 1
STRICT ?= 0
VENV := .venv
UTROP := $(VENV)/bin/utrop
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet

# Tests that start no server, no browser and no process of their own.
QUICK := tests/authoring tests/checks tests/feeds tests/listings tests/notices tests/procurement \
	tests/redirects tests/test_configuration.py tests/test_documentation.py tests/test_procedures.py

ifeq ($(STRICT),1)
DEV_LOCK := requirements-strict.lock
else
DEV_LOCK := requirements-dev.lock
endif

help: ## Print this help
	@echo "From notice to network, lawfully, in one command."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make publish ANNOUNCE=0   everything but announcing"
	@echo "  .venv/bin/utrop --help    the command behind the targets, and all that it can do"

publish: $(VENV)/utrop ## Build, check, release to DEPLOY and announce new posts (Pelican's only builds)
	@$(UTROP) publish $(if $(filter 0 no false,$(ANNOUNCE)),--no-announce) || \
	{ status=$$?; [ $$status -eq 75 ] || exit $$status; }

html: $(VENV)/utrop ## Build into output/ with pelicanconf.py; nothing is deployed or announced
	@$(UTROP) build --development

build: $(VENV)/utrop ## Build into output/ with publishconf.py; nothing is deployed or announced
	@$(UTROP) build

serve: $(VENV)/utrop ## Show the released site at http://localhost:8000/ (PORT=8080 for another)
	@$(UTROP) serve --port $(PORT)

devserver: $(VENV)/utrop ## Build, show and rebuild while you write, drafts and coming posts included
	@$(UTROP) devserver --port $(PORT)

status: $(VENV)/utrop ## Tell what is published, what waits, and what was announced where
	@$(UTROP) status

clean: ## Remove output/ (releases, the ledger and the installation stay)
	@rm -rf output output.building output.old

test: lint ## Run every check and every test
	@STRICT=$(STRICT) $(VENV)/bin/pytest -q -n auto --dist loadgroup

check: lint ## Run the quick half: style, types, import contracts, unit tests
	@$(VENV)/bin/pytest -q -n auto $(QUICK)

lint: $(VENV)/dev ## Run style, types and import contracts alone
	@$(VENV)/bin/ruff check --quiet
	@$(VENV)/bin/ruff format --check --quiet
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo

reference: $(VENV)/dev ## Write docs/settings.md and docs/commands.md from the code
	@$(VENV)/bin/python tools/reference.py

lock: $(VENV)/dev ## Renew the lock files from pyproject.toml
	@tools/lock

peers: $(VENV)/dev ## Put other announcers and Utrop under the same faults (STRICT=1; writes docs/peers.md)
	@$(VENV)/bin/python -m benchmarks.peers $(PEERS)

crash-matrix: $(VENV)/dev ## Kill the announcer everywhere on every network (STRICT=1; writes docs/crash-matrix.md)
	@$(VENV)/bin/python -m tests.crash_matrix --write docs/crash-matrix.md $(CRASH_MATRIX)

# The marker files say for which lock the environment was made; a changed lock makes it anew.
$(VENV)/utrop: requirements.lock requirements-build.lock pyproject.toml tools/environment
	@PYTHON="$(PYTHON)" tools/environment $(VENV) requirements.lock
	@touch $@

$(VENV)/dev: $(DEV_LOCK) requirements-build.lock pyproject.toml tools/environment
	@PYTHON="$(PYTHON)" tools/environment $(VENV) $(DEV_LOCK)
	@touch $(VENV)/utrop $@

.PHONY: help publish html build serve devserver status clean test check lint reference lock peers \
	crash-matrix
