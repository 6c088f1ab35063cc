# What one does with SegTag. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
# Arguments for pytest, e.g. make test ARGS="-k runs".
ARGS ?=
# Settings as in production, for checks that must not depend on this machine's folder.
PRODUCTION = env -u SEGTAG_DEMO -u SEGTAG_DEBUG -u DATABASE_URL SEGTAG_HOSTS=segtag.example \
	SEGTAG_SECRET_KEY=$$($(SECRET)) SEGTAG_IDENTIFIER_KEY=$$($(SECRET))
SECRET = python3 -c 'import secrets; print(secrets.token_urlsafe(64))'
CATALOGUE = segtag_site/locale/zh_Hans/LC_MESSAGES/django.po
PIP = $(BIN)/python -m pip --disable-pip-version-check install --require-hashes

.PHONY: help demo test check bench bench-ml messages lock secret clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## load a shop, compute everything, serve it on this machine (PORT=8000)
	@SEGTAG_DEMO=1 exec $(BIN)/python manage.py demo --port $(PORT)

test: $(VENV)/.dev ## every test that this machine can run (ARGS="-k runs" for some)
	@$(BIN)/python -m pytest --numprocesses=3 --dist=worksteal $(ARGS)

check: $(VENV)/.dev ## style, types, arrows between packages, migrations, production settings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	SEGTAG_DEMO=1 $(BIN)/mypy .
	$(BIN)/lint-imports
	SEGTAG_DEMO=1 $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m pytest tests/architecture

bench: $(VENV)/.dev ## measure what the README claims: one table and one JSON of ratios
	@SEGTAG_DEMO=1 $(BIN)/python -m benchmarks

bench-ml: $(VENV)/.dev ## the algorithms beside published results (ARGS="t2 t12_1" for some; SEGTAG_DATA)
	@SEGTAG_DEMO=1 $(BIN)/python -m benchmarks.ml $(ARGS)

messages: $(VENV)/.dev ## collect the texts to translate and compile them (needs gettext); lists what lacks a translation
	@SEGTAG_DEMO=1 $(BIN)/python manage.py makemessages --locale=zh_Hans --no-location --no-obsolete \
		--ignore=var --ignore=.venv --ignore='tests*' --ignore=benchmarks
	@sed -i '/^"POT-Creation-Date/d' $(CATALOGUE)
	@SEGTAG_DEMO=1 $(BIN)/python manage.py compilemessages --locale=zh_Hans --verbosity=0
	@msgattrib --no-wrap --untranslated $(CATALOGUE); msgattrib --no-wrap --only-fuzzy $(CATALOGUE)

lock: $(VENV)/.dev ## pin all of requirements*.txt with hashes, for Python 3.11 to 3.13
	@$(BIN)/python -m pip --quiet install uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements.txt -o requirements-lock.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements-dev.txt -o requirements-dev-lock.txt

secret: ## print a fresh secret for SEGTAG_SECRET_KEY or SEGTAG_IDENTIFIER_KEY
	@$(SECRET)

clean: ## remove the environment, the demo's data and all caches
	rm -rf $(VENV) var staticfiles benchmarks/results .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The newest of Python 3.11 to 3.13 that can make environments; PYTHON=/path/to/python chooses another.
$(VENV)/bin/python:
	@suits='import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'; \
	for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
		if $$python -c "$$suits" 2> /dev/null; then \
			echo "Making an environment in $(VENV) with $$($$python --version)"; \
			exec $$python -m venv $(VENV); \
		fi; \
	done; \
	echo "SegTag needs Python 3.11, 3.12 or 3.13 with venv (Debian: apt install python3-venv); none was found." >&2; \
	echo "If it is somewhere else: make PYTHON=/path/to/python3.12 ..." >&2; \
	exit 1

# Stamps: an environment is filled again only when its lock file changes.
$(VENV)/.runtime: requirements-lock.txt | $(VENV)/bin/python
	@echo "Installing the requirements (about 470 MB once unpacked; a minute or two)"
	@$(PIP) --requirement requirements-lock.txt
	@touch $@

$(VENV)/.dev: requirements-dev-lock.txt | $(VENV)/bin/python
	@echo "Installing the requirements of the tests"
	@$(PIP) --requirement requirements-dev-lock.txt
	@touch $@ $(VENV)/.runtime
