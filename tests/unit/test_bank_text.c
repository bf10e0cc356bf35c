/* SPDX-License-Identifier: MIT */
/* test_bank_text.c - names in the letters a bank takes. */
#include "stonad/payment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void assert_becomes(const char *text, const char *expected) {
    char out[4 * 140 + 1];
    assert_true(st_bank_text(text, 140, out, sizeof out));
    assert_string_equal(out, expected);
}

/* The examples beside the table of KMU 55-2010, and what it says of Zgh, the soft sign, the
 * apostrophe. */
static void ukrainian_by_the_passport_table(void **state) {
    (void)state;
    static const char *const examples[][2] = {
        {"Алушта", "Alushta"},         {"Андрій", "Andrii"},       {"Борщагівка", "Borshchahivka"},
        {"Вінниця", "Vinnytsia"},      {"Гадяч", "Hadiach"},       {"Богдан", "Bohdan"},
        {"Ґалаґан", "Galagan"},        {"Донецьк", "Donetsk"},     {"Рівне", "Rivne"},
        {"Єнакієве", "Yenakiieve"},    {"Гаєвич", "Haievych"},     {"Короп'є", "Koropie"},
        {"Житомир", "Zhytomyr"},       {"Закарпаття", "Zakarpattia"}, {"Медвин", "Medvyn"},
        {"Іваненко", "Ivanenko"},      {"Їжакевич", "Yizhakevych"}, {"Кадиївка", "Kadyivka"},
        {"Мар'їне", "Marine"},         {"Йосипівка", "Yosypivka"}, {"Стрий", "Stryi"},
        {"Олексій", "Oleksii"},        {"Київ", "Kyiv"},           {"Лебедин", "Lebedyn"},
        {"Миколаїв", "Mykolaiv"},      {"Ніжин", "Nizhyn"},        {"Одеса", "Odesa"},
        {"Полтава", "Poltava"},        {"Решетилівка", "Reshetylivka"}, {"Суми", "Sumy"},
        {"Тетерів", "Teteriv"},        {"Ужгород", "Uzhhorod"},    {"Фастів", "Fastiv"},
        {"Харків", "Kharkiv"},         {"Біла Церква", "Bila Tserkva"}, {"Чернівці", "Chernivtsi"},
        {"Шостка", "Shostka"},         {"Гоща", "Hoshcha"},        {"Юрій", "Yurii"},
        {"Корюківка", "Koriukivka"},   {"Яготин", "Yahotyn"},      {"Костянтин", "Kostiantyn"},
        {"Знам’янка", "Znamianka"},    {"Феодосія", "Feodosiia"},
        {"Згорани", "Zghorany"},       {"Розгон", "Rozghon"},      {"Згурський", "Zghurskyi"},
        {"Ганна-Юлія", "Hanna-Yuliia"},
    };
    for (size_t i = 0; i < ST_COUNT_OF(examples); i++)
        assert_becomes(examples[i][0], examples[i][1]);
}

static void capitals_stay_capitals(void **state) {
    (void)state;
    assert_becomes("ЩЕРБАК ЮЛІЯ", "SHCHERBAK YULIIA");
    assert_becomes("Щербак Ю.", "Shcherbak Yu.");
    assert_becomes("ЗГУРСЬКИЙ", "ZGHURSKYI");
    assert_becomes("ІЛЛЯ", "ILLIA");
    assert_becomes("ŒUVRE Œuvre", "OEUVRE Oeuvre");
}

static void decomposed_letters_are_the_same_letters(void **state) {
    (void)state;
    assert_becomes("Андрі\u0438\u0306", "Andrii");   /* и + breve is й */
    assert_becomes("Миколаі\u0308в", "Mykolaiv");    /* і + diaeresis is ї */
    assert_becomes("A\u030Ase Bjo\u0308rk", "Åse Björk");
}

static void russian_and_other_cyrillic(void **state) {
    (void)state;
    assert_becomes("Подъячев Эльвира Ёлкина Рыков", "Podiachev Elvyra Yolkyna Rykov");
    assert_becomes("Ўладзімір", "Uladzimir");
    assert_becomes("Ђорђевић Љиљана", "Djordjevyc Ljyljana");
}

static void latin_letters_beyond_8859_1(void **state) {
    (void)state;
    assert_becomes("Łukasz Wałęsa", "Lukasz Walesa");
    assert_becomes("Čapek Šárka Žižka", "Capek Sárka Zizka");
    assert_becomes("Erdoğan Işık İpek", "Erdogan Isik Ipek");
    assert_becomes("Kőrösi Űr", "Korösi Ur");
    assert_becomes("Đặng Nguyễn Thị", "Dang Nguyen Thi");
    assert_becomes("Əliyev Məmməd", "Eliyev Memmed");
    assert_becomes("Yẽ Ŋuŋ Ħal", "Ye Ngung Hal");
    assert_becomes("STRAẞE ﬁ Ⅳ", "STRASSE fi IV");
    assert_becomes("Ｗｉｄｅ", "Wide");
    assert_becomes("Ø æÅ ñ ß ÿ þ Ð", "Ø æÅ ñ ß ÿ þ Ð"); /* all of them are in ISO 8859-1 */
}

