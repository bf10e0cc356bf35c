/* SPDX-License-Identifier: MIT */
/* engine_fixture.h - one ordinary participant and an ordinary month, for the engine's unit tests to
 * change in one point. */
#ifndef STONAD_TESTS_ENGINE_FIXTURE_H
#define STONAD_TESTS_ENGINE_FIXTURE_H

#include "stonad/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct scene {
    struct st_calculator *calculator;
    struct st_run_terms terms;
    struct st_person_facts facts;
    struct st_programme programme;
    struct st_living living[4];
    struct st_absence absences[8];
    struct st_other_benefit benefits[4];
    struct st_work work[4];
    struct st_taxcard cards[4];
    struct st_authority_card authority_cards[4];
    struct st_partner partner;
    struct st_payslip payslip;
    struct st_error error;
};

static inline st_date ymd(int year, int month, int day) { return st_date_make(year, month, day); }

/* Born 1990, full programme from 2025-09-01, a 20 % card for 2026; June 2026 paid on 2026-07-10. */
static inline void scene_begin(struct scene *scene) {
    memset(scene, 0, sizeof *scene);
    scene->calculator = st_calculator_new();
    assert_non_null(scene->calculator);
    scene->terms.month = st_month_make(2026, 6);
    scene->terms.payday = ymd(2026, 7, 10);
    scene->terms.known = ymd(2026, 7, 1);
    scene->terms.rates = st_rate_initial(&scene->terms.rate_count);
    scene->terms.rules = st_rule_set_current();
    scene->terms.half_tax_month = 12;
    strcpy(scene->facts.participant.person_id, "01819012345");
    strcpy(scene->facts.participant.name, "Amina Test");
    scene->facts.participant.birth_date = ymd(1990, 1, 1);
    scene->programme = (struct st_programme){.start = ymd(2025, 9, 1),
                                             .offered = ymd(2025, 8, 1),
                                             .end = ST_DATE_OPEN,
                                             .permit = 'a',
                                             .permit_granted = ymd(2025, 3, 1),
                                             .settled = ymd(2025, 7, 1),
                                             .share_percent = 100,
                                             .share_cause = ST_CAUSE_NONE};
    scene->facts.programmes = &scene->programme;
    scene->facts.programme_count = 1;
    scene->facts.living = scene->living;
    scene->facts.absences = scene->absences;
    scene->facts.benefits = scene->benefits;
    scene->facts.work = scene->work;
    scene->facts.taxcards = scene->cards;
    scene->facts.authority_cards = scene->authority_cards;
    scene->cards[0] = (struct st_taxcard){.year = 2026,
                                          .kind = ST_CARD_PERCENT,
                                          .percent_hundredths = 2000,
                                          .months_hundredths = -1};
    scene->facts.taxcard_count = 1;
}

static inline void scene_end(struct scene *scene) { st_calculator_free(scene->calculator); }

static inline void scene_compute(struct scene *scene) {
    enum st_status status = st_calculate_month(scene->calculator, &scene->terms, &scene->facts,
                                               &scene->payslip, &scene->error);
    if (status != ST_OK)
        print_error("%s: %s\n", scene->error.code, scene->error.text);
    assert_int_equal(status, ST_OK);
}

static inline bool scene_found(const struct scene *scene, const char *code) {
    for (size_t i = 0; i < scene->payslip.finding_count; i++)
        if (strcmp(scene->payslip.findings[i].code, code) == 0)
            return true;
    return false;
}

static inline void scene_leave(struct scene *scene, enum st_absence_kind kind, st_date from,
                               st_date to) {
    scene->absences[scene->facts.absence_count++] =
        (struct st_absence){.from = from, .to = to, .kind = kind};
}
static inline void scene_hours(struct scene *scene, st_date day, int64_t hours_hundredths) {
    scene->absences[scene->facts.absence_count++] =
        (struct st_absence){.from = day,
                            .to = day,
                            .kind = ST_ABSENCE_UNAPPROVED,
                            .hours_hundredths = hours_hundredths};
}

#endif
