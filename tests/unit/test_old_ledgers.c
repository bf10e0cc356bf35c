/* SPDX-License-Identifier: MIT */
/* test_old_ledgers.c - ledgers of every version of the format, kept in fixtures/ledgers (make.sh says how
 * they were made): each must go on to verify, hold its seal, replay, report and be written to.
 */
#define _XOPEN_SOURCE 700
#include "tests/unit/program_fixture.h"

static const char *const versions[] = {"format-2"};

static void begin(const char *version) {
    run("cp '%s/fixtures/ledgers/%s.db' ledger.db && cp '%s/fixtures/ledgers/%s.seal' ledger.seal && "
        "cp '%s/fixtures/ledgers/%s.pub' seal.pub && chmod 600 ledger.db",
        project, version, project, version, project, version);
    expect(0);
}

static void verifies(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        begin(versions[i]);
        run("stonad verify --db ledger.db");
        expect(0);
        has(out, "nothing found: 16 entries, 5 runs, 332 payslips");
        run("stonad verify --db ledger.db --seal ledger.seal --public-key seal.pub");
        expect(0);
        has(out, "the seal holds: the first 16 entries");
        run("stonad verify --db ledger.db --since ledger.seal --public-key seal.pub");
        expect(0);
    }
}

/* Every line of every run is what this version computes, by the rule set the run names. */
static void replays(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        begin(versions[i]);
        run("stonad replay --db ledger.db");
        expect(0);
        has(out, "run 1: 68 payslips, 220 lines recomputed, all the same\n");
        has(out, "run 3: 69 payslips, 300 lines recomputed, all the same\n");
        has(out, "run 4: 64 payslips, 266 lines recomputed, all the same\n");
        has(out, "run 5: 62 payslips, 195 lines recomputed, all the same\n");
        run("stonad replay 2 --db ledger.db");
        expect(0);
    }
}

/* Figures as they were printed when the ledger was made. */
static void reports(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        char expected[200];
        begin(versions[i]);
        run("for command in runs claims 'payslips 3' 'lines 4' 'corrections 4' people; do "
            "echo \"== $command\"; stonad $command --db ledger.db --format csv; done > now.txt");
        expect(0);
        (void)snprintf(expected, sizeof expected, "%.120s/fixtures/ledgers/%s.txt", project,
                       versions[i]);
        assert_true(same_bytes("now.txt", expected));
    }
}

/* The next month goes into it, and a copy of the payment file of a month long paid comes out the same. */
static void goes_on(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        begin(versions[i]);
        run("stonad export 1 --as pain.001.001.09 -o may.xml --actor ola --today 2026-09-01 "
            "--db ledger.db");
        expect(0);
        run("stonad discard 5 --actor kari --today 2026-09-01 --db ledger.db && "
            "stonad run --month 2026-09 --payday 2026-09-20 --actor kari --today 2026-09-01 "
            "--db ledger.db && stonad verify --db ledger.db && stonad replay --db ledger.db");
        expect(0);
        run("stonad verify --db ledger.db --seal ledger.seal --public-key seal.pub");
        expect(0);
    }
}

int main(void) {
    if (!find_program())
        return 1;
    const struct CMUnitTest tests[] = {
        IN_FOLDER(verifies),
        IN_FOLDER(replays),
        IN_FOLDER(reports),
        IN_FOLDER(goes_on),
    };
    return cmocka_run_group_tests_name("old ledgers", tests, NULL, NULL);
}
