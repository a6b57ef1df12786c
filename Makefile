# Everything a fresh machine needs is Python 3.11 (or newer) and make.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
LABELLED := ../shared/corpora/extraction/pages.jsonl
# Whole files go to a worker, so that the fixtures of a module are built once.
PARALLEL := -n 2 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help install demo test test-slow fuzz test-all check floors docs clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

install: $(INSTALLED) ## Make .venv with everything in it

demo: $(INSTALLED) ## Crawl the bundled sample site and search it
	@$(BIN)/healthnews demo

test: $(INSTALLED) ## Run the fast tests
	$(BIN)/pytest $(PARALLEL) -m 'not slow and not browser'

test-slow: $(INSTALLED) ## Run the slow tests: a simulated year, kills, a browser, inputs of hostile length
	$(BIN)/pytest $(PARALLEL) -m 'slow or browser'

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

clean: ## Remove .venv and the demo's archive
	rm -rf .venv demo

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/it")'
	@echo "Setting up .venv (a minute or two) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
