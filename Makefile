# make run: everything, from nothing.  make test: every test.  make check: the quick ones.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
# Two processes; what shares a product or a model runs in one of them (tests/conftest.py).
TOGETHER := --numprocesses 2 --dist loadgroup
export PYTHONWARNINGS := ignore
export RASA_TELEMETRY_ENABLED := false

.PHONY: help run setup test check format train lock chat bench clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: setup  ## start everything and print where it is
	@exec $(PYTHON) -m bot serve

setup: .venv/.ready

.venv/.ready: requirements.lock .ci/setup
	@.ci/setup

test: setup  ## every test
	@.ci/browser
	@$(PYTHON) -m bot train --if-needed
	@$(PYTHON) -m pytest tests $(TOGETHER)

check: setup  ## format, lint, types, layers, unit tests
	@$(PYTHON) -m ruff format --check bot actions connectors tests
	@$(PYTHON) -m ruff check bot actions connectors tests
	@$(PYTHON) -m mypy bot connectors
	@$(PYTHON) -m pytest tests/architecture tests/unit $(TOGETHER)

format: setup  ## put the code into shape
	@$(PYTHON) -m ruff format bot actions connectors tests
	@$(PYTHON) -m ruff check --fix bot actions connectors tests

train: setup  ## train the bot on the present data
	@$(PYTHON) -m bot train

chat: setup  ## talk with the bot in this terminal
	@$(PYTHON) -m bot train --if-needed
	@$(PYTHON) -m bot chat

lock: setup  ## renew requirements.lock
	@.venv/bin/uv pip compile pyproject.toml --extra dev --python-version 3.10 --generate-hashes \
	  --no-emit-index-url --no-header --quiet --upgrade -o requirements.lock

clean:  ## remove the environment (data/ stays)
	@rm -rf .venv
