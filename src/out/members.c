/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/members.h"

void member_text(struct json *j, const char *key, const char *value)
{
	autostrbuf struct strbuf clean = { 0 };

	json_key(j, key);
	if (value)
		export_clean(value, &clean);
	json_string(j, value ? strbuf_str(&clean) : NULL);
}

void member_number(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_u64(j, value);
}

void member_about(struct json *j, const char *key, const struct export_about *about)
{
	json_key(j, key);
	json_object_begin(j);
	member_text(j, "file", about->file);
	member_text(j, "host", about->host);
	member_text(j, "kernel", about->kernel);
	member_text(j, "arch", about->arch);
	member_text(j, "cpu", about->cpu);
	member_text(j, "command", about->command);
	member_text(j, "recorded", about->recorded);
	member_number(j, "first_ns", about->first_ns);
	member_number(j, "last_ns", about->last_ns);
	member_number(j, "lost", about->lost);
	json_object_end(j);
}
