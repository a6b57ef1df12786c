# Everything a fresh machine needs is Python 3.11 (or newer) and make.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
LABELLED := ../shared/corpora/extraction/pages.jsonl
# Whole files go to a worker, so that the fixtures of a module are built once.
PARALLEL := -n 2 --dist loadfile
# What has failed runs once more, alone: where a browser or processes lacked CPU time it passes, a defect fails again.
AGAIN := --last-failed --last-failed-no-failures none
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
# Each version with the hashes of its files for every platform: what the build needs, what runs, and everything.
LOCKED := constraints-build.txt constraints-run.txt constraints.txt
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links $(LOCK_OPTIONS)

.DEFAULT_GOAL := help
.PHONY: help install demo test test-slow fuzz test-all check floors docs lock audit clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

install: $(INSTALLED) ## Make .venv with everything in it

demo: $(INSTALLED) ## Crawl the bundled sample site, search it, show a change and a citation
	@$(BIN)/healthnews demo

test: $(INSTALLED) ## Run the fast tests
	$(BIN)/pytest $(PARALLEL) -m 'not slow and not browser' || $(BIN)/pytest $(AGAIN) -m 'not slow and not browser'

test-slow: $(INSTALLED) ## Run the slow tests: a simulated year, kills, a browser, inputs of hostile length
	$(BIN)/pytest $(PARALLEL) -m 'slow or browser' || $(BIN)/pytest $(AGAIN) -m 'slow or browser'

fuzz: $(INSTALLED) ## Run the property tests on random examples, others at each run
	$(BIN)/pytest $(PARALLEL) -m hypothesis --hypothesis-profile=random $(FUZZ)

test-all: test test-slow fuzz ## Run all of these, and the floors where labelled pages lie beside the checkout
	@if [ -f $(LABELLED) ]; then $(MAKE) floors; fi

check: $(INSTALLED) ## Run ruff, mypy and import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

floors: $(INSTALLED) ## Measure extraction and searching on labelled pages against their floors
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.search quality

docs: $(INSTALLED) ## Write the generated pages of docs/ again
	$(BIN)/python -m docs.generate

lock: ## Write constraints*.txt again after a change of pyproject.toml (LOCK_OPTIONS=--upgrade: newest versions); needs uv
	$(LOCK) --all-extras pyproject.toml --output-file constraints.txt
	$(LOCK) --constraint constraints.txt pyproject.toml --output-file constraints-run.txt
	echo 'setuptools>=70.1' | $(LOCK) --constraint constraints.txt - --output-file constraints-build.txt

audit: $(INSTALLED) ## Look the locked versions up in the public database of vulnerabilities
	@$(BIN)/python -m tools.audit

clean: ## Remove .venv and the demo's archive
	rm -rf .venv demo

$(INSTALLED): pyproject.toml $(LOCKED)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/it")'
	@echo "Setting up .venv (a minute or two) ..."
	@$(PYTHON) -m venv --clear .venv
	@# pip takes no hashes for a folder, and checks none of what it fetches for an isolated build: hence three steps.
	@$(PIP) --require-hashes --requirement constraints-build.txt
	@$(PIP) --require-hashes --no-build-isolation --requirement constraints.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@# pip compiles what it installs, but no editable package: its first start, or each where none may be written, would.
	@$(BIN)/python -m compileall -q archive crawler
	@touch $@
