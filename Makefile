# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The build itself is pinned too, so that a new machine gets what was tested.
PIP_INSTALL := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check
# The pip that a Python brings may be older than dependency groups (25.1): the pinned one replaces it.
PIP := $(VENV)/.pip
# The packages that gated needs, one on a line.
NEEDED := $(BIN)/python -c 'import tomllib; \
	print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")'
# pip hides what the compiler says; this says what came of it.
SAY_WHICH := $(BIN)/gated doctor | sed -n '/^C++/,/^NumPy/{/^NumPy/!p;}'
# Under `make -j`, ninja would look for make's job server, which only another make is given.
ALONE := env -u MAKEFLAGS
CMAKE := $(ALONE) $(BIN)/cmake
# Two processes of two threads each would wait for one another on two cores.
ONE_THREAD := OMP_NUM_THREADS=1
# What an install is made from; edits of src need none.
MADE_FROM := pyproject.toml constraints.txt CMakeLists.txt cpp/CMakeLists.txt \
	$(wildcard cpp/gated/* cpp/bindings/*)
CPP := $(wildcard cpp/*/*.hpp cpp/*/*.cpp)

# The scripts of the report and of the server's page are checked with tools from npm, where there is
# one; nothing else needs Node.
NPM := $(shell command -v npm)
JS_TOOLS := $(if $(NPM),tools/js/node_modules/.installed)
NO_NPM := echo "No npm found: the JavaScript of the report and of the server's page is skipped."

# A compiler that has come since, or gone, is a reason to install again.
COMPILER := $(VENV)/.$(if $(shell command -v $${CXX:-c++}),with,without)-compiler

# The libraries that `python -m benchmarks peers` compares, and those of `sequence_peers`, each in an
# environment of its own: give PEERS an absolute path to have them elsewhere, and the benchmarks
# --environments.
PEERS ?= .venv-peers
PEER_NAMES := gated fracast neuralforecast darts gluonts statsforecast
SEQUENCE_PEER_NAMES := aeon sktime

# The frameworks of `gated.adapters`, each in an environment of its own that also sees the packages of
# .venv: some need an older pandas or pyarrow. Their own warnings are not of interest.
ADAPTERS ?= .venv-adapters
ADAPTER_NAMES := autogluon fev gluonts hierarchicalforecast mlflow sktime

# The engines of `gated.scale`, likewise in one environment. Spark needs Java 17.
ENGINES ?= .venv-engines

# What a release is built and tested with: `make wheels PYTHONS="python3.11 /opt/python3.14/bin/python3"`.
PYTHONS ?= python3.11 python3.12 python3.13 python3.14
RELEASE := .venv-release
UV := UV_PYTHON_DOWNLOADS=never $(RELEASE)/bin/uv
# Tables that `make fuzz-tables` writes and reads.
FUZZ_FILES ?= 100000
# Damaged files, and files that change while they are read, that `make fuzz-hostile` reads.
HOSTILE_FILES ?= 2000
CHANGING_FILES ?= 1000
BOUNDED_TESTS ?= tests/forecast tests/table tests/cli tests/ops

# The site is built in an environment of its own, so that the tests do without its tools. It sees the
# packages of .venv: torch is installed once, and the C++ part is compiled once.
DOCS := .venv-docs
PACKAGES_OF = $$($(1)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
DOCS_INSTALL := PIP_CONSTRAINT="constraints.txt docs/constraints.txt" \
	PIP_BUILD_CONSTRAINT=constraints.txt $(DOCS)/bin/python -m pip install --quiet \
	--disable-pip-version-check

.PHONY: demo test fuzz-tables fuzz-hostile native-test native-benchmark check check-style \
	check-types check-doctests check-js docs format install dev peers sequence-peers adapters engines wheel \
	wheel-files wheels lowest newest clean

demo: install            ## forecast the embedded shop's daily revenue, 28 days ahead
	$(BIN)/gated demo

test: dev                ## run all tests
	$(ONE_THREAD) $(BIN)/pytest -n 2

fuzz-tables: dev         ## read FUZZ_FILES tables of random formats
	PYTHONPATH=src:. $(BIN)/python tools/fuzz_tables.py $(FUZZ_FILES)

fuzz-hostile: dev        ## read HOSTILE_FILES damaged and CHANGING_FILES changing files
	PYTHONPATH=src:. $(BIN)/python tools/fuzz_hostile.py $(HOSTILE_FILES) $(CHANGING_FILES)

native-test: dev         ## test the C++ part, with sanitizers, on every instruction set
	$(CMAKE) -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja -S . -B build/sanitized \
		-DGATED_BUILD_TESTS=ON -DGATED_SANITIZE=ON -DCMAKE_COMPILE_WARNING_AS_ERROR=ON
	$(CMAKE) --build build/sanitized
	$(BIN)/ctest --test-dir build/sanitized --output-on-failure --no-tests=error -j2

native-benchmark: dev    ## time a streaming step inside C++
	$(CMAKE) -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja -S . -B build/timed \
		-DGATED_BUILD_BENCHMARKS=ON
	$(CMAKE) --build build/timed
	build/timed/cpp/benchmarks/step

# Four targets, because `make -j2 check` runs two at a time.
check: check-style check-js check-types check-doctests  ## all with warnings as errors

check-style: dev         ## style, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/clang-format --dry-run --Werror $(CPP)
	$(BIN)/lint-imports

check-types: dev
	$(BIN)/mypy

check-doctests: dev      ## the examples of docstrings
	$(ONE_THREAD) $(BIN)/pytest --doctest-modules src --ignore=src/gated/adapters -n 2

check-js: $(JS_TOOLS)    ## types and style of the scripts of the pages
	@$(if $(NPM),cd tools/js && npm run --silent check,$(NO_NPM))

docs: $(DOCS)/.installed  ## run the notebooks, build the site into build/site; warnings are errors
	$(ONE_THREAD) NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --quiet --strict

$(DOCS)/.installed: docs/constraints.txt $(VENV)/.dev
	$(PYTHON) -m venv --clear $(DOCS)
	$(DOCS_INSTALL) pip
	echo "import site; site.addsitedir('$(call PACKAGES_OF,$(abspath $(VENV)))')" \
		> "$(call PACKAGES_OF,$(DOCS))/packages_of_dev.pth"
	$(DOCS_INSTALL) --group docs
	touch $@

format: dev $(JS_TOOLS)  ## let ruff, clang-format and biome put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/clang-format -i $(CPP)
	@$(if $(NPM),cd tools/js && npm run --silent format,$(NO_NPM))

tools/js/node_modules/.installed: tools/js/package.json tools/js/package-lock.json
	cd tools/js && npm ci --loglevel=error
	touch $@

peers: sequence-peers $(PEER_NAMES:%=$(PEERS)/%/.installed)  ## install what `python -m benchmarks peers` compares

sequence-peers: $(SEQUENCE_PEER_NAMES:%=$(PEERS)/%/.installed)  ## and what `sequence_peers` compares

$(PEERS)/%/.installed: benchmarks/peers/requirements/%.txt benchmarks/peers/constraints.txt
	$(PYTHON) -m venv --clear $(@D)
	PIP_CONSTRAINT=benchmarks/peers/constraints.txt $(@D)/bin/python -m pip install --quiet \
		--disable-pip-version-check -r $<
	touch $@

# gated is installed as it stands, so whatever it is made of makes it anew.
$(PEERS)/gated/.installed: $(MADE_FROM) $(shell find src -name '*.py' -o -name '*.js' -o -name '*.css')

adapters: $(ADAPTER_NAMES:%=test-adapter-%)  ## test each adapter with its framework

# Else make removes these files after the tests, and makes each environment again the next time.
.SECONDARY: $(ADAPTER_NAMES:%=$(ADAPTERS)/%/.installed)

test-adapter-%: $(ADAPTERS)/%/.installed
	$(ONE_THREAD) $(<D)/bin/python -m pytest -n 2 -W default --doctest-modules tests/adapters/test_$*.py \
		$(wildcard src/gated/adapters/$*.py)

$(ADAPTERS)/%/.installed: tests/adapters/requirements/%.txt $(VENV)/.dev
	$(PYTHON) -m venv --clear $(@D)
	echo "import site; site.addsitedir('$(call PACKAGES_OF,$(abspath $(VENV)))')" \
		> "$(call PACKAGES_OF,$(@D))/packages_of_dev.pth"
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

engines: $(ENGINES)/.installed  ## test gated.scale with Ray, Spark and Dask
	$(ONE_THREAD) $(ENGINES)/bin/python -m pytest tests/scale tests/benchmarks/scale

$(ENGINES)/.installed: tests/scale/requirements.txt $(VENV)/.dev
	$(PYTHON) -m venv --clear $(@D)
	echo "import site; site.addsitedir('$(call PACKAGES_OF,$(abspath $(VENV)))')" \
		> "$(call PACKAGES_OF,$(@D))/packages_of_dev.pth"
	PIP_CONSTRAINT=constraints.txt $(@D)/bin/python -m pip install --quiet \
		--disable-pip-version-check -r $<
	touch $@

wheel: $(RELEASE)/.installed   ## build this Python's wheel, check which files it holds
	$(RELEASE)/bin/python -m release.wheels --only-build --python $(PYTHON)

wheel-files: $(RELEASE)/.installed  ## check which files this Python's wheel holds; keep none
	$(ALONE) $(RELEASE)/bin/python -m release.wheels --only-files --python $(PYTHON)

wheels: $(RELEASE)/.installed  ## build every wheel into dist/, test each where nothing else is installed
	$(RELEASE)/bin/python -m release.wheels $(PYTHONS:%=--python %)

lowest: RESOLUTION := lowest-direct
newest: RESOLUTION := highest
lowest newest: $(RELEASE)/.installed  ## test with the lowest, the newest versions that pyproject.toml allows
	$(UV) venv --quiet --clear --python $(PYTHON) .venv-$@
	$(UV) pip install --compile-bytecode --python .venv-$@ --resolution $(RESOLUTION) '.[plot,statsforecast,evaluation]'
	$(UV) pip freeze --python .venv-$@ | grep -v '^gated' > .venv-$@/constraints.txt
	$(UV) pip install --python .venv-$@ --constraints .venv-$@/constraints.txt --group test
	.venv-$@/bin/python -m pytest -n 2 $(BOUNDED_TESTS)

$(RELEASE)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(RELEASE)
	PIP_CONSTRAINT=constraints.txt $(RELEASE)/bin/python -m pip install --quiet pip
	PIP_CONSTRAINT=constraints.txt $(RELEASE)/bin/python -m pip install --quiet --group release
	touch $@

# Where the tools of development are installed, they are kept up to date as well.
install: $(VENV)/$(if $(wildcard $(VENV)/.dev),.dev,.installed)
dev: $(VENV)/.dev

$(VENV)/.python:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(PIP): $(VENV)/.python constraints.txt
	$(PIP_INSTALL) pip
	touch $@

$(COMPILER): $(VENV)/.python
	rm -f $(VENV)/.*-compiler
	touch $@

# For this machine only, and quickly: one instruction set, which is compiled while the packages are
# installed; Python compiles their modules when it first imports them.
$(VENV)/.installed: export PIP_NO_COMPILE := 1
$(VENV)/.installed: export GATED_INSTRUCTION_SETS ?= native
$(VENV)/.installed: $(PIP) $(COMPILER) $(MADE_FROM)
	$(NEEDED) > $(VENV)/.needed
	$(PIP_INSTALL) --requirement $(VENV)/.needed & needed=$$!; \
	$(PIP_INSTALL) --no-deps --editable .; built=$$?; \
	wait $$needed && exit $$built
	touch $@
	@$(SAY_WHICH)

$(VENV)/.dev: $(PIP) $(COMPILER) $(MADE_FROM)
	$(PIP_INSTALL) --editable . --group dev
	touch $(VENV)/.installed $@
	@$(SAY_WHICH)

clean:                   ## remove the environment, all caches and what was built
	rm -rf $(VENV) $(DOCS) $(RELEASE) $(ADAPTERS) .venv-lowest .venv-newest build dist tools/js/node_modules src/gated/ops/_cpu.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
