# Short commands; each is one script or one program.
.PHONY: help up down build test chaos fuzz bench lint nightly
.DEFAULT_GOAL := help

help:      ## this list
	@grep -hE '^[a-z]+: +.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

up: build  ## install what is missing, build, start the whole pipeline
	@build/release/bin/depthwire up

down:      ## stop the pipeline
	@build/release/bin/depthwire down

build:     ## install what is missing and build the programs
	@scripts/deps build run
	@cmake --preset release >/dev/null
	@cmake --build --preset release --target depthwire_programs

test:      ## build and run all tests, with sanitizers too
	@scripts/test

chaos:     ## a thousand kills, long stops, a database that is away for ten minutes: an hour
	@cmake --preset release >/dev/null
	@cmake --build --preset release
	@/usr/bin/python3 tests/chaos/chaos_test.py build/release --kills 1000 --stop 30 --away 600
	@/usr/bin/python3 tests/e2e/slow_consumer_test.py build/release 60

fuzz:      ## what reads bytes of others, ten minutes each; FUZZ_SECONDS=n for another time
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-600} scripts/test fuzz

bench:     ## measure; BENCH=prefix for some figures only
	@scripts/bench "$(BENCH)"

lint:      ## format, house rules, clang-tidy on core and changed files
	@scripts/lint

nightly:   ## everything everywhere
	@scripts/nightly
