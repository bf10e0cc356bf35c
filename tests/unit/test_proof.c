/* SPDX-License-Identifier: MIT */
/* test_proof.c - proofs of payslips and of heads, on the demo's ledger: every payslip proved at
 * every head, nothing of anybody else in the file, and every byte of a file changed in turn -
 * refused or found. The program's own commands, as a clerk and an auditor type them.
 */
#define _XOPEN_SOURCE 700
#include "program_fixture.h"

#include "stonad/proof.h"

#include <sqlite3.h>

#define LEDGER "demo/ledger.db"
#define MARIAM "01888429634"
enum { PAYSLIPS = 68, PROOF_SIZE_MAX = 100000 };

static struct st_error error;

static int make_ledger(void **state) {
    if (enter_folder(state) != 0)
        return -1;
    run("sh '%s/fixtures/pay-demo.sh' '%s' demo", project, program);
    expect(0);
    (void)setenv("STONAD_DB", LEDGER, 1);
    return 0;
}

static int remove_ledger(void **state) {
    (void)unsetenv("STONAD_DB");
    return leave_folder(state);
}

/* ---- findings ------------------------------------------------------------------------------ */

enum { CODES_SIZE = 400 };
struct found {
    int count;
    char codes[CODES_SIZE];
};

static enum st_status take(void *context, const struct st_verify_row *row) {
    struct found *found = context;
    size_t used = strlen(found->codes);
    found->count++;
    assert_non_null(row->expected);
    assert_non_null(row->found);
    assert_true(strlen(row->text) > 0 && row->table != NULL && row->row != NULL);
    (void)snprintf(found->codes + used, sizeof found->codes - used, "%s ", row->code);
    return ST_OK;
}

static struct found check(const struct st_proof *proof, const char *head, int64_t entry_count) {
    struct found found = {.count = 0};
    struct st_proved proved;
    assert_int_equal(st_proof_check(proof, head, entry_count, take, &found, &proved, &error),
                     ST_OK);
    if (found.count == 0)
        assert_int_equal(proved.run, 1);
    return found;
}

static void finds(const struct found *found, const char *expected) {
    if (strcmp(found->codes, expected) != 0)
        print_message("found: %s\nexpected: %s\n", found->codes, expected);
    assert_string_equal(found->codes, expected);
}

/* ---- the ledger ---------------------------------------------------------------------------- */

static struct st_ledger *open_ledger(void) {
    struct st_ledger *ledger;
    assert_int_equal(st_ledger_open(LEDGER, ST_OPEN_READ, &ledger, &error), ST_OK);
    return ledger;
}

static struct st_proof prove(struct st_ledger *ledger, const char *person_id, int64_t entries) {
    struct st_proof proof;
    if (st_ledger_prove(ledger, 1, person_id, entries, &proof, &error) != ST_OK)
        fail_msg("%s: %s", error.code, error.text);
    return proof;
}

static void write_proof(const char *path, const struct st_proof *proof) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(st_proof_write(file, proof, &error), ST_OK);
    assert_int_equal(fclose(file), 0);
}

struct people {
    int count;
    char ids[PAYSLIPS][12], names[PAYSLIPS][160], accounts[PAYSLIPS][12];
};

static enum st_status keep_person(void *context, const struct st_payslip_row *row) {
    struct people *people = context;
    int i = people->count++;
    assert_in_range(i, 0, PAYSLIPS - 1);
    (void)snprintf(people->ids[i], sizeof people->ids[i], "%s", row->person_id);
    (void)snprintf(people->names[i], sizeof people->names[i], "%s", row->name);
    (void)snprintf(people->accounts[i], sizeof people->accounts[i], "%s", row->account);
    return ST_OK;
}

static struct people *read_people(struct st_ledger *ledger) {
    static struct people people;
    people.count = 0;
    assert_int_equal(st_ledger_each_payslip(ledger, 1, NULL, keep_person, &people, &error), ST_OK);
    assert_int_equal(people.count, PAYSLIPS);
    return &people;
}

/* ---- tests --------------------------------------------------------------------------------- */

