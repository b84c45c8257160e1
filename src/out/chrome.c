/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/chrome.h"

#include "out/members.h"

void chrome_open(struct chrome_json *c, const struct export *e, uint64_t first_ns, FILE *out)
{
	*c = (struct chrome_json){ .j.out = out, .first_ns = first_ns };
	json_object_begin(&c->j);
	member_text(&c->j, "displayTimeUnit", "ns");
	json_key(&c->j, "otherData");
	json_object_begin(&c->j);
	member_about(&c->j, "recording", e->about);
	for (size_t i = 0; i < e->events.len; i++)
		member_number(&c->j, export_event_name(e, &e->events.data[i]), e->events.data[i].count);
	json_object_end(&c->j);
	json_key(&c->j, "traceEvents");
	json_array_begin(&c->j);
}

void chrome_close(struct chrome_json *c)
{
	json_array_end(&c->j);
	json_object_end(&c->j);
	json_newline(&c->j);
}

void chrome_begin(struct chrome_json *c, const char *phase, const char *name, const char *category, uint64_t time)
{
	json_object_begin(&c->j);
	member_text(&c->j, "ph", phase);
	if (name)
		member_text(&c->j, "name", name);
	if (category)
		member_text(&c->j, "cat", category);
	member_number(&c->j, "pid", c->pid);
	member_number(&c->j, "tid", c->tid);
	if (*phase == 'M')
		return;
	json_key(&c->j, "ts");
	chrome_time(c, time - c->first_ns);
}

void chrome_end(struct chrome_json *c)
{
	json_object_end(&c->j);
	json_newline(&c->j);
}

void chrome_time(struct chrome_json *c, uint64_t ns)
{
	json_double(&c->j, (double)ns / 1e3);
}

void chrome_name(struct chrome_json *c, const char *what, const char *name)
{
	chrome_begin(c, "M", what, NULL, 0);
	json_key(&c->j, "args");
	json_object_begin(&c->j);
	member_text(&c->j, "name", name);
	json_object_end(&c->j);
	chrome_end(c);
}