static void signs_and_spaces(void **state) {
    (void)state;
    assert_becomes("O’Brien – “Test”… № 5", "O'Brien - \"Test\"... No 5");
    assert_becomes("O'Brien", "O'Brien");
    assert_becomes("  a \t\r\n  b\u00a0\u2003c\u200b\u200e\u00add  ", "a b cd");
    assert_becomes("a\x01\x7f" "b\xc2\x85" "c\xc2\x80" "d", "a b c d");
    assert_becomes("a & <b> = +", "a & <b> = +");
}

static void what_is_unknown_is_seen(void **state) {
    (void)state;
    assert_becomes("Ali محمد", "Ali ....");
    assert_becomes("አበበ Bikila", "... Bikila");
    assert_becomes("Kari 🎉", "Kari .");
    assert_becomes("한 Kim", ". Kim");
}

static void never_without_a_letter(void **state) {
    (void)state;
    assert_becomes("", "Mottaker");
    assert_becomes("   ", "Mottaker");
    assert_becomes("محمد", "Mottaker");
    assert_becomes("123 - .", "Mottaker");
    assert_becomes("ь", "Mottaker");
}

static void is_cut_by_characters(void **state) {
    (void)state;
    char out[4 * 7 + 1];
    assert_true(st_bank_text("øøøøøøøøøø", 7, out, sizeof out));
    assert_string_equal(out, "øøøøøøø");
    assert_true(st_bank_text("Kari A Berg", 5, out, sizeof out)); /* no space at the end */
    assert_string_equal(out, "Kari");
    assert_true(st_bank_text("Kari A Berg", 6, out, sizeof out));
    assert_string_equal(out, "Kari A");
    assert_true(st_bank_text("Щука Щука", 7, out, sizeof out));
    assert_string_equal(out, "Shchuka");
    assert_true(st_bank_text("...", 7, out, sizeof out));
    assert_string_equal(out, "Mottake");
}

static void what_it_does_not_take(void **state) {
    (void)state;
    char out[41];
    assert_false(st_bank_text("Kari \xff", 10, out, sizeof out));
    assert_false(st_bank_text("\xc3", 10, out, sizeof out));
    assert_false(st_bank_text("\xed\xa0\x80", 10, out, sizeof out)); /* a lone surrogate */
    assert_false(st_bank_text("Kari", 10, out, 40));                 /* the buffer is too small */
    assert_false(st_bank_text("Kari", 0, out, sizeof out));
    static char long_text[6000];
    memset(long_text, 'a', sizeof long_text - 1);
    assert_true(st_bank_text(long_text, 10, out, sizeof out));
    assert_int_equal(strlen(out), 10);
    long_text[0] = '\xc3';
    long_text[1] = '\xb8';
    assert_false(st_bank_text(long_text, 10, out, sizeof out)); /* longer than any name */
}

/* Every character there is, alone and inside a word: only ISO 8859-1 comes out, and something
 * does. */
static void every_character(void **state) {
    (void)state;
    for (uint32_t c = 1; c < 0x30000; c++) {
        if (c >= 0xd800 && c < 0xe000)
            continue;
        char text[16] = "A", out[4 * 40 + 1];
        size_t i = 1;
        if (c < 0x80) {
            text[i++] = (char)c;
        } else if (c < 0x800) {
            text[i++] = (char)(0xc0 | (c >> 6));
            text[i++] = (char)(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            text[i++] = (char)(0xe0 | (c >> 12));
            text[i++] = (char)(0x80 | ((c >> 6) & 0x3f));
            text[i++] = (char)(0x80 | (c & 0x3f));
        } else {
            text[i++] = (char)(0xf0 | (c >> 18));
            text[i++] = (char)(0x80 | ((c >> 12) & 0x3f));
            text[i++] = (char)(0x80 | ((c >> 6) & 0x3f));
            text[i++] = (char)(0x80 | (c & 0x3f));
        }
        text[i] = 'b';
        assert_true(st_bank_text(text, 40, out, sizeof out));
        assert_true(strlen(out) >= 1);
        for (const unsigned char *byte = (const unsigned char *)out; *byte != '\0'; byte++) {
            if (*byte < 0x80) {
                assert_true(*byte >= 0x20 && *byte < 0x7f);
                continue;
            }
            assert_true(*byte == 0xc2 || *byte == 0xc3);
            assert_true(byte[1] >= (*byte == 0xc2 ? 0xa1 : 0x80) && byte[1] < 0xc0);
            byte++;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ukrainian_by_the_passport_table),
        cmocka_unit_test(capitals_stay_capitals),
        cmocka_unit_test(decomposed_letters_are_the_same_letters),
        cmocka_unit_test(russian_and_other_cyrillic),
        cmocka_unit_test(latin_letters_beyond_8859_1),
        cmocka_unit_test(signs_and_spaces),
        cmocka_unit_test(what_is_unknown_is_seen),
        cmocka_unit_test(never_without_a_letter),
        cmocka_unit_test(is_cut_by_characters),
        cmocka_unit_test(what_it_does_not_take),
        cmocka_unit_test(every_character),
    };
    return cmocka_run_group_tests_name("bank_text", tests, NULL, NULL);
}
