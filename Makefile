# Everything a person needs; `make` alone lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash

SWIFT ?= swift
# An import between our own targets that the manifest does not name is an error: without this it builds silently.
STRICT := --explicit-target-dependency-import-check error
# Pure floors are small modules: without cross-module optimisation every call between them stays a call.
# Exclusive access is checked in debug builds, which run all tests; in release the checks cost as much as a stage of the pipeline.
# With Swift's own libraries inside, calls into them need no table, and the programs run where no Swift is installed.
RELEASE := -c release -Xswiftc -cross-module-optimization -Xswiftc -enforce-exclusivity=unchecked --static-swift-stdlib
DEBUG_FOLDER = $(shell $(SWIFT) build --show-bin-path)
RELEASE_FOLDER = $(shell $(SWIFT) build $(RELEASE) --show-bin-path)
# What `sdk-test` runs: the programs built for debugging, or with PROGRAMS=release those that people get.
PROGRAMS ?= build
PROGRAM_FOLDER = $(if $(filter release,$(PROGRAMS)),$(RELEASE_FOLDER),$(DEBUG_FOLDER))

PRODUCTS ?= proxy mock-upstream proxy-client
LONG ?= 1000000
SECONDS ?= 60
MINUTES ?= 10
SEED ?= 1

.PHONY: help deps build release demo run mock client test test-pure test-recordings sdk-test sound bench bench-selftest bench-first-frame bench-summaries bench-check \
	quality faults fuzz long-test soak docker clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  \033[1m%-18s\033[0m %s\n", $$1, $$2}'

deps: ## install the system packages that are missing
	@Scripts/deps.sh

build: ## build everything for debugging, with the strict import check
	$(SWIFT) build $(STRICT)

release: ## build the programs optimised, as people get them (PRODUCTS=proxy)
	for product in $(PRODUCTS); do $(SWIFT) build $(STRICT) $(RELEASE) --product $$product || exit 1; done

demo: deps build ## install, build, and stream one answer in three phases, in colour
	@Scripts/demo.sh "$(DEBUG_FOLDER)"

run: build ## run the proxy on port 8080 (ARGS="…")
	@"$(DEBUG_FOLDER)/proxy" $(ARGS)

mock: build ## run the mock upstream on port 9000 (ARGS="…")
	@"$(DEBUG_FOLDER)/mock-upstream" $(ARGS)

client: build ## talk to the proxy (ARGS="…")
	@"$(DEBUG_FOLDER)/proxy-client" --interactive $(ARGS)

test: deps build ## build and run all tests
	$(SWIFT) test $(STRICT)
	@python3 Tests/Checks/readme.py "$(DEBUG_FOLDER)"
	@python3 Tests/Checks/profiles.py "$(DEBUG_FOLDER)"
	@python3 Tests/Checks/summarize.py "$(DEBUG_FOLDER)"

test-pure: ## run the tests of the pure floors only: seconds, no network stack
	FLOORS=pure $(SWIFT) test --scratch-path .build/pure

faults: ## play every row of the fault matrix with the real programs, and print it row by row (ROWS="part of a name|of another")
	$(SWIFT) build $(STRICT) --build-tests
	@SWIFT="$(SWIFT)" Tests/Checks/faults.sh "$(ROWS)"

test-recordings: ## run recorded streams through every style (RECORDINGS=folder)
	RECORDINGS="$(RECORDINGS)" $(SWIFT) test --filter Recording

sdk-test: $(PROGRAMS) ## run the Python packages that people use (OpenAI, Anthropic, LangChain, LiteLLM …) against the programs (PROGRAMS=release)
	@Tests/SDK/run.sh "$(PROGRAM_FOLDER)"

sound: ## check format, floors, unsafe, banned calls, documentation; and that each check can fail
	@Tests/Checks/sound.sh
	@Tests/Checks/sound-selftest.sh

bench: release ## measure the programs end to end, side by side with nginx and no proxy (ARGS="--only A,B --rounds 1")
	@Tests/Bench/setup.sh "$(CURDIR)/.build/bench"
	@python3 Tests/Bench/bench.py --programs "$(RELEASE_FOLDER)" $(ARGS)

bench-selftest: ## show that the bench sees what it claims to see: relays with known defects
	@Tests/Bench/setup.sh "$(CURDIR)/.build/bench"
	@python3 Tests/Bench/selftest.py .build/bench

bench-first-frame: release ## time from the request to the first frame, against the upstream alone
	@python3 Tests/Bench/first_frame.py "$(RELEASE_FOLDER)"

bench-summaries: release ## whether a model that makes summaries delays the answer, whatever it does (RUNS=100, ARGS="--check --json FILE --readme README.md")
	@python3 Tests/Bench/summary_delay.py "$(RELEASE_FOLDER)" $(or $(RUNS),100) $(ARGS)

bench-check: ## count instructions and allocations per chunk under valgrind, against the table (ARGS=--update writes it)
	$(SWIFT) build $(RELEASE) --product Bench
	@python3 Tests/Checks/bench_check.py "$(RELEASE_FOLDER)/Bench" $(ARGS)

quality: ## how good both engines' summaries are, over annotated traces, against baselines (MODEL_URL=…, MODEL_NAME=…, ARGS="--check")
	FLOORS=pure $(SWIFT) build --scratch-path .build/pure --product Quality
	$(SWIFT) build --product proxy
	$(SWIFT) build --product mock-upstream
	@Tests/Quality/run.sh .build/pure/debug/Quality --programs "$(DEBUG_FOLDER)" $(if $(MODEL_URL),--model-url "$(MODEL_URL)") \
		$(if $(MODEL_NAME),--model-name "$(MODEL_NAME)") $(ARGS)

fuzz: ## feed the stream's parts hostile input for SECONDS=60; a crash is kept in .build/fuzz
	FUZZ=1 FLOORS=pure $(SWIFT) build -c release --sanitize fuzzer --scratch-path .build/fuzz --product Fuzz
	@Tests/Checks/fuzz.sh .build/fuzz/release/Fuzz .build/fuzz/run $(SECONDS)

long-test: ## cut texts and streams LONG=1000000 times at random; the result must not depend on it
	FLOORS=pure LONG=$(LONG) $(SWIFT) test -c release -Xswiftc -enable-testing --scratch-path .build/pure --filter LongCutting

soak: release ## run mixed traffic with faults for MINUTES=10 (SEED=1); every text compared, memory and descriptors watched (ARGS="…")
	@python3 Tests/Soak/soak.py "$(RELEASE_FOLDER)" --minutes $(MINUTES) --seed $(SEED) $(ARGS)

docker: ## build the container image
	docker build -t reasoning-proxy .

clean: ## remove what was built
	rm -rf .build .venv
