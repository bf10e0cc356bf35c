/* SPDX-License-Identifier: MIT */
/* xml_memory.h - memory for libxml2, which cannot take a refusal.
 *
 * When an allocation fails, libxml2's schema code may crash, or go on without a rule it should have
 * kept - and call a wrong file valid. So it never sees a failure: once the machine refuses, it is
 * served from a small reserve, and whoever called it stops at the next look at
 * st_xml_memory_ran_out().
 */
#ifndef STONAD_FORMATS_XML_MEMORY_H
#define STONAD_FORMATS_XML_MEMORY_H

#include "stonad/base.h"

/* Puts the guard in place; again is harmless, and so is memory libxml2 got before. */
void st_xml_memory_guard(void);
/* Whether the machine has refused memory since the program started. */
bool st_xml_memory_ran_out(void) ST_MUST_CHECK;

#endif