static void columns_are_those_of(sqlite3 *db, const struct st_proof_table *table,
                                 const char *name) {
    sqlite3_stmt *row;
    size_t count = 0;
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT name FROM pragma_table_info(?)", -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC), SQLITE_OK);
    for (; count < table->column_count && sqlite3_step(row) == SQLITE_ROW; count++)
        assert_string_equal((const char *)sqlite3_column_text(row, 0), table->columns[count]);
    assert_int_equal(count, table->column_count);
    /* A payslip's rows are hashed whole; of an entry, all but hash and codes. */
    assert_int_equal(sqlite3_step(row), strcmp(name, "journal") == 0 ? SQLITE_ROW : SQLITE_DONE);
    (void)sqlite3_finalize(row);
}

static void files_name_the_columns_of_the_ledger(void **state) {
    sqlite3 *db;
    (void)state;
    assert_int_equal(sqlite3_open(LEDGER, &db), SQLITE_OK);
    for (size_t i = 0; i < ST_PROOF_TABLE_COUNT; i++)
        columns_are_those_of(db, &st_proof_tables[i], st_proof_tables[i].name);
    columns_are_those_of(db, &st_proof_entry, "journal");
    assert_int_equal(st_proof_entry.column_count, 10);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Through a file each, so that what is written is read back the same. */
static void every_payslip_is_proved_at_every_head(void **state) {
    struct st_ledger *ledger = open_ledger();
    struct people *people = read_people(ledger);
    int proof_count = 0;
    (void)state;
    for (int i = 0; i < people->count; i++)
        for (int64_t entries = 3; entries <= 5; entries++) {
            struct st_proof proof = prove(ledger, people->ids[i], entries), read;
            char head[ST_HASH_TEXT_SIZE];
            int64_t count;
            assert_int_equal(st_ledger_head(ledger, entries + 1, head, &count, &error), ST_OK);
            assert_int_equal(count, entries);
            assert_string_equal(proof.head, head);
            assert_int_equal(proof.index, i);
            assert_int_equal(proof.count, PAYSLIPS);
            write_proof("each.json", &proof);
            assert_int_equal(st_proof_read("each.json", &read, &error), ST_OK);
            struct found found = check(&read, head, entries);
            finds(&found, "");
            st_proof_free(&read);
            st_proof_free(&proof);
            proof_count++;
        }
    print_message("payslips proved: %d\n", proof_count);
    st_ledger_close(ledger);
}

static void a_proof_shows_nobody_else(void **state) {
    struct st_ledger *ledger = open_ledger();
    struct people *people = read_people(ledger);
    static char text[OUTPUT_MAX];
    (void)state;
    for (int i = 0; i < people->count; i++) {
        struct st_proof proof = prove(ledger, people->ids[i], 0);
        write_proof("own.json", &proof);
        st_proof_free(&proof);
        slurp("own.json", text);
        has(text, people->ids[i]);
        for (int k = 0; k < people->count; k++) {
            if (k == i)
                continue;
            has_not(text, people->ids[k]);
            has_not(text, people->names[k]);
            has_not(text, people->accounts[k]);
        }
    }
    st_ledger_close(ledger);
}

/* What of one payslip does another one's proof accept? Nothing: salt, path, place are its own. */
static void parts_of_two_proofs_do_not_mix(void **state) {
    struct st_ledger *ledger = open_ledger();
    struct people *people = read_people(ledger);
    struct st_proof one = prove(ledger, people->ids[3], 0),
                    other = prove(ledger, people->ids[4], 0);
    struct st_proof mixed;
    struct found found;
    (void)state;
    one.payslip.readable = one.payslip.hashed;
    one.entry.readable = one.entry.hashed;
    found = check(&one, one.head, 5);
    finds(&found, "");
    mixed = one;
    memcpy(mixed.salt, other.salt, sizeof mixed.salt);
    found = check(&mixed, one.head, 5);
    finds(&found, "VERIFY-PROOF-PAYSLIP ");
    mixed = one;
    mixed.path = other.path;
    found = check(&mixed, one.head, 5);
    finds(&found, "VERIFY-PROOF-PAYSLIP ");
    mixed = one;
    mixed.index = other.index;
    found = check(&mixed, one.head, 5);
    finds(&found, "VERIFY-PROOF-PAYSLIP ");
    mixed = one;
    mixed.payslip.hashed = mixed.payslip.readable = other.payslip.hashed;
    found = check(&mixed, one.head, 5);
    finds(&found, "VERIFY-PROOF-PAYSLIP ");
    mixed = one;
    mixed.payslip.readable = other.payslip.hashed;
    found = check(&mixed, one.head, 5);
    assert_true(strncmp(found.codes, "VERIFY-PROOF-READABLE ", 22) == 0);
    mixed = one;
    mixed.count++;
    found = check(&mixed, one.head, 5);
    finds(&found, "VERIFY-PROOF-COUNT ");
    mixed = one;
    mixed.entry_path.count--;
    found = check(&mixed, one.head, 5);
    finds(&found, "VERIFY-PROOF-ENTRY ");
    found = check(&one, "0000000000000000000000000000000000000000000000000000000000000000", 6);
    finds(&found, "VERIFY-PROOF-HEAD VERIFY-PROOF-ENTRIES ");
    one.payslip.readable = one.entry.readable = (struct st_canonical_bytes){0};
    st_proof_free(&one);
    st_proof_free(&other);
    st_ledger_close(ledger);
}

/* ---- every byte ---------------------------------------------------------------------------- */

static void put_file(const char *path, const char *text, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Whether a file is still taken for a proof that holds. */
static bool holds(const char *path, const char *head, int64_t entry_count) {
    struct st_proof proof;
    enum st_status status = st_proof_read(path, &proof, &error);
    if (status != ST_OK) {
        assert_int_equal(status, ST_BAD_INPUT);
        assert_true(strncmp(error.code, "json.", 5) == 0);
        assert_non_null(strstr(error.text, path)); /* with the place */
        return false;
    }
    struct found found = check(&proof, head, entry_count);
    st_proof_free(&proof);
    return found.count == 0;
}

static void every_changed_byte_is_refused_or_found(void **state) {
    struct st_ledger *ledger = open_ledger();
    static char text[OUTPUT_MAX];
    struct st_proof proof = prove(ledger, MARIAM, 0);
    size_t size;
    int tried = 0;
    (void)state;
    write_proof("whole.json", &proof);
    slurp("whole.json", text);
    size = strlen(text);
    for (size_t i = 0; i < size; i++)
        for (int bit = 0; bit < 7; bit += 3) {
            text[i] ^= (char)(1 << bit);
            put_file("broken.json", text, size);
            if (holds("broken.json", proof.head, 5))
                fail_msg("bit %d of byte %zu changed, and the proof holds: %.60s", bit, i,
                         text + i);
            text[i] ^= (char)(1 << bit);
            tried++;
        }
    print_message("bits changed: %d, none accepted\n", tried);
    for (size_t cut = 1; cut < size - 1; cut += 97) { /* the last byte is a line feed */
        put_file("broken.json", text, cut);
        assert_false(holds("broken.json", proof.head, 5));
    }
    st_proof_free(&proof);
    st_ledger_close(ledger);
}

/* ---- the commands -------------------------------------------------------------------------- */

static void copy_head(char head[ST_HASH_TEXT_SIZE]) {
    const char *at = strstr(out, "head            ");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "head %64s", head), 1);
}

