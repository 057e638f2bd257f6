# Every target does its own set-up first (.ci/setup), on a fresh machine too; what stands is kept.
# macOS could not be tested.

.DEFAULT_GOAL := help
.PHONY: help setup report test lint bench soak lock clean

ifeq ($(shell uname),Darwin)
# A Python that is not Homebrew's does not look where Homebrew puts libraries.
RUN := DYLD_FALLBACK_LIBRARY_PATH="$(shell brew --prefix 2>/dev/null)/lib" .venv/bin/
else
RUN := .venv/bin/
endif

help: ## list the targets
	@sed -n 's/^\([a-z]*\): .*## /\1\t/p' Makefile | expand -t 9

setup: ## make or refresh .venv, the system libraries and the fonts
	@.ci/setup

report: setup ## build the edition below output/
	$(RUN)reportgen build $(ARGS)

test: setup ## run the tests
	$(RUN)pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

lint: setup ## check style, format and types
	$(RUN)ruff check
	$(RUN)ruff format --check
	$(RUN)mypy

bench: setup ## time a build against WeasyPrint alone
	$(RUN)python -m tests.bench

soak: setup ## run the tests with ten times the generated examples, then the tables of docs/
	$(RUN)pytest -n auto --dist loadfile --no-loadscope-reorder --soak $(ARGS)
	$(RUN)python -m tests.stores.report
	$(RUN)python -m tests.sources.matrix
	$(RUN)python -m tests.faults.report
	$(RUN)python -m tests.delivery.report
	$(RUN)python -m tests.bench

lock: ## pin the newest allowed packages (needs uv)
	uv pip compile --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
	    --custom-compile-command 'make lock' --extra dev -o requirements.lock pyproject.toml

clean: ## remove what was made, except editions
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find reportgen tests -name __pycache__ -type d -prune -exec rm -rf {} +
