/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/export.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

static void take_event(struct export *e, uint32_t event, const uint32_t *of_event, size_t n)
{
	struct export_event taken = { .event = event, .first = e->samples.len, .n = n };

	for (size_t i = 0; i < n; i++) {
		taken.count += e->profile->samples.data[of_event[i]].count;
		taken.period += e->profile->samples.data[of_event[i]].period;
	}
	vec_append(&e->samples, of_event, n);
	if (n)
		vec_push(&e->events, taken);
}

void export_init(struct export *e, const struct profile *p, const struct export_about *about,
		 const struct place_filter *filter, const char *event)
{
	typedef VEC(uint32_t) sample_list;
	sample_list *lists = xcalloc(p->events.len + 1, sizeof(*lists));

	struct sample_choice choice;

	*e = (struct export){ .profile = p, .about = about };
	sample_choice_init(&choice, p, filter);
	for (uint32_t i = 0; i < p->samples.len; i++) {
		const struct profile_sample *s = &p->samples.data[i];
		if (sample_wanted(&choice, s))
			vec_push(&lists[p->origins.data[s->origin].event], i);
	}
	for (uint32_t i = 0; i < p->events.len; i++) {
		if (!event || !strcmp(event, strtab_text(&p->strings, p->events.data[i].name)))
			take_event(e, i, lists[i].data, lists[i].len);
		vec_deinit(&lists[i]);
	}
	free(lists);
	sample_choice_deinit(&choice);
}

void export_deinit(struct export *e)
{
	vec_deinit(&e->events);
	vec_deinit(&e->samples);
}

const char *export_event_unit(const struct export *e, const struct export_event *event)
{
	uint32_t unit = e->profile->events.data[event->event].unit;
	const char *name = export_event_name(e, event);
	size_t n = strcspn(name, ":/");

	if (unit)
		return strtab_text(&e->profile->strings, unit);
	return n == 9 && !strncmp(name, "cpu-clock", n) ? "nanoseconds" :
	       n == 10 && !strncmp(name, "task-clock", n) ? "nanoseconds" : "count";
}

void export_clean(const char *text, struct strbuf *out)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t len = strlen(text), n;

	for (size_t i = 0; i < len; i += n ? n : 1) {
		n = utf8_length(text + i, len - i);
		/* C0, DEL; C1, which is two bytes */
		bool control = n == 1 ? (unsigned char)text[i] < ' ' || text[i] == 0x7f :
			       n == 2 && (unsigned char)text[i] == 0xc2 && (unsigned char)text[i + 1] < 0xa0;
		strbuf_add(out, n && !control ? text + i : replacement, n && !control ? n : 3);
	}
}

static bool symbol_name(const struct profile *p, uint32_t frame, struct strbuf *out)
{
	uint32_t name = profile_frame_symbol(p, frame)->name;

	if (name)
		export_clean(strtab_text(&p->strings, name), out);
	return name;
}

void export_frame_name(const struct profile *p, uint32_t frame, struct strbuf *out)
{
	const char *image = strtab_text(&p->strings, profile_frame_image(p, frame)->name);

	if (symbol_name(p, frame, out))
		return;
	bool bracketed = image[0] == '[';
	strbuf_adds(out, bracketed ? "" : "[");
	export_clean(*image ? image : "unknown", out);
	strbuf_adds(out, bracketed ? "" : "]");
}

void export_exact_name(const struct profile *p, uint32_t frame, struct strbuf *out)
{
	if (!symbol_name(p, frame, out))
		strbuf_printf(out, "0x%" PRIx64, profile_frame_symbol(p, frame)->start);
}
