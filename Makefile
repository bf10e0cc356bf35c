# SPDX-License-Identifier: MIT
# stonad's build. `make demo` pays a month of a synthetic municipality, `make test` runs every test;
# both install what is missing on Debian (`make deps`). Everything built lies in $(BUILD).

CC       ?= cc
BUILD    ?= build
VERSION  := 0.1.0
PACKAGES := gmp sqlite3 libxml-2.0 libcrypto libutf8proc
DEBIAN   := pkg-config libgmp-dev libsqlite3-dev libxml2-dev libssl-dev libutf8proc-dev libcmocka-dev \
            libxml2-utils sqlite3 python3 hledger

WARNINGS := -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wshadow -Wundef \
            -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wcast-qual \
            -Wwrite-strings -Wformat=2 -Wvla -Wpointer-arith -Wdouble-promotion
OPTIMIZE ?= -O2 -g
SANITIZE ?=
# The withholding tables are met in plain IEEE binary64: no fused or extended arithmetic anywhere.
CFLAGS_ALL = -std=c17 $(OPTIMIZE) $(WARNINGS) -ffp-contract=off -fno-strict-overflow \
             -D_FORTIFY_SOURCE=2 -fstack-protector-strong -MMD -MP -Iinclude -I. -I$(BUILD)/gen \
             -DSTONAD_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(PACKAGES)) $(SANITIZE) $(CFLAGS)
LDLIBS_ALL = $(shell pkg-config --libs $(PACKAGES)) $(LDLIBS)

LIB_SOURCES  := $(sort $(wildcard engine/*.c formats/*.c db/*.c))
GEN_SOURCES   = $(BUILD)/gen/withholding_data.c $(BUILD)/gen/resources.c
CLI_SOURCES  := $(sort $(wildcard cli/*.c))
UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))

LIB_OBJECTS  = $(LIB_SOURCES:%.c=$(BUILD)/%.o) $(GEN_SOURCES:.c=.o)
CLI_OBJECTS  = $(CLI_SOURCES:%.c=$(BUILD)/%.o)
UNIT_TESTS   = $(UNIT_SOURCES:%.c=$(BUILD)/%)

# `make V=1` shows the commands whole.
ifdef V
say =
quiet =
else
say = @echo "  $(1) $(patsubst $(BUILD)/%,%,$@)";
quiet = @
endif

.DEFAULT_GOAL := all
.PHONY: all deps test check-walls demo install clean
.DELETE_ON_ERROR:

all: $(BUILD)/stonad $(BUILD)/libstonad.a

$(BUILD)/libstonad.a: $(LIB_OBJECTS)
	@rm -f $@
	$(call say,ar)$(AR) rcs $@ $^

$(BUILD)/stonad: $(CLI_OBJECTS) $(BUILD)/libstonad.a
	$(call say,link)$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LDLIBS_ALL)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,cc)$(CC) $(CFLAGS_ALL) -c -o $@ $<

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	$(call say,cc)$(CC) $(CFLAGS_ALL) -c -o $@ $<

# The published figures of the withholding tables, one file a year, compiled in with their digests.
WITHHOLDING_YEARS := $(sort $(wildcard engine/withholding/2*.csv))
$(BUILD)/gen/withholding_data.c: engine/withholding/compile.awk engine/withholding/periods.csv $(WITHHOLDING_YEARS)
	@mkdir -p $(@D)
	$(quiet)sha256sum engine/withholding/periods.csv $(WITHHOLDING_YEARS) > $(@D)/withholding.sha256
	$(call say,awk)awk -f engine/withholding/compile.awk $(@D)/withholding.sha256 engine/withholding/periods.csv $(WITHHOLDING_YEARS) > $@

# The ledger's schema and the payment files' own schemas, readable files compiled in as bytes:
# db/schema.sql becomes st_resource_db_schema_sql[] (NUL-terminated) and ..._size.
RESOURCES := db/schema.sql formats/pain.001.001.03.xsd formats/pain.001.001.09.xsd
$(BUILD)/gen/resources.c: $(RESOURCES)
	@mkdir -p $(@D)
	@{ echo '/* Made from $(RESOURCES). */'; echo '#include "resources.h"'; \
	for file in $(RESOURCES); do name=st_resource_$$(echo $$file | tr '/.' '__'); \
	  echo "const char $${name}[] = {"; od -An -v -tx1 $$file | sed 's/ \(..\)/0x\1,/g; s/0x\([89a-f].\)/(char)0x\1/g'; \
	  echo '0};'; echo "const size_t $${name}_size = sizeof $${name} - 1;"; done; } > $@
$(BUILD)/gen/resources.o: $(BUILD)/gen/resources.h
$(BUILD)/gen/resources.h: $(RESOURCES)
	@mkdir -p $(@D)
	@{ echo '#ifndef STONAD_RESOURCES_H'; echo '#define STONAD_RESOURCES_H'; echo '#include <stddef.h>'; \
	for file in $(RESOURCES); do name=st_resource_$$(echo $$file | tr '/.' '__'); \
	  echo "extern const char $${name}[];"; echo "extern const size_t $${name}_size;"; done; echo '#endif'; } > $@
$(LIB_OBJECTS): | $(BUILD)/gen/resources.h
$(BUILD)/gen/withholding_data.o: engine/withholding_data.h include/stonad/withholding.h

# One cmocka program a file; `make test` runs them all.
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libstonad.a
	$(call say,link)$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs cmocka) $(LDLIBS_ALL)

