/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk stat: which events are counted, and in which cgroups. */
#include <string.h>

#include "base/cleanup.h"
#include "cmd/stat_options.h"

/* ---- cgroups */

static size_t count_words(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == ',';
	return n;
}

/* The i-th word of a list, "" for one beyond its end. */
static char *word_at(const char *text, size_t i)
{
	for (; i; i--) {
		text += strcspn(text, ",");
		if (!*text++)
			return xstrdup("");
	}
	return xstrndup(text, strcspn(text, ","));
}

static void set_cgroup(struct event *event, const char *name)
{
	free(event->cgroup);
	event->cgroup = *name ? xstrdup(name) : NULL;
}

/* -G a,b: for the events from `first` on, one each; a single one for all of them. */
static struct error *apply_cgroups(struct event_list *list, size_t first, const char *text)
{
	size_t n = count_words(text);

	if (n > 1 && n > list->events.len - first)
		return error_hint(error_at(error_usage("there are more cgroups than events"), text, 0, strlen(text)),
				  "-e cycles,instructions -G a,b counts cycles in a and instructions in b;\n"
				  "--for-each-cgroup a,b counts every event in each");
	for (size_t e = first; e < list->events.len; e++) {
		autofree char *name = word_at(text, n == 1 ? 0 : e - first);
		set_cgroup(&list->events.data[e], name);
	}
	return NULL;
}

/* All events once for each cgroup. */
static struct error *expand_cgroups(struct event_list *list, const char *text)
{
	size_t n_words = count_words(text), n = list->events.len;

	for (size_t w = 0; w < n_words; w++) {
		autofree char *name = word_at(text, w);
		if (!*name)
			return error_at(error_usage("a cgroup has no name"), text, 0, strlen(text));
		for (size_t e = 0; e < n; e++) {
			if (!w) {
				set_cgroup(&list->events.data[e], name);
				continue;
			}
			struct event copy;
			event_copy(&copy, &list->events.data[e]);
			copy.leader += w * n;
			set_cgroup(&copy, name);
			vec_push(&list->events, copy);
		}
	}
	return NULL;
}

/* ---- events */

static bool any_events(const struct stat_options *o)
{
	for (size_t i = 0; i < o->texts.len; i++)
		if (o->texts.data[i].events)
			return true;
	return false;
}

static struct error *parse_texts(struct pmus *pmus, const struct stat_options *o, struct notes *notes, struct event_list *list)
{
	size_t first = 0, uncaged = 0;

	for (size_t i = 0; i < o->texts.len; i++) {
		const struct events_text *text = &o->texts.data[i];
		if (text->filter) {
			TRY(events_filter(pmus, list, first, text->filter));
		} else if (text->cgroups && !list->events.len) {
			return error_hint(error_at(error_usage("-G belongs behind the -e whose events it is for"), text->cgroups, 0,
						   strlen(text->cgroups)),
					  "without any -e it is for the default events;\n"
					  "--for-each-cgroup NAME,… counts all events in each of some cgroups");
		} else if (text->cgroups) {
			/* those that had none so far: -e a -e b -G x,y */
			TRY(apply_cgroups(list, uncaged, text->cgroups));
			uncaged = list->events.len;
		} else {
			first = list->events.len;
			TRY(events_parse(pmus, text->events, notes, list));
		}
	}
	return NULL;
}

static const char *const default_events[] = {
	"context-switches,cpu-migrations,page-faults,cycles,instructions,branches,branch-misses",
	"L1-dcache-loads,L1-dcache-load-misses,LLC-loads,LLC-load-misses",
	"L1-icache-loads,L1-icache-load-misses,dTLB-loads,dTLB-load-misses,iTLB-loads,iTLB-load-misses",
	"L1-dcache-prefetches,L1-dcache-prefetch-misses",
};

static struct error *add_default_events(struct pmus *pmus, const struct os *os, const struct stat_options *o,
					bool system_wide, struct notes *notes, struct event_list *list)
{
	static const char *const stalled[] = { "stalled-cycles-frontend", "stalled-cycles-backend" };

	TRY(events_parse(pmus, system_wide ? "cpu-clock" : "task-clock", notes, list));
	for (size_t i = 0; i < ARRAY_SIZE(default_events) && i <= o->detailed; i++)
		TRY(events_parse(pmus, default_events[i], notes, list));
	for (size_t i = 0; i < ARRAY_SIZE(stalled); i++) {
		autofree char *path = os_path(os, "/sys/bus/event_source/devices/cpu/events/%s", stalled[i]);
		if (!access(path, F_OK))
			TRY(events_parse(pmus, stalled[i], notes, list));
	}
	return NULL;
}

static struct error *add_metrics(struct pmus *pmus, const struct os *os, const struct stat_options *o, struct notes *notes,
				 struct event_list *list, struct metric_set *metrics)
{
	struct metric_table table = { 0 };
	autofree char *both = o->metrics && o->topdown ? xasprintf("%s,topdown", o->metrics) : NULL;
	struct error *err = metric_table_read(os, o->metric_file, &table);

	if (!err)
		err = metric_set_choose(&table, pmus, both ? both : o->metrics ? o->metrics : "topdown", notes, list, metrics);
	metric_table_deinit(&table);
	return err;
}

/* --all-user, --all-kernel: for events that did not say otherwise. */
static void restrict_modes(const struct stat_options *o, struct event_list *list)
{
	for (size_t e = 0; e < list->events.len && (o->all_user || o->all_kernel); e++) {
		struct event *event = &list->events.data[e];
		if (event->exclude_typed || event->per_package || event->kind == EVENT_TOOL)
			continue;
		event->attr.exclude_kernel = event->attr.exclude_hv = o->all_user;
		event->attr.exclude_user = o->all_kernel;
		event->exclude_typed = true;
	}
}

struct error *stat_events(struct pmus *pmus, const struct os *os, const struct stat_options *o, bool system_wide,
			  struct notes *notes, struct event_list *list, struct metric_set *metrics)
{
	if (!any_events(o) && !o->null && !o->metrics && !o->topdown)
		TRY(add_default_events(pmus, os, o, system_wide, notes, list));
	TRY(parse_texts(pmus, o, notes, list));
	if (o->metrics || o->topdown)
		TRY(add_metrics(pmus, os, o, notes, list, metrics));
	if (o->each_cgroup)
		TRY(expand_cgroups(list, o->each_cgroup));
	restrict_modes(o, list);
	return NULL;
}
