/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of JSON objects, as all that writes JSON here writes them: texts come out clean (export_clean). */
#ifndef PTK_OUT_MEMBERS_H
#define PTK_OUT_MEMBERS_H

#include "base/json.h"
#include "out/export.h"

void member_text(struct json *j, const char *key, const char *value);	/* NULL writes null */
void member_number(struct json *j, const char *key, uint64_t value);
/* An object: file, host, kernel, arch, cpu, command, recorded, first_ns, last_ns, lost. */
void member_about(struct json *j, const char *key, const struct export_about *about);

#endif