# What is missing, found by pkg-config and installed with apt-get (with sudo when not root).
deps:
	@missing=""; for tool in pkg-config xmllint sqlite3 python3 hledger; do command -v $$tool >/dev/null 2>&1 || missing="$$missing $$tool"; done; \
	command -v pkg-config >/dev/null 2>&1 && for package in $(PACKAGES) cmocka; do \
	  pkg-config --exists $$package || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  echo "missing:$$missing - installing with apt-get"; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $(DEBIAN) >/dev/null; \
	fi

# `make test` and `make demo` install first, then build with what pkg-config now knows.
test: deps
	@$(MAKE) --no-print-directory run-tests
demo: deps
	@$(MAKE) --no-print-directory run-demo

.PHONY: run-tests run-demo
run-demo: all
	@sh fixtures/pay-demo.sh $(BUILD)/stonad $(BUILD)/demo
run-tests: all check-walls $(UNIT_TESTS) $(BUILD)/tests/cases/run_cases
	@failed=0; for test in $(UNIT_TESTS) $(BUILD)/tests/cases/run_cases; do \
	  STONAD=$(BUILD)/stonad $$test > $$test.log 2>&1; status=$$?; \
	  if [ $$status -ne 0 ]; then failed=1; grep -v '\[ RUN\|\[       OK' $$test.log; echo "FAILED: $$test"; \
	  else echo "$$(basename $$test): $$(grep -c '\[       OK' $$test.log) passed"; fi; done; \
	sh tests/readme.sh $(BUILD)/stonad || failed=1; \
	sh tests/controls.sh $(BUILD)/stonad || failed=1; \
	sh tests/verifier/run.sh $(BUILD)/stonad || failed=1; \
	python3 tests/reference/compare.py $(BUILD)/stonad 400 1 --verify || failed=1; \
	python3 tests/reference/histories.py $(BUILD)/stonad 300 1 || failed=1; \
	cat $(UNIT_TESTS:=.log) $(BUILD)/tests/cases/run_cases.log | awk '/\[       OK/ {passed++} /\[  FAILED  \] [A-Za-z]/ {lost++} \
	  END {printf "%d passed, %d failed\n", passed, lost/2}'; exit $$failed

# What random histories of PEOPLE people over 24 months were paid, against one computation at the end.
PEOPLE ?= 10000
SEED   ?= 1
.PHONY: histories
histories: all
	python3 tests/reference/histories.py $(BUILD)/stonad $(PEOPLE) $(SEED)

# The walls: the engine includes no I/O, clock or locale; no float outside the one file of the tables;
# ledger and formats do not know each other; the command line has no SQL.
check-walls:
	@sh tests/walls.sh

# Objects of the tests are kept; all of them are built anew when they are gone.
.PRECIOUS: $(BUILD)/%.o
-include $(LIB_OBJECTS:.o=.d) $(CLI_OBJECTS:.o=.d) $(UNIT_TESTS:=.d)
-include $(BUILD)/tests/cases/run_cases.d

# The mutants of the rule functions, each to be killed by a law case: docs/mutants.md. MUTANTS='R08-*' for some.
MUTANTS ?= *
.PHONY: mutants run-mutants
mutants: deps
	@$(MAKE) --no-print-directory run-mutants
run-mutants:
	@CC='$(CC)' sh tests/mutants/mutants.sh $(BUILD) $(MAKE) '$(MUTANTS)'

# The benchmark: `make bench`, `make bench N=100000`. Nothing here fails a build.
N ?= 10000
BENCH_SOURCES  := $(sort $(wildcard tests/bench/*.c))
BENCH_PROGRAMS  = $(BENCH_SOURCES:tests/bench/%.c=$(BUILD)/bench/%)

$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/libstonad.a
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LDLIBS_ALL)

.PHONY: bench run-bench
bench: deps
	@$(MAKE) --no-print-directory run-bench
run-bench: all $(BENCH_PROGRAMS)
	@sh tests/bench/bench.sh $(BUILD)/stonad $(BUILD)/bench $(N)
-include $(BENCH_SOURCES:%.c=$(BUILD)/%.d)

clean:
	rm -rf build build-*
