# `make help` lists the commands. The first run of any of them sets up what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BOT := .venv/bot/bin/python -W ignore
SERVICE := .venv/service/bin/python
PYTEST := $(SERVICE) -m pytest
# On all cores; conversations keep to a process a database, so that each is started once.
PARALLEL := --numprocesses auto --maxprocesses 4 --dist

.PHONY: help install install-dev install-tensorflow install-e5 train run chat parse test test-service test-bot test-nlu \
        test-dialogues test-simulation simulate test-browser test-faults test-schema audit import bench bench-nlu data-report robustness lint \
        lock clean

help: ## list the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 20

install: ## make both environments (Python 3.10 for Rasa, 3.11 or newer for the service)
	@scripts/setup.sh all

install-dev: ## the same, with what the tests need
	@scripts/setup.sh all --dev

install-tensorflow: ## add TensorFlow, for a pipeline that names DIET, TED or another component that needs it
	@scripts/setup.sh bot --tensorflow

install-e5: ## add the second sentence encoder, for `encoder: e5` or `use+e5` in config.yml (95 MB)
	@scripts/setup.sh bot --e5

train: install ## train the model now
	@scripts/train.sh --force

run: install ## start the assistant, its service and the page; prints the address when it is ready
	@scripts/train.sh
	@exec $(BOT) scripts/stack.py

chat: ## talk to the running assistant in this terminal
	@$(SERVICE) scripts/chat.py

parse: install ## what is understood: FILE=in.jsonl (a "text" a line) writes a line each; TEXT="…" explains one
	@scripts/train.sh >&2 && scripts/snapshot.sh
	@$(BOT) scripts/parse.py $(if $(FILE),"$(FILE)") $(if $(TEXT),--text "$(TEXT)")

data-report: install-dev ## the training data: examples a language, doubles, what leaked into the quality sets
	@$(BOT) scripts/data_report.py

robustness: install-dev ## how much less is understood with typos, without accents, in capitals, with polite words around
	@scripts/train.sh && $(BOT) scripts/robustness.py

test: install-dev lint ## everything: service, bot, understanding, whole conversations, the page in a browser
	@scripts/train.sh
	@scripts/browser.sh
	@$(MAKE) --no-print-directory test-bot test-service test-nlu test-dialogues test-simulation test-browser

test-service: install-dev ## the service, on SQLite and PostgreSQL
	@$(PYTEST) $(PARALLEL) worksteal tests/service

test-bot: install-dev ## the bot's own parts
	@$(BOT) -m pytest tests/bot

test-nlu: install-dev ## what is understood, on sentences that were never trained on
	@scripts/train.sh && $(BOT) -m pytest tests/nlu

test-dialogues: install-dev ## whole conversations against the real programs, the database compared before and after
	@scripts/train.sh && $(PYTEST) $(PARALLEL) loadgroup tests/dialogues

test-simulation: install-dev ## simulated people with goals of their own, and faults planted for them to find (the short form)
	@scripts/train.sh && $(PYTEST) tests/simulation

N ?= 1000
TASKS ?= 60

simulate: install-dev ## N simulated conversations, and TASKS fixed ones eight times over (TROUBLE=slow, down or lost befalls the service); in results/ (an hour)
	@scripts/train.sh && $(SERVICE) -m tests.simulation --number $(N) --tasks $(TASKS) $(if $(TROUBLE),--trouble $(TROUBLE))

test-browser: install-dev ## a booking from the page, in a real browser
	@scripts/train.sh && scripts/browser.sh && $(PYTEST) $(PARALLEL) loadfile tests/browser

test-faults: install-dev ## races, kill -9, a database that restarts, any order of steps: with full numbers (half an hour)
	@CAMPUS_FULL=1 $(PYTEST) tests/service/bookings/test_bookings_races.py tests/service/bookings/test_bookings_processes.py \
	  tests/service/bookings/test_bookings_machine.py tests/service/bookings/test_bookings_auditor.py --timeout 3600

test-schema: install-dev ## every route of the OpenAPI document, with what fits it and what does not (5 minutes)
	@CAMPUS_FULL=1 $(PYTEST) tests/service/test_schema.py

import: install ## read a catalogue from FILE=….xlsx or .csv; tells what it would do, APPLY=1 does it
	@cd service && ../$(SERVICE) -m campus.catalogue.importing "$(abspath $(FILE))" $(if $(APPLY),--apply)

audit: install ## check every counter and promise in the database of the settings; only reads
	@cd service && ../$(SERVICE) -m campus.auditor $(if $(JSON),--json)

bench: install-dev ## measure speed and size; writes results/bench.json and prints a table
	@scripts/train.sh && $(SERVICE) scripts/bench.py

DATA ?= ../shared/data

bench-nlu: install ## understanding compared with Rasa's own pipelines on the public sets in DATA; goes on where it stopped
	@scripts/setup.sh bench && scripts/snapshot.sh
	@$(SERVICE) scripts/bench_nlu.py "$(DATA)" --write-docs

lint: install-dev ## style and types
	@$(SERVICE) -m ruff check . && $(SERVICE) -m ruff format --check . 
	@$(SERVICE) -m mypy bot scripts
	@cd service && ../$(SERVICE) -m mypy campus

lock: ## pin the requirements again, with hashes
	@scripts/lock.sh

clean: ## remove environments, models and everything written at run time
	rm -rf .venv models var results .rasa
