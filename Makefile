# distrorocks: every task of a developer is one word here. `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
READY := $(VENV)/.ready
CORPUS ?= $(firstword $(wildcard ../shared/data/dev-corpus.tar.xz))
ROCKS ?= $(firstword $(wildcard ../shared/data/dev-rocks.tar))
APT_LIST := .ci/apt-packages.txt
APT_PACKAGES = $(shell sed 's/\#.*//' $(APT_LIST))
demo: APT_LIST := .ci/demo-packages.txt
PYTEST_OPTIONS ?=
CASE ?=
BENCHMARK_OPTIONS ?=
FUZZ_SECONDS ?= 0
FUZZ_RUNS ?= 2000
MUTANTS ?= 200
SEED ?= 1
ONLY ?=
PLACES ?= bookworm trixie sid rpm
EVERY ?= 1
OFFSET ?= 0
SITE ?= dist/site
# The day of the last commit, so that the site is the same whenever and wherever it is built.
site: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)

# $(call install_packages,WORDS): apt-get install as root, through sudo where it is there.
define install_packages
	as_root=
	if [ "$$(id -u)" != 0 ]; then
		as_root=$$(command -v sudo) || {
			echo 'error: these Debian packages are missing and only root can install them:' >&2
			echo '  '$(1) >&2
			echo 'hint: run "make system" as root once' >&2
			exit 1
		}
	fi
	export DEBIAN_FRONTEND=noninteractive
	$$as_root apt-get update -qq ||
		echo 'warning: apt-get update failed, going on with the package lists there are' >&2
	$$as_root apt-get install -qq --yes --no-install-recommends -o Dpkg::Use-Pty=false $(1) >/dev/null
endef

.PHONY: help setup system test lint unit conformance fuzz mutants corpus packaging-corpus packaging-builds integration \
	benchmark demo scratch-roots build site clean

help: ## list these tasks
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## make .venv with distrorocks and the tools that test it

$(READY): pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
		echo 'error: $(PYTHON) is older than Python 3.11' >&2
		echo 'hint: name a newer one: make setup PYTHON=python3.11' >&2
		exit 1
	}
	if [ ! -x $(VENV)/bin/pip ]; then
		if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then
			$(call install_packages,python3-venv)
		fi
		$(PYTHON) -m venv $(VENV)
	fi
	$(RUN) pip install --quiet --upgrade 'pip>=25.1'
	$(RUN) pip install --quiet --editable . --group dev
	touch $@

system: ## install the Debian packages that the suites need (.ci/apt-packages.txt)
	@missing=
	for package in $(APT_PACKAGES); do
		state=$$(dpkg-query --show --showformat='$${db:Status-Status}' $$package 2>/dev/null || true)
		[ "$$state" = installed ] || missing+=" $$package"
	done
	if [ -n "$$missing" ]; then
		echo "installing:$$missing"
		$(call install_packages,$$missing)
	fi

test: lint unit ## check the style, the types and the rooms: no root, no network once set up

lint: setup
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy

# The tests are compiled once, for all runs, whatever the caller's environment says.
unit integration: export PYTHONDONTWRITEBYTECODE :=

unit: setup
	$(RUN) pytest -n auto --dist worksteal $(PYTEST_OPTIONS)

conformance: setup ## compare with LuaRocks' own answers: make conformance CORPUS=DIR
	@if [ -z '$(CORPUS)' ]; then
		echo 'error: no corpus to compare with' >&2
		echo 'hint: make conformance CORPUS=DIR, a folder or a .tar.xz laid out like the corpus' >&2
		exit 1
	fi
	$(RUN) integration.conformance '$(CORPUS)'

fuzz: setup ## hostile inputs for each reader (FUZZ_RUNS of each, or FUZZ_SECONDS for all), the resolver, updates under hand edits
	$(RUN) integration.fuzzing --seconds $(FUZZ_SECONDS) --runs $(FUZZ_RUNS)
	$(RUN) integration.corpus.resolver_fuzz --universes 20000
	$(RUN) integration.corpus.update_edits

