# The two commands of a newcomer are `make demo` and `make test`.
# Arguments for `swift test`: make test ARGS="--filter AkinTextTests"

SOURCES := Package.swift $(wildcard Sources Tests Benchmarks)
SCRIPTS := .ci/run $(wildcard scripts/*.sh) $(wildcard Benchmarks/*/run)

.DEFAULT_GOAL := help
.PHONY: help setup build demo test check-api lint bench docs clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' $(firstword $(MAKEFILE_LIST)) | column -t -s '|'

setup: ## Install what is missing: Debian packages, libraries, models, the demo's data
	@bash scripts/setup.sh

build: setup ## Build the command line: .build/release/akin
	swift build -c release --product akin

demo: build ## Read a real shop and show products beside their most similar ones
	@bash scripts/demo.sh

test: ## Run all tests; ARGS go to swift test
	@bash scripts/setup.sh --tests
	swift test $(ARGS)

check-api: ## Hold a running server against its own description, and its keys; after make test
	@bash scripts/check-api.sh

lint: ## Check the formatting of Swift, the shell scripts and deploy/
	swift format lint --strict --recursive --parallel $(SOURCES)
	@bash scripts/lint.sh $(SCRIPTS)

bench: build ## Run Benchmarks/NAME/run of ARGS (all) and write docs/benchmarks.md
	@bash scripts/bench.sh $(ARGS)

docs: setup ## Write the library's reference to docs/site
	@bash scripts/docs.sh

clean: ## Remove what was built; .deps and the wheels' cache stay
	rm -rf .build demo-shop docs/site