static void a_payslip_is_proved_and_checked(void **state) {
    char head[ST_HASH_TEXT_SIZE];
    (void)state;
    run("stonad prove 1 --person " MARIAM " -o p.json");
    expect(0);
    copy_head(head);
    run("stonad verify --proof p.json --head %s --db nowhere.db", head);
    expect(0);
    has(out, "the proof holds: run 1 made this payslip");
    has(out, "person          018884*****\n");
    has(out, "month           2026-05\n");
    has(out, "net             9 673,17\n");
    has(out, "place           2 of 68 payslips\n");
    has(out, "as the file says");
    has_not(out, MARIAM);
    run("stonad verify --proof p.json --head %s --format csv", head);
    expect(0);
    assert_string_equal(out, "code,table,row,field,expected,found,amount,text\n");
    run("stonad prove 1 --person " MARIAM " -o p4.json --at 4 --format csv");
    expect(0);
    has(out, "file,entries,head\np4.json,4,");
    run("stonad verify --proof p4.json --head %s", head);
    expect(1);
    has(out, "[VERIFY-PROOF-HEAD]");
    has(out, "--at");
    run("sed 's/\"net_ore\": 967317/\"net_ore\": 9673170/' p.json > more.json; "
        "stonad verify --proof more.json --head %s",
        head);
    expect(1);
    has(out, "payslip, row 1, net_ore: ");
    has(out, "  expected: 967317\n  found:    9673170\n");
    has(out, "1 finding: the proof does not hold\n");
}

