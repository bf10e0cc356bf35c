/* SPDX-License-Identifier: MIT */
/* test_seal.c - seals: RFC 8032's signatures, keys and their files, what a seal finds that the
 * chain alone does not (a ledger written anew after an edit, one cut off at its end), and that
 * every byte of a seal counts. The ledger is changed with SQLite itself, as somebody who means it
 * would, and its hashes are then computed anew.
 */
#define _XOPEN_SOURCE 700
#include "program_fixture.h"

#include "db/canonical.h"
#include "db/codes.h"
#include "stonad/seal.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sqlite3.h>

#define CHANGED "changed.db"

static struct st_error error;

/* ---- signatures ---------------------------------------------------------------------------- */

static size_t from_hex(const char *hex, unsigned char *bytes) {
    size_t size = strlen(hex) / 2;
    for (size_t i = 0; i < size; i++) {
        unsigned value;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &value), 1);
        bytes[i] = (unsigned char)value;
    }
    return size;
}

/* RFC 8032 section 7.1, tests 1 to 3. */
static void signatures_are_those_of_the_standard(void **state) {
    static const struct {
        const char *secret_key, *public_key, *message, *signature;
    } vectors[] = {{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33b"
                    "acc61e39701c"
                    "f9b46bd25bf5f0595bbe24655141438e7a100b"},
                   {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e1599"
                    "6e458f3613d0"
                    "f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
                   {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f2"
                    "90ae67f760984"
                    "dc6594a7c15e9716ed28dc027beceea1ec40a"}};
    (void)state;
    for (size_t i = 0; i < ST_COUNT_OF(vectors); i++) {
        struct st_key_pair pair = {{0}, {0}};
        unsigned char public_key[ST_KEY_SIZE], message[4], signature[ST_SIGNATURE_SIZE],
            expected[ST_SIGNATURE_SIZE];
        size_t size = from_hex(vectors[i].message, message);
        bool is_valid;
        (void)from_hex(vectors[i].secret_key, pair.secret_key);
        (void)from_hex(vectors[i].public_key, public_key);
        assert_int_equal(from_hex(vectors[i].signature, expected), ST_SIGNATURE_SIZE);
        assert_int_equal(st_key_pair_complete(&pair, &error), ST_OK);
        assert_memory_equal(pair.public_key, public_key, ST_KEY_SIZE);
        assert_int_equal(st_sign(&pair, message, size, signature, &error), ST_OK);
        assert_memory_equal(signature, expected, ST_SIGNATURE_SIZE);
        assert_int_equal(
            st_signature_check(public_key, message, size, signature, &is_valid, &error), ST_OK);
        assert_true(is_valid);
        for (size_t k = 0; k < ST_SIGNATURE_SIZE; k++) {
            signature[k] ^= 1;
            assert_int_equal(
                st_signature_check(public_key, message, size, signature, &is_valid, &error), ST_OK);
            assert_false(is_valid);
            signature[k] ^= 1;
        }
        message[0] ^= 1;
        assert_int_equal(st_signature_check(public_key, message, size == 0 ? 1 : size, signature,
                                            &is_valid, &error),
                         ST_OK);
        assert_false(is_valid);
    }
}

/* ---- keys ---------------------------------------------------------------------------------- */

static void a_key_is_made_and_never_overwritten(void **state) {
    struct stat about;
    static char first[OUTPUT_MAX], second[OUTPUT_MAX];
    char fingerprint[65], printed[65];
    unsigned char public_key[ST_KEY_SIZE];
    struct st_key_pair pair;
    bool is_open;
    (void)state;
    run("umask 0; stonad seal --new-key -o seal.key");
    expect(0);
    assert_int_equal(sscanf(strstr(out, "fingerprint"), "fingerprint %64s", printed), 1);
    assert_int_equal(stat("seal.key", &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    slurp("seal.key", first);
    has(first, "-----BEGIN PRIVATE KEY-----\n");
    slurp("seal.key.pub", second);
    has(second, "-----BEGIN PUBLIC KEY-----\n");
    assert_int_equal(st_key_pair_read("seal.key", &pair, &is_open, &error), ST_OK);
    assert_false(is_open);
    assert_int_equal(st_public_key_read("seal.key.pub", public_key, &error), ST_OK);
    assert_memory_equal(public_key, pair.public_key, ST_KEY_SIZE);
    assert_int_equal(st_key_fingerprint(public_key, fingerprint, &error), ST_OK);
    assert_string_equal(fingerprint, printed);
    refuses(4, "key.exists", "stonad seal --new-key -o seal.key");
    refuses(2, "option.alone", "stonad seal --new-key -o seal.key --force");
    run("rm seal.key.pub");
    refuses(4, "key.exists", "stonad seal --new-key -o seal.key");
    run("ls seal.key.pub");
    expect(2); /* the half that was written before is gone again */
    slurp("seal.key", second);
    assert_string_equal(first, second);
    run("stonad seal --new-key -o other.key; stonad seal --new-key -o third.key --dry-run; ls");
    expect(0);
    has(out, "other.key\nother.key.pub\n");
    has_not(out, "third.key\n");
    slurp("other.key", second);
    assert_string_not_equal(first, second);
    refuses(2, "option.missing", "stonad seal --new-key");
    refuses(2, "option.alone", "stonad seal --new-key -o x --key seal.key");
}

static void write_pem(const char *path, const char *type, bool has_passphrase) {
    EVP_PKEY *key = strcmp(type, "RSA") == 0 ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024)
                                             : EVP_PKEY_Q_keygen(NULL, NULL, type);
    FILE *file = fopen(path, "wb");
    char word[] = "word";
    assert_non_null(key);
    assert_non_null(file);
    int written = has_passphrase ? PEM_write_PKCS8PrivateKey(file, key, EVP_aes_256_cbc(), word,
                                                             (int)strlen(word), NULL, NULL)
                                 : PEM_write_PKCS8PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    assert_int_equal(written, 1);
    assert_int_equal(fclose(file), 0);
    char public_path[64];
    (void)snprintf(public_path, sizeof public_path, "%s.pub", path);
    file = fopen(public_path, "wb");
    assert_non_null(file);
    assert_int_equal(PEM_write_PUBKEY(file, key), 1);
    assert_int_equal(fclose(file), 0);
    EVP_PKEY_free(key);
}

static void keys_of_another_kind_are_refused(void **state) {
    (void)state;
    start_ledger();
    run("stonad seal --new-key -o k; stonad seal --key k -o s");
    expect(0);
    write_pem("rsa", "RSA", false);
    write_pem("x", "X25519", false);
    write_pem("locked", "ED25519", true);
    write_pem("plain", "ED25519", false);
    write_file("no.key", "-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----\n");
    write_file("empty", "");
    run("head -c 40000 /dev/zero > large");
    refuses(3, "key.kind", "stonad seal --key rsa -o t");
    has(err, "RSA");
    refuses(3, "key.kind", "stonad seal --key x -o t");
    refuses(3, "key.passphrase", "stonad seal --key locked -o t");
    refuses(3, "key.half", "stonad seal --key k.pub -o t");
    refuses(3, "key.read", "stonad seal --key no.key -o t");
    refuses(3, "key.read", "stonad seal --key empty -o t");
    refuses(3, "key.read", "stonad seal --key large -o t");
    refuses(7, "input.open", "stonad seal --key none -o t");
    refuses(3, "key.half", "stonad verify --seal s --public-key k");
    refuses(3, "key.kind", "stonad verify --seal s --public-key rsa.pub");
    refuses(3, "key.read", "stonad verify --seal s --public-key s");
    run("ls t");
    expect(2);
    run("chmod 644 plain; stonad seal --key plain -o t"); /* a key of openssl's own serves too */
    expect(0);
    has(err, "others may read the key in plain");
    run("stonad verify --seal t --public-key plain.pub");
    expect(0);
}

/* ---- seals --------------------------------------------------------------------------------- */

static void make_seal(void) {
    compute_may();
    approve_as_shown();
    run("stonad seal --new-key -o k; stonad seal --key k -o s.json");
    expect(0);
}

static void a_seal_holds(void **state) {
    static char text[OUTPUT_MAX];
    (void)state;
    make_seal();
    has(out, "entries         4, the last of 2026-05-26T00:00:00Z\n");
    has(out, "runs            1, with 2 payslips that are due\n");
    run("cp stonad.db before.db; stonad seal --key k -o again.json");
    expect(0);
    assert_true(same_bytes("s.json", "again.json")); /* nothing of the day it is made */
    assert_true(same_bytes("stonad.db", "before.db"));
    run("stonad seal --key k > piped.json");
    expect(0);
    assert_true(same_bytes("s.json", "piped.json"));
    refuses(4, "file.exists", "stonad seal --key k -o s.json");
    run("stonad seal --key k -o s.json --force");
    expect(0);
    refuses(2, "option.missing", "stonad seal -o t.json");
    refuses(2, "option.alone", "stonad seal --key k --format csv");
    run("stonad seal --key k -o t.json --dry-run; ls t.json");
    expect(2);
    slurp("s.json", text);
    has(text, "\"organisation_number\": \"312345676\",\n  \"entries\": 4,\n");
    has(text, "\"payslips\": 2,\n");
    run("stonad verify --seal s.json --public-key k.pub");
    expect(0);
    has(out, "the seal holds: the first 4 entries, to 2026-05-26T00:00:00Z");
    has(out, "nothing found: 4 entries");
    assert_string_equal(err, "");
    run("stonad verify --seal s.json --format json");
    expect(0);
    assert_string_equal(out, "[]\n");
    has(err, "compare its fingerprint");
    /* The ledger goes on, and the seal still holds. */
    run("stonad export 1 --as pain.001.001.09 -o p.xml --actor bo --today 2026-05-27");
    expect(0);
    run("stonad verify --seal s.json --public-key k.pub");
    expect(0);
    has(out, "nothing found: 5 entries");
    run("stonad verify --since s.json --public-key k.pub");
    expect(0);
}

/* The values of a ledger, without a key: to be noted by hand. */
static void values_are_shown_without_a_key(void **state) {
    (void)state;
    compute_may();
    run("stonad seal");
    expect(0);
    has(out, "entries         3, the last of");
    has(out, "net paid        0,00\n"); /* computed is not paid */
    has(out, "signature       none");
    approve_as_shown();
    run("stonad seal --format csv");
    expect(0);
    has(out, "file,organisation_number,entries,head,last_hash,time,runs,payslips,net_paid,"
             "claims_outstanding,fingerprint\n,312345676,4,");
    has_not(out, ",0.00,0.00,");
}

/* Totals against the program's own reports, in a ledger with a claim and a run that was discarded.
 */
static void totals_are_those_of_the_reports(void **state) {
    char net[40], claim[40];
    (void)state;
    compute_may();
    approve_as_shown();
    write_file("absences.csv", "person_id,from,to,kind,hours,permission\n" BERA
                               ",2026-05-04,2026-05-29,unapproved,,no\n");
    run("stonad import absences.csv --today 2026-06-01 --actor anna");
    expect(0);
    run("stonad run --month 2026-06 --payday 2026-06-30 --today 2026-06-20 --actor anna");
    expect(0);
    run("stonad discard 2 --today 2026-06-21 --actor anna");
    expect(0);
    run("stonad seal --format csv");
    expect(0);
    has(out, ",1,2,"); /* one run, two payslips */
    run("stonad runs --format csv | awk -F, '$1 == 1 {print $11}'");
    (void)snprintf(net, sizeof net, ",%.*s,0.00,", (int)strcspn(out, "\n"), out);
    run("stonad seal --format csv");
    has(out, net);
    run("stonad run --month 2026-06 --payday 2026-06-30 --today 2026-06-22 --actor anna");
    expect(0);
    run("stonad claims --format csv | awk -F, 'NR == 1 {for (i = 1; i <= NF; i++)"
        " if ($i == \"remaining\") column = i} END {print $column}'");
    expect(0);
    assert_true(strlen(out) > 3);
    (void)snprintf(claim, sizeof claim, ",%.*s,", (int)strcspn(out, "\n"), out);
    run("stonad seal --format csv");
    expect(0);
    has(out, claim);
    run("stonad seal --new-key -o k; stonad seal --key k -o s.json; stonad verify --seal s.json");
    expect(0);
    run("stonad discard 3 --today 2026-06-23 --actor anna; stonad verify --seal s.json");
    expect(0); /* totals are as of the seal's last entry */
}

/* ---- a ledger that was changed ------------------------------------------------------------- */

static void execute(sqlite3 *db, const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

/* Opens a copy of the ledger that may be changed: triggers away (restored by close_changed). */
static sqlite3 *open_changed(void) {
    sqlite3 *db;
    run("cp stonad.db " CHANGED);
    expect(0);
    assert_int_equal(sqlite3_open(CHANGED, &db), SQLITE_OK);
    execute(db, "PRAGMA foreign_keys = OFF;"
                "CREATE TEMP TABLE kept AS SELECT name, sql FROM sqlite_schema"
                " WHERE type = 'trigger' ORDER BY rowid");
    sqlite3_stmt *names;
    static char drops[20000];
    drops[0] = '\0';
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM kept", -1, &names, NULL), SQLITE_OK);
    while (sqlite3_step(names) == SQLITE_ROW) {
        size_t used = strlen(drops);
        (void)snprintf(drops + used, sizeof drops - used, "DROP TRIGGER %s;",
                       (const char *)sqlite3_column_text(names, 0));
    }
    (void)sqlite3_finalize(names);
    execute(db, drops);
    return db;
}

static void close_changed(sqlite3 *db) {
    static char triggers[40000];
    sqlite3_stmt *kept;
    triggers[0] = '\0';
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT sql FROM kept", -1, &kept, NULL), SQLITE_OK);
    while (sqlite3_step(kept) == SQLITE_ROW) {
        size_t used = strlen(triggers);
        (void)snprintf(triggers + used, sizeof triggers - used, "%s;",
                       (const char *)sqlite3_column_text(kept, 0));
    }
    (void)sqlite3_finalize(kept);
    execute(db, triggers);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void set_text(sqlite3 *db, const char *column, const char *text, int64_t entry) {
    sqlite3_stmt *update;
    char sql[100];
    (void)snprintf(sql, sizeof sql, "UPDATE journal SET %s = ? WHERE entry = ?", column);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &update, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_bind_text(update, 1, text, -1, SQLITE_STATIC), SQLITE_OK);
    assert_int_equal(sqlite3_bind_int64(update, 2, entry), SQLITE_OK);
    assert_int_equal(sqlite3_step(update), SQLITE_DONE);
    (void)sqlite3_finalize(update);
}

static sqlite3_stmt *read_entry(sqlite3 *db, const char *columns, int64_t entry) {
    sqlite3_stmt *row;
    char sql[300];
    (void)snprintf(sql, sizeof sql, "SELECT %s FROM journal WHERE entry = ?", columns);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_bind_int64(row, 1, entry), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    return row;
}

/* Computes every hash of the journal anew, and the codes, as somebody hides an edit. */
static void hash_anew(sqlite3 *db, int64_t entry_count) {
    struct st_tree_hasher *hasher = st_tree_hasher_new();
    struct st_bytes bytes = {0};
    char hash[65] = "";
    assert_non_null(hasher);
    (void)snprintf(hash, sizeof hash, "%064d", 0);
    for (int64_t entry = 1; entry <= entry_count; entry++) {
        struct st_tree_hash digest;
        struct st_codes codes;
        char text[ST_CODES_TEXT_SIZE];
        set_text(db, "previous_hash", hash, entry);
        sqlite3_stmt *row = read_entry(db, ST_ENTRY_COLUMNS, entry);
        st_entry_bytes(row, &bytes);
        (void)sqlite3_finalize(row);
        assert_true(st_tree_sha256(hasher, bytes.data, bytes.size, &digest));
        st_tree_hex(&digest, hash);
        set_text(db, "hash", hash, entry);
        row = read_entry(db, "*", entry);
        st_codes_open_journal(&codes, entry);
        for (int i = 0; i < sqlite3_column_count(row) - 1; i++)
            st_codes_column(&codes, row, i);
        (void)st_codes_finish(&codes, text);
        (void)sqlite3_finalize(row);
        set_text(db, "codes", text, entry);
    }
    st_bytes_free(&bytes);
    st_tree_hasher_free(hasher);
}

static void a_rehashed_journal_falls_to_the_seal(void **state) {
    (void)state;
    make_seal();
    sqlite3 *db = open_changed();
    execute(db, "UPDATE journal SET actor = 'siri' WHERE entry = 2");
    close_changed(db);
    run("stonad verify --db " CHANGED);
    expect(1); /* the chain alone finds an edit */
    run("stonad verify --seal s.json --public-key k.pub --db " CHANGED);
    expect(1);
    has(out, "[VERIFY-SEAL-HEAD]");
    db = open_changed();
    execute(db, "UPDATE journal SET actor = 'siri' WHERE entry = 2");
    hash_anew(db, 4);
    close_changed(db);
    run("stonad verify --db " CHANGED);
    expect(0); /* but not one that was hidden */
    run("stonad verify --seal s.json --public-key k.pub --db " CHANGED);
    expect(1);
    has(out, "journal, entries 1 to 4, head: These entries are not those that were sealed");
    has(out, "journal, entry 4, hash: ");
    has(out, "2 findings: journal 2; checked 4 entries");
    has_not(out, "[VERIFY-SEAL-TOTAL]");
    run("stonad verify --seal s.json --public-key k.pub --format csv --db " CHANGED);
    expect(1);
    has(out, "VERIFY-SEAL-HEAD,journal,entries 1 to 4,head,");
    /* Nor does the head of the changed journal continue the one that was sealed. */
    run("stonad consistency --from 4 -o c.json --db " CHANGED "; stonad verify --consistency c.json"
        " --head $(sed -n 's/.*\"head\": \"\\(.*\\)\".*/\\1/p' s.json)"
        " --head $(sed -n 's/.*\"new_head\": \"\\(.*\\)\".*/\\1/p' c.json)");
    expect(1);
    has(out, "[VERIFY-PROOF-HEAD]");
}

static void a_cut_tail_falls_to_the_seal(void **state) {
    (void)state;
    make_seal();
    sqlite3 *db = open_changed();
    execute(db, "DELETE FROM approval; DELETE FROM journal WHERE entry = 4");
    close_changed(db);
    run("stonad verify --db " CHANGED);
    expect(0);
    run("stonad verify --seal s.json --public-key k.pub --db " CHANGED);
    expect(1);
    has(out,
        "journal, entry 4, entry: The ledger ends before the seal: the last entry was cut off");
    has(out, "  expected: 4 entries\n  found:    3 entries\n");
    has(out, "1 finding: journal 1; checked 3 entries");
    db = open_changed();
    execute(db, "DELETE FROM approval; DELETE FROM journal WHERE entry >= 3;"
                "DELETE FROM run; DELETE FROM payslip; DELETE FROM line; DELETE FROM finding");
    close_changed(db);
    run("stonad verify --seal s.json --db " CHANGED);
    expect(1);
    has(out, "journal, entries 3 to 4, entry: The ledger ends before the seal: the last 2 entries");
    /* Entries written after the cut do not fill the gap. */
    db = open_changed();
    execute(db, "DELETE FROM approval; DELETE FROM journal WHERE entry = 4");
    close_changed(db);
    run("stonad discard 1 --actor anna --today 2026-05-26 --db " CHANGED);
    expect(0);
    run("stonad verify --seal s.json --db " CHANGED);
    expect(1);
    has(out, "[VERIFY-SEAL-HEAD]");
    has(out, "net paid: The payslips of these entries no longer come to what was sealed.");
    has(out, "  at stake: ");
}

static void changed_sums_fall_to_the_seal(void **state) {
    (void)state;
    make_seal();
    sqlite3 *db = open_changed();
    execute(db, "UPDATE line SET amount_ore = amount_ore + 700 WHERE kind = 'payment'"
                " AND person_id = '" ANNA "'");
    close_changed(db);
    run("stonad verify --seal s.json --format csv --db " CHANGED);
    expect(1);
    has(out, "VERIFY-SEAL-TOTAL,payslip line claim,entries 1 to 4,person out,");
    has(out, "VERIFY-SEAL-TOTAL,payslip line claim,entries 1 to 4,bank in,");
    has(out, ",7.00,");
    db = open_changed();
    execute(db, "UPDATE municipality SET organisation_number = '974760673'");
    close_changed(db);
    run("stonad verify --seal s.json --db " CHANGED);
    expect(1);
    has(out, "[VERIFY-SEAL-MUNICIPALITY]");
    db = open_changed();
    execute(db, "DROP TABLE line");
    execute(db, "DELETE FROM kept WHERE name LIKE 'line_no_%'");
    close_changed(db);
    run("stonad verify --seal s.json --db " CHANGED);
    expect(1);
    has(out, "[VERIFY-SEAL-READ]");
}

/* What lies before the seal is taken on its word; what lies after it is not. */
static void since_a_seal_only_later_rows_are_read(void **state) {
    (void)state;
    make_seal();
    write_file("absences.csv", "person_id,from,to,kind,hours,permission\n" BERA
                               ",2026-06-01,2026-06-02,unapproved,,no\n");
    run("stonad import absences.csv --today 2026-06-02 --actor anna && "
        "stonad run --month 2026-06 --payday 2026-06-30 --today 2026-06-20 --actor anna");
    expect(0);
    run("stonad verify --since s.json --public-key k.pub");
    expect(0);
    has(out, "the seal holds: the first 4 entries");
    has(out, "nothing found: 6 entries, 1 run, 2 payslips, ");
    has(out, "the rows of the first 4 entries were not looked at");
    sqlite3 *db = open_changed();
    execute(db, "UPDATE payslip SET name = 'Other' WHERE run = 1 AND person_id = '" ANNA "';"
                "UPDATE participant SET birth_date = '1990-01-02' WHERE person_id = '" ANNA "'");
    close_changed(db);
    run("stonad verify --db " CHANGED);
    expect(1);
    run("stonad verify --since s.json --public-key k.pub --db " CHANGED);
    expect(0);
    static const char *const later[] = {
        "UPDATE payslip SET name = 'Other' WHERE run = 2 AND person_id = '" ANNA "'",
        "UPDATE line SET inputs = 'x' WHERE run = 2 AND line = 1 AND person_id = '" ANNA "'",
        "UPDATE absence SET to_date = '2026-06-03' WHERE from_date = '2026-06-01'",
        "DELETE FROM import_file WHERE entry = 5",
        "UPDATE run SET net_ore = net_ore + 1 WHERE run = 2",
        "UPDATE journal SET actor = 'siri' WHERE entry = 2"};
    for (size_t i = 0; i < ST_COUNT_OF(later); i++) {
        db = open_changed();
        execute(db, later[i]);
        close_changed(db);
        run("stonad verify --since s.json --public-key k.pub --db " CHANGED);
        expect(1);
    }
    /* A seal that does not hold has no word: then everything is looked at. */
    run("sed 's/\"runs\": 1/\"runs\": 2/' s.json > t.json; "
        "stonad verify --since t.json --public-key k.pub");
    expect(1);
    has(out, "1 finding: journal 1; checked 6 entries, 2 runs");
    has_not(out, "were not looked at");
}

/* ---- a seal that was changed --------------------------------------------------------------- */

static enum st_status count(void *context, const struct st_verify_row *row) {
    assert_true(strncmp(row->code, "VERIFY-SEAL-", 12) == 0);
    ++*(int *)context;
    return ST_OK;
}

static void every_changed_byte_of_a_seal_is_refused_or_found(void **state) {
    static char text[OUTPUT_MAX];
    int tried = 0;
    (void)state;
    make_seal();
    slurp("s.json", text);
    for (size_t i = 0, size = strlen(text); i < size; i++)
        for (int bit = 0; bit < 7; bit++) {
            struct st_seal seal;
            int finding_count = 0;
            int64_t told = 0;
            text[i] ^= (char)(1 << bit);
            write_file("broken.json", text);
            enum st_status status = st_seal_read("broken.json", &seal, &error);
            if (status == ST_OK)
                status = st_seal_check_signature(&seal, NULL, count, &finding_count, &told, &error);
            assert_int_equal(told, finding_count);
            /* A key that is no point of the curve can check nothing, which is told as such. */
            if (status == ST_OK && finding_count == 0)
                fail_msg("bit %d of byte %zu changed, and the seal holds: %.60s", bit, i, text + i);
            assert_true(status == ST_OK || status == ST_BAD_INPUT);
            text[i] ^= (char)(1 << bit);
            tried++;
        }
    print_message("bits of a seal changed: %d, none accepted\n", tried);
}

static void seals_are_refused_with_a_sentence(void **state) {
    (void)state;
    make_seal();
    run("stonad seal --new-key -o other");
    run("stonad verify --seal s.json --public-key other.pub");
    expect(1);
    has(out, "seal, public_key: The seal is signed with another key than the one given");
    has(out, "[VERIFY-SEAL-KEY]");
    run("sed 's/\"entries\": 4/\"entries\": 3/' s.json > t.json; stonad verify --seal t.json");
    expect(1);
    has(out, "[VERIFY-SEAL-SIGNATURE]");
    has(out, "1 finding: journal 1; checked 4 entries"); /* the ledger itself is looked at */
    run("sed 's/\"entries\"/\"Entries\"/' s.json > t.json");
    refuses(3, "json.field", "stonad verify --seal t.json");
    has(err, "t.json:4:3: ");
    run("sed 's/\"runs\": 1/\"runs\": 1.0/' s.json > t.json");
    refuses(3, "json.syntax", "stonad verify --seal t.json");
    run("sed 's/agency/agencY/' s.json > t.json");
    refuses(3, "json.value", "stonad verify --seal t.json");
    run("sed '/agency/d; s/\\(claim.*\\)},/\\1}],/' s.json > t.json");
    refuses(3, "json.value", "stonad verify --seal t.json");
    run("sed 's/\\(agency.*}\\)]/\\1, {}]/' s.json > t.json");
    refuses(3, "json.syntax", "stonad verify --seal t.json");
    run("head -c 300 s.json > t.json");
    refuses(3, "json.", "stonad verify --seal t.json");
    run("head -c 70000 /dev/zero > t.json");
    refuses(3, "json.size", "stonad verify --seal t.json");
    refuses(3, "json.form",
            "stonad consistency --from 1 -o c.json >/dev/null; "
            "stonad verify --seal c.json");
    refuses(7, "input.open", "stonad verify --seal none.json");
    refuses(2, "option.alone", "stonad verify --seal s.json --since s.json");
    refuses(2, "option.missing", "stonad verify --public-key k.pub");
    refuses(7, "ledger.", "stonad verify --seal s.json --db none.db");
    write_file("no.db",
               "this is no ledger at all, and was never one; it is a text of some length\n");
    run("stonad verify --seal s.json --db no.db");
    expect(6);
}

/* A seal of another municipality's ledger is a mistake, not a finding. */
static void a_seal_of_another_ledger_is_refused(void **state) {
    (void)state;
    make_seal();
    run("stonad init --orgnr 974760673 --name 'Annen kommune' --account 1234.56.78903 "
        "--bic DNBANOKK --test --today 2026-05-01 --actor anna --db other.db");
    expect(0);
    refuses(3, "seal.other_ledger", "stonad verify --seal s.json --db other.db");
    has(err, "312345676");
    has(err, "974760673");
}

/* What does not hang together is not sealed. */
static void a_broken_journal_is_not_sealed(void **state) {
    (void)state;
    make_seal();
    sqlite3 *db = open_changed();
    execute(db, "UPDATE journal SET actor = 'siri' WHERE entry = 2");
    close_changed(db);
    refuses(6, "ledger.chain", "stonad seal --key k -o t.json --db " CHANGED);
    run("ls t.json");
    expect(2);
}

/* A proof is held against the head of a seal, number of entries and all. */
static void a_proof_is_held_against_a_seal(void **state) {
    (void)state;
    make_seal();
    run("stonad prove 1 --person " ANNA " -o p.json; "
        "stonad verify --proof p.json --seal s.json --public-key k.pub --db none.db");
    expect(0);
    has(out, "entries         4\n");
    run("stonad export 1 --as pain.001.001.09 -o p.xml --actor bo --today 2026-05-27; "
        "stonad prove 1 --person " ANNA " -o p5.json; "
        "stonad verify --proof p5.json --seal s.json --public-key k.pub");
    expect(1);
    has(out, "[VERIFY-PROOF-HEAD]");
    has(out, "[VERIFY-PROOF-ENTRIES]");
    run("stonad prove 1 --person " ANNA " -o p4.json --at 4; "
        "stonad verify --proof p4.json --seal s.json --public-key k.pub");
    expect(0);
    assert_true(same_bytes("p.json", "p4.json"));
    run("stonad seal --new-key -o other; "
        "stonad verify --proof p.json --seal s.json --public-key other.pub");
    expect(1);
    has(out, "[VERIFY-SEAL-KEY]");
    has_not(out, "the proof holds");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_those_of_the_standard),
        IN_FOLDER(a_key_is_made_and_never_overwritten),
        IN_FOLDER(keys_of_another_kind_are_refused),
        IN_FOLDER(a_seal_holds),
        IN_FOLDER(values_are_shown_without_a_key),
        IN_FOLDER(totals_are_those_of_the_reports),
        IN_FOLDER(a_rehashed_journal_falls_to_the_seal),
        IN_FOLDER(a_cut_tail_falls_to_the_seal),
        IN_FOLDER(changed_sums_fall_to_the_seal),
        IN_FOLDER(since_a_seal_only_later_rows_are_read),
        IN_FOLDER(every_changed_byte_of_a_seal_is_refused_or_found),
        IN_FOLDER(seals_are_refused_with_a_sentence),
        IN_FOLDER(a_seal_of_another_ledger_is_refused),
        IN_FOLDER(a_broken_journal_is_not_sealed),
        IN_FOLDER(a_proof_is_held_against_a_seal),
    };
    return find_program() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
