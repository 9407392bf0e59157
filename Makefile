# Every target does the set-up that it needs by itself: packages by apt (as root or with sudo), then the build.
JOBS ?= $(shell nproc)
SOURCES = $(shell git ls-files 'include/*.hpp' 'src/*.cpp' 'src/*.hpp' 'tests/*.cpp' 'tests/*.hpp' 'bench/*.cpp' 'bench/*.hpp' 'fuzz/*.cpp' 'fuzz/*.hpp' 'examples/*.cpp' 'examples/*.hpp')

.PHONY: build program demo test test-unit test-matrix bench coverage lint format sanitize clang soak clean packages

build: packages
	cmake --preset release >/dev/null
	cmake --build build --parallel $(JOBS)

# The program alone.
program: packages
	cmake --preset release >/dev/null
	cmake --build build --parallel $(JOBS) --target pgvista

demo: program
	build/bin/pgvista demo

test: build
	ctest --test-dir build --output-on-failure --parallel $(JOBS)

# Without a server, in seconds: what one runs after each change.
test-unit: packages
	cmake --preset dev >/dev/null
	cmake --build build/dev --parallel $(JOBS) --target unit_tests
	ctest --test-dir build/dev -L unit --output-on-failure

test-matrix: build
	scripts/test-matrix $(MAJORS)

bench: build
	build/bench/pgvista_bench
	build/bench/pgvista_road
	build/bench/pgvista_migrations
	build/bench/pgvista_typed
	scripts/bench-compile
	build/bench/pgvista_maintenance
	build/bench/pgvista_tpch 0.1 1
	build/bench/pgvista_large
	build/bench/pgvista_contention
	build/bench/pgvista_deferred
	bench/serving

sanitize: packages
	cmake --preset sanitize >/dev/null
	cmake --build build/sanitize --parallel $(JOBS)
	ctest --test-dir build/sanitize --output-on-failure --parallel $(JOBS)

clang: packages
	scripts/install-packages scripts/lint-packages.txt
	cmake --preset clang >/dev/null
	cmake --build build/clang --parallel $(JOBS)

# Lines and branches by folder, of the tests without a server; ALL=1: of those with one, too.
coverage: packages
	scripts/install-packages scripts/coverage-packages.txt
	scripts/coverage $(if $(ALL),unit\|database,unit)

lint: build
	scripts/install-packages scripts/lint-packages.txt
	clang-format-14 --dry-run --Werror $(SOURCES)
	clang-tidy-14 --quiet -p build $(filter src/%.cpp,$(SOURCES))

format:
	clang-format-14 -i $(SOURCES)

# Longer campaigns: many random trees through the printer, and the kill test again and again.
MINUTES ?= 5
soak: build
	scripts/soak $(MINUTES)

clean:
	rm -rf build

packages:
	@scripts/install-packages scripts/packages.txt