/* A person who is held has a payslip too, and it says so. */
static void a_held_payslip_is_proved(void **state) {
    char head[ST_HASH_TEXT_SIZE], person[12];
    (void)state;
    run("stonad payslips 1 --format csv | grep ',held$'");
    expect(0);
    (void)snprintf(person, sizeof person, "%.11s", out);
    run("stonad prove 1 --person %s -o held.json", person);
    expect(0);
    copy_head(head);
    run("stonad verify --proof held.json --head %s", head);
    expect(0);
    has(out, "held back: not paid");
}

static void proofs_are_refused_with_a_sentence(void **state) {
    (void)state;
    refuses(4, "run.unknown", "stonad prove 7 --person " MARIAM " -o x.json");
    refuses(3, "person.payslip", "stonad prove 1 --person " ANNA " -o x.json");
    refuses(3, "person.form", "stonad prove 1 --person 123 -o x.json");
    refuses(2, "option.missing", "stonad prove 1 -o x.json");
    refuses(2, "option.missing", "stonad prove 1 --person " MARIAM);
    refuses(2, "option.value", "stonad prove 1 --person " MARIAM " -o x.json --at 0");
    refuses(3, "proof.entries", "stonad prove 1 --person " MARIAM " -o x.json --at 6");
    refuses(3, "proof.early", "stonad prove 1 --person " MARIAM " -o x.json --at 2");
    run("ls x.json");
    expect(2); /* nothing was written */
    run("stonad prove 1 --person " MARIAM " -o x.json --dry-run; ls x.json");
    expect(2);
    has(err, "dry run");
    run("stonad prove 1 --person " MARIAM " -o x.json");
    expect(0);
    refuses(4, "file.exists", "stonad prove 1 --person " MARIAM " -o x.json");
    run("stonad prove 1 --person " MARIAM " -o x.json --force");
    expect(0);
    refuses(2, "option.missing", "stonad verify --proof x.json");
    refuses(2, "option.missing", "stonad verify --head 00");
    refuses(2, "option.value", "stonad verify --proof x.json --head 00");
    refuses(2, "option.alone", "stonad verify --proof x.json --consistency x.json");
    refuses(7, "input.open", "stonad verify --proof none.json --head $(printf %064d 0)");
    write_file("empty.json", "");
    refuses(3, "json.syntax", "stonad verify --proof empty.json --head $(printf %064d 0)");
    write_file("other.json", "{\"form\": \"stonad-seal-1\"}\n");
    refuses(3, "json.form", "stonad verify --proof other.json --head $(printf %064d 0)");
    run("sed 's/\"salt\"/\"Salt\"/' x.json > other.json");
    refuses(3, "json.field", "stonad verify --proof other.json --head $(printf %064d 0)");
    run("sed 's/\"head\": \\(.*\\)/\"head\": \\1, \"more\": 1/' x.json > other.json");
    refuses(3, "json.field", "stonad verify --proof other.json --head $(printf %064d 0)");
    has(err, "other.json:");
}

