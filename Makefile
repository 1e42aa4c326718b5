# 结对 Jiedui. `make help` lists the commands; `make run` is the first one to try.
PORT ?= 5000
export PORT
FIND = python="$$(sh tools/find-python)" || exit 1; exec "$$python"
IN = .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help run test quick lint bench browser promises migrate demo lock

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run:  ## set everything up, load the demo county once, serve on 127.0.0.1:$PORT (PORT=5001 for another port)
	@$(FIND) -m tools.run

test:  ## all tests on SQLite and PostgreSQL, in a browser where there is one
	@$(FIND) -m tools.check test

quick:  ## the fast tests, on SQLite, without browser
	@$(FIND) -m tools.check quick

lint:  ## ruff, mypy and bandit
	@$(FIND) -m tools.check lint

browser:  ## the browser journeys alone
	@$(FIND) -m tools.check browser

bench:  ## the engine against its rivals, lists and searches against a bare page
	@$(FIND) -m tools.check bench

promises:  ## the long and timed runs
	@$(FIND) -m tools.check promises

migrate:  ## bring the database (DATABASE_URL) to the newest migration
	@$(FIND) -m tools.run migrate

demo:  ## load the demo county into the database, without serving
	@$(FIND) -m tools.run demo

lock:  ## turn requirements*.in into locked, hashed requirements*.txt
	@$(FIND) -m tools.lock