mutants: setup ## small faults that tests must find: MUTANTS=200 SEED=1 ONLY=rocks/version.py
	nice -n 10 $(RUN) integration.mutants --mutants $(MUTANTS) --seed $(SEED) $(ONLY)

corpus: setup ## real rocks: scaffolds, licences, upstream's tests, the resolver beside LuaRocks' greedy way
	@if [ -z '$(CORPUS)' ] || [ -z '$(ROCKS)' ]; then
		echo 'error: no corpus to try' >&2
		echo 'hint: make corpus CORPUS=FILE ROCKS=FILE, laid out like the corpus' >&2
		exit 1
	fi
	$(RUN) integration.corpus.scaffold_corpus '$(CORPUS)'
	$(RUN) integration.corpus.license_labels '$(ROCKS)'
	$(RUN) integration.corpus.copyright_by_file '$(ROCKS)' --beside
	$(RUN) integration.corpus.upstream_tests '$(ROCKS)'
	$(RUN) integration.corpus.resolver_greedy '$(CORPUS)'

packaging-corpus: setup system ## build every real rock as .deb and .rpm in clean roots: needs root, takes hours
	$(RUN) integration.corpus.clean_packaging '$(ROCKS)' $(PLACES) --every '$(EVERY)' --offset '$(OFFSET)'

packaging-builds: setup system ## the same in one root that has all libraries, without checks; then which Luas the code fits
	$(RUN) integration.corpus.packaging_corpus '$(ROCKS)' deb rpm
	$(RUN) integration.corpus.code_luas '$(ROCKS)'

integration: $(VENV)/.integration-ready system ## real dpkg, rpm and LuaRocks in scratch roots: needs root
	$(RUN) pytest integration -n auto --dist loadfile $(PYTEST_OPTIONS)

$(VENV)/.integration-ready: $(READY)
	@$(RUN) pip install --quiet --group integration || echo 'the checker of HTML cannot be had: its suite is skipped'
	touch $@

benchmark: system $(VENV)/.benchmark-ready ## what ours costs beside LuaRocks and others, CASE='hook install': needs root
	export ROCKS='$(ROCKS)'
	mkdir -p dist
	$(RUN) benchmarks $(CASE) --json dist/benchmark.json --plot dist/benchmark.svg $(BENCHMARK_OPTIONS)

$(VENV)/.benchmark-ready: $(READY)
	@dpkg-query --show liblua5.4-dev >/dev/null 2>&1 || {
		$(call install_packages,liblua5.4-dev)
	}
	$(RUN) pip install --quiet --group benchmark
	touch $@

demo: scratch-roots setup system ## the story in one minute: real Debian packages, real LuaRocks, a scratch root
	@$(RUN) integration.demo

scratch-roots: # whether this machine can make and enter a root: known before anything is installed
	@if [ "$$(id -u)" != 0 ]; then
		echo 'error: scratch roots need root' >&2
		echo 'hint: sudo make demo, or run it as root in a container' >&2
		exit 1
	fi
	if ! unshare --mount --net true; then
		echo 'error: no mount namespace of our own: scratch roots cannot be made here' >&2
		echo 'hint: a chroot must be a mount point (mount --bind DIR DIR before chroot DIR);' >&2
		echo '      a container needs the right to mount' >&2
		exit 1
	fi

build: setup ## the wheel and the source archive, in dist/
	$(RUN) pip install --quiet 'build>=1.2'
	$(RUN) build

site: $(VENV)/.site-ready ## the documentation as a web site, in dist/site: any warning or dead link is an error
	@$(RUN) docs.website '$(SITE)'

$(VENV)/.site-ready: $(READY)
	@$(RUN) pip install --quiet --group docs
	touch $@

clean: ## remove what these tasks made, the cached roots too
	rm -rf $(VENV) .scratch build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