/* A payslip that is not the one its run made is not proved. */
static void a_changed_ledger_proves_nothing(void **state) {
    (void)state;
    run("cp " LEDGER " changed.db; sqlite3 changed.db \"DROP TRIGGER payslip_no_update; "
        "UPDATE payslip SET account = '12345678903' WHERE person_id = '" MARIAM "'\"");
    expect(0);
    refuses(6, "ledger.root", "stonad prove 1 --person " MARIAM " -o no.json --db changed.db");
    run("cp " LEDGER " changed.db; sqlite3 changed.db \"DROP TRIGGER journal_no_update; "
        "UPDATE journal SET actor = 'per' WHERE entry = 2\"");
    expect(0);
    refuses(6, "ledger.chain", "stonad prove 1 --person " MARIAM " -o no.json --db changed.db");
    refuses(6, "ledger.chain", "stonad consistency --from 2 -o no.json --db changed.db");
}

/* Quotes, backslashes and characters past U+FFFF, through the file and back. */
static void any_name_goes_through_a_file(void **state) {
    char head[ST_HASH_TEXT_SIZE];
    (void)state;
    write_facts();
    write_file("may/participants.csv",
               "person_id,name,birth_date,account,language\n" ANNA
               ",\"Anna \"\"A\\B\"\" \U0001F33B Prøve\",1990-01-01,"
               "1234.56.78903,nb\n" BERA ",Bera Prøve,1995-03-15,12345678903,en\n");
    run(INIT " --db names.db && stonad import may --today 2026-05-20 --actor anna --db names.db && "
             "stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-25 --actor anna"
             " --db names.db");
    expect(0);
    run("stonad prove 1 --person " ANNA " -o names.json --db names.db");
    expect(0);
    copy_head(head);
    run("stonad verify --proof names.json --head %s", head);
    expect(0);
    run("grep -c 'Anna \\\\\"A\\\\\\\\B\\\\\" \U0001F33B Prøve' names.json");
    expect(0);
    /* The same text, spelled otherwise in JSON, is the same text. */
    run("sed 's/\U0001F33B/\\\\ud83c\\\\udf3b/g; s/ø/\\\\u00f8/g' names.json > other.json; "
        "stonad verify --proof other.json --head %s",
        head);
    expect(0);
    run("grep -c ud83c other.json");
    expect(0);
    run("sed 's/\U0001F33B/\\\\ud83c/g' names.json > other.json; "
        "stonad verify --proof other.json --head %s",
        head);
    expect(3);
}

/* ---- consistency --------------------------------------------------------------------------- */

static struct found check_consistency(const struct st_consistency *proof, const char *old_head,
                                      const char *new_head) {
    struct found found = {.count = 0};
    assert_int_equal(st_consistency_check(proof, old_head, new_head, take, &found, &error), ST_OK);
    return found;
}

static void every_head_continues_every_earlier_one(void **state) {
    struct st_ledger *ledger = open_ledger();
    (void)state;
    for (int64_t from = 1; from <= 5; from++)
        for (int64_t to = from; to <= 5; to++) {
            struct st_consistency proof;
            char old_head[ST_HASH_TEXT_SIZE], new_head[ST_HASH_TEXT_SIZE];
            int64_t count;
            struct found found;
            assert_int_equal(st_ledger_prove_consistency(ledger, from, to, &proof, &error), ST_OK);
            assert_int_equal(st_ledger_head(ledger, from + 1, old_head, &count, &error), ST_OK);
            assert_int_equal(st_ledger_head(ledger, to + 1, new_head, &count, &error), ST_OK);
            found = check_consistency(&proof, old_head, new_head);
            finds(&found, "");
            if (from == to)
                continue;
            found = check_consistency(&proof, new_head, old_head);
            finds(&found, "VERIFY-PROOF-HEAD VERIFY-PROOF-HEAD ");
            proof.path.hashes[proof.path.count - 1][0] ^= 1;
            found = check_consistency(&proof, old_head, new_head);
            assert_true(found.count > 0);
        }
    st_ledger_close(ledger);
}

static void consistency_is_proved_and_checked(void **state) {
    static char text[OUTPUT_MAX];
    char old_head[ST_HASH_TEXT_SIZE], new_head[ST_HASH_TEXT_SIZE];
    (void)state;
    run("stonad consistency --from 3 -o c.json");
    expect(0);
    copy_head(new_head);
    assert_int_equal(sscanf(out, "from 3 entries, head %64s", old_head), 1);
    run("stonad verify --consistency c.json --head %s --head %s --db nowhere.db", old_head,
        new_head);
    expect(0);
    has(out, "the proof holds: the later head continues the earlier one");
    run("stonad verify --consistency c.json --head %s --head %s", new_head, old_head);
    expect(1);
    has(out, "2 findings: the proof does not hold");
    slurp("c.json", text);
    for (size_t i = 0, size = strlen(text); i < size; i++) {
        struct st_consistency proof;
        text[i] ^= 1;
        put_file("broken.json", text, size);
        enum st_status status = st_consistency_read("broken.json", &proof, &error);
        struct found found = {.count = 0};
        if (status == ST_OK)
            found = check_consistency(&proof, old_head, new_head);
        /* The numbers of entries are no part of a head: 3 of 5 is proved as 2 of 4 would be. */
        if (status == ST_OK && found.count == 0 && strchr("35", text[i] ^ 1) == NULL)
            fail_msg("byte %zu changed, and the proof holds: %.40s", i, text + i);
        text[i] ^= 1;
    }
    refuses(2, "option.missing", "stonad verify --consistency c.json --head $(printf %064d 0)");
    refuses(3, "proof.order", "stonad consistency --from 3 --to 2 -o d.json");
    refuses(3, "proof.entries", "stonad consistency --from 6 -o d.json");
    refuses(3, "proof.entries", "stonad consistency --from 1 --to 9 -o d.json");
    refuses(4, "file.exists", "stonad consistency --from 1 -o c.json");
}

/* ---- canonical bytes ----------------------------------------------------------------------- */

static void a_value_has_one_spelling(void **state) {
    static const char *const wrong[] = {"",       "n",
                                        "n:",     "i;",
                                        "i1",     "i+1;",
                                        "i01;",   "i-0;",
                                        "i-;",    "i1.0;",
                                        "t;",     "t1;",
                                        "t1:a",   "t2:a;",
                                        "t01:a;", "t-1:;",
                                        "x;",     "i9223372036854775808;",
                                        "t1:ab;", "t9223372036854775807:a;"};
    static const char right[] = "n;i0;i-9223372036854775808;i9223372036854775807;t0:;t3:a;b;";
    const char *at = right, *end = right + sizeof right - 1;
    struct st_canonical_bytes bytes = {0};
    struct st_canonical_value value;
    (void)state;
    while (st_canonical_next(&at, end, &value))
        st_canonical_put(&bytes, &value);
    assert_ptr_equal(at, end);
    assert_int_equal(bytes.size, sizeof right - 1);
    assert_memory_equal(bytes.bytes, right, bytes.size);
    st_canonical_free(&bytes);
    for (size_t i = 0; i < ST_COUNT_OF(wrong); i++) {
        at = wrong[i];
        assert_false(st_canonical_next(&at, wrong[i] + strlen(wrong[i]), &value));
        assert_ptr_equal(at, wrong[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_name_the_columns_of_the_ledger),
        cmocka_unit_test(every_payslip_is_proved_at_every_head),
        cmocka_unit_test(a_proof_shows_nobody_else),
        cmocka_unit_test(parts_of_two_proofs_do_not_mix),
        cmocka_unit_test(every_changed_byte_is_refused_or_found),
        cmocka_unit_test(a_payslip_is_proved_and_checked),
        cmocka_unit_test(a_held_payslip_is_proved),
        cmocka_unit_test(proofs_are_refused_with_a_sentence),
        cmocka_unit_test(a_changed_ledger_proves_nothing),
        cmocka_unit_test(any_name_goes_through_a_file),
        cmocka_unit_test(every_head_continues_every_earlier_one),
        cmocka_unit_test(consistency_is_proved_and_checked),
        cmocka_unit_test(a_value_has_one_spelling),
    };
    return find_program() ? cmocka_run_group_tests(tests, make_ledger, remove_ledger) : 1;
}
