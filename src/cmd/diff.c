/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk diff: two recordings compared. */
#include "cmd/diff.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "base/number.h"
#include "cmd/mode.h"

/* ---- options */

static const struct compute_word {
	const char *word;
	enum compare_value value;
} compute_words[] = {
	{ "delta", COMPARE_DELTA }, { "delta-abs", COMPARE_DELTA_ABS }, { "ratio", COMPARE_RATIO }, { "wdiff", COMPARE_WDIFF },
};

/* "wdiff:W1,W2": of the old and the new file. */
static struct error *parse_weights(const char *text, struct compare_order *order)
{
	const char *colon = strchr(text, ':'), *comma = colon ? strchr(colon, ',') : NULL;

	if (comma) {
		autofree char *first = xstrndup(colon + 1, (size_t)(comma - colon - 1));
		if (number_double(first, &order->weight_old) && number_double(comma + 1, &order->weight_new))
			return NULL;
	}
	return error_hint(error_usage("wdiff wants the weights of the old and the new file"), "-c wdiff:1,2");
}

static struct error *set_compute(void *into, const char *value)
{
	struct diff_options *o = into;
	size_t len = strcspn(value, ":");
	struct nearest best = { .word = value, .word_len = len };

	for (size_t i = 0; i < ARRAY_SIZE(compute_words); i++) {
		const char *word = compute_words[i].word;
		nearest_offer(&best, word);
		if (strlen(word) != len || strncmp(word, value, len))
			continue;
		o->order.value = compute_words[i].value;
		if (o->order.value == COMPARE_WDIFF)
			return parse_weights(value, &o->order);
		return value[len] ? error_at(error_usage("%s takes no weights", word), value, len, strlen(value + len)) : NULL;
	}
	struct error *err = error_at(error_usage("there is no difference called %.*s", (int)len, value), value, 0, len);
	autofree char *hint = nearest_hint(&best);
	if (hint)
		err = error_hint(err, "%s", hint);
	return error_hint(err, "delta-abs (default), delta, ratio or wdiff:W1,W2");
}

static struct error *set_order(void *into, const char *value)
{
	struct diff_options *o = into;

	o->order.by_baseline = !strcmp(value, "0");
	o->order.mixed = true;
	if (o->order.by_baseline || !strcmp(value, "1"))
		return NULL;
	return error_usage("%s is neither 0, the old shares, nor 1, the difference", value);
}

static struct error *set_percent_limit(void *into, const char *value)
{
	return report_percent(value, &((struct diff_options *)into)->report.percent_limit);
}

static struct error *set_percentage(void *into, const char *value)
{
	return report_absolute(value, &((struct diff_options *)into)->report.absolute);
}

#define AT(member) .offset = offsetof(struct diff_options, member)
#define BASE offsetof(struct diff_options, report)

static const struct option_def options[] = {
	{ .kind = OPTION_FLAG, .letter = 'f', .name = "force", REPORT_AT(BASE, force), .help = "Read files of another user, too" },
	{ .kind = OPTION_FLAG, .letter = 'q', .name = "quiet", REPORT_AT(BASE, quiet), .help = "Leave out the comment lines" },

	{ .kind = OPTION_HEADING, .help = "What is shown:" },
	{ .kind = OPTION_CALL, .letter = 'c', .name = "compute", .arg = "VALUE", .call = set_compute,
	  .help = "delta-abs (default): by how many points shares differ, the largest first; delta: the same, what grew "
		  "first; ratio: of periods, new to old; wdiff:W1,W2: W2 times the new less W1 times the old period" },
	{ .kind = OPTION_STRING, .letter = 's', .name = "sort", .arg = "KEYS", REPORT_AT(BASE, sort),
	  .help = "Compare by these: comm, pid, tid, dso, symbol, srcfile, srcline, cpu, socket, parent (default: dso,symbol)" },
	{ .kind = OPTION_FLAG, .letter = 'g', .name = "stacks", AT(stacks), .help = "Compare whole call stacks" },
	{ .kind = OPTION_FLAG, .name = "children", REPORT_AT(BASE, children), .help = "Count callees for their callers, too" },
	{ .kind = OPTION_CALL, .letter = 'o', .name = "order", .arg = "0|1", .call = set_order,
	  .help = "Sort by the old shares (0) or the difference (1), noise and all (default: what changed first)" },
	{ .kind = OPTION_FLAG, .letter = 'b', .name = "baseline-only", AT(baseline_only), .help = "Only rows that both files have" },
	{ .kind = OPTION_FLAG, .letter = 'p', .name = "period", REPORT_AT(BASE, period), .help = "Show both periods" },
	{ .kind = OPTION_FLAG, .letter = 'n', .name = "show-nr-samples", REPORT_AT(BASE, samples),
	  .help = "Show both numbers of samples" },
	{ .kind = OPTION_FLAG, .letter = 'F', .name = "formula", AT(formula), .help = "Show what was computed from" },
	{ .kind = OPTION_CALL, .name = "percent-limit", .arg = "PERCENT", .call = set_percent_limit,
	  .help = "Hide rows below that in both files" },
	{ .kind = OPTION_CALL, .name = "percentage", .arg = "relative|absolute", .call = set_percentage,
	  .help = "Shares of what the filters leave (default), or of everything" },
	{ .kind = OPTION_STRING, .letter = 't', .name = "field-separator", .arg = "SEP", REPORT_AT(BASE, separator),
	  .help = "Put SEP between the fields and do not pad them" },
	{ .kind = OPTION_COUNT, .letter = 'v', .name = "verbose", REPORT_AT(BASE, verbose), .help = "Show addresses and paths" },
	{ .kind = OPTION_FLAG, .name = "no-inline", REPORT_AT(BASE, no_inline), .help = "Do not look for inlined calls" },

	REPORT_SAMPLE_OPTIONS_OF(BASE, 'C', 0),
	REPORT_FUNCTION_OPTIONS(BASE, 0),

	REPORT_NAME_OPTIONS(BASE),
};

/* ---- files */

struct side {
	struct report_options options;
	struct report_filters filters;
	struct report_file file;
};

static struct error *open_side(struct side *s, const struct diff_options *o, enum compare_side which,
			       const struct profile_dims *dims)
{
	s->options = o->report;
	s->options.input = o->files[which];
	TRY(report_filters_parse(&s->options, &s->filters));
	TRY(report_file_open(&s->file, &s->options));
	TRY(report_file_read(&s->file, &s->options, dims, &s->filters.samples));
	report_file_losses(&s->file);
	return NULL;
}

static void close_side(struct side *s)
{
	report_filters_deinit(&s->filters);
	report_file_deinit(&s->file);
}

/* The number of the event with that name, NO_ID: none. */
static uint32_t find_event(const struct profile *p, const char *name)
{
	for (uint32_t i = 0; i < p->events.len; i++)
		if (!strcmp(strtab_text(&p->strings, p->events.data[i].name), name))
			return i;
	return NO_ID;
}

static const char *event_name(const struct profile *p, uint32_t event)
{
	return strtab_text(&p->strings, p->events.data[event].name);
}

/*
 * The event to compare one of the new file with. Files of one event each are
 * compared whatever these are: that of another machine may be called otherwise.
 */
static uint32_t counterpart(const struct side *sides, uint32_t event, struct notes *notes)
{
	const struct profile *old = &sides[COMPARE_OLD].file.profile, *new = &sides[COMPARE_NEW].file.profile;
	uint32_t found = find_event(old, event_name(new, event));

	if (found == NO_ID && old->events.len == 1 && new->events.len == 1) {
		notes_add(notes, "%s of the old file is compared with %s of the new one", event_name(old, 0), event_name(new, 0));
		return 0;
	}
	if (found == NO_ID)
		notes_add(notes, "%s is in %s alone", event_name(new, event), sides[COMPARE_NEW].file.path);
	return found;
}

/* ---- events */

static void group(const struct side *s, const struct diff_options *o, const struct columns *columns, uint32_t event,
		  struct grouping *g)
{
	struct grouping_options grouped = {
		.columns = columns, .children = o->report.children, .hide_unresolved = o->report.hide_unresolved,
		.parent = columns->mask[COLUMN_PARENT] || o->report.parent ? &s->filters.parent : NULL,
		.parent_only = o->report.parent, .symbol_part = o->report.symbol_part, .absolute = o->report.absolute,
	};

	memcpy(&grouped.dsos, &s->filters.dsos, sizeof(grouped.dsos));
	memcpy(&grouped.symbols, &s->filters.symbols, sizeof(grouped.symbols));
	grouping_init(g, &s->file.profile, event, &grouped);
}

static void compare_event(const struct side *sides, const struct diff_options *o, const struct columns *columns,
			  const uint32_t events[COMPARE_SIDES])
{
	struct comparison c = { 0 };
	struct grouping groups[COMPARE_SIDES];
	struct diff_event shown = { .name = event_name(&sides[COMPARE_NEW].file.profile, events[COMPARE_NEW]), .comparison = &c };

	for (enum compare_side i = COMPARE_OLD; i < COMPARE_SIDES; i++) {
		shown.files[i] = sides[i].file.path;
		if (o->stacks) {
			struct place_filter filter = report_places(&sides[i].filters, &o->report);
			comparison_add_stacks(&c, i, &sides[i].file.profile, events[i], &filter);
			continue;
		}
		group(&sides[i], o, columns, events[i], &groups[i]);
		comparison_add_rows(&c, i, &groups[i]);
		shown.groups[i] = &groups[i];
	}
	comparison_finish(&c, &o->order);
	diff_text(&shown, o, stdout);
	comparison_deinit(&c);
	for (int i = 0; i < COMPARE_SIDES && !o->stacks; i++)
		grouping_deinit(&groups[i]);
}

static struct error *compare_events(const struct side *sides, const struct diff_options *o, const struct columns *columns,
				    struct notes *notes)
{
	const struct profile *old = &sides[COMPARE_OLD].file.profile, *new = &sides[COMPARE_NEW].file.profile;
	size_t compared = 0;

	for (uint32_t i = 0; i < new->events.len; i++) {
		uint32_t events[COMPARE_SIDES] = { counterpart(sides, i, notes), i };
		if (events[COMPARE_OLD] == NO_ID)
			continue;
		if (!new->events.data[i].count && !old->events.data[events[COMPARE_OLD]].count && new->events.len > 1)
			continue;
		compare_event(sides, o, columns, events);
		compared++;
	}
	for (uint32_t i = 0; i < old->events.len; i++)
		if (find_event(new, event_name(old, i)) == NO_ID && compared)
			notes_add(notes, "%s is in %s alone", event_name(old, i), sides[COMPARE_OLD].file.path);
	for (int i = 0; i < COMPARE_SIDES; i++)
		if (!sides[i].file.profile.events.len)
			return error_create("%s has no samples", sides[i].file.path);
	return compared ? NULL : error_create("%s and %s have no event in common", o->files[COMPARE_OLD], o->files[COMPARE_NEW]);
}

static struct error *diff(struct side *sides, const struct diff_options *o)
{
	struct columns_request request = { .sort = o->report.sort ? o->report.sort : "dso,symbol", .parent = o->report.parent };
	struct profile_dims dims = { .max_stack = o->report.max_stack };
	struct notes notes = { 0 };
	struct columns columns;

	TRY(columns_parse(&request, &columns));
	columns_dims(&columns, o->report.quantum, &dims);
	dims.inlines = !o->report.no_inline;
	dims.stacks = o->stacks || o->report.children || o->report.parent || columns.mask[COLUMN_PARENT];
	for (enum compare_side i = COMPARE_OLD; i < COMPARE_SIDES; i++)
		TRY(open_side(&sides[i], o, i, &dims));
	struct error *err = compare_events(sides, o, &columns, &notes);
	fflush(stdout);
	if (!o->report.quiet)
		mode_notes(&notes);
	notes_deinit(&notes);
	return err;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct diff_options o = { .files = { "perf.data.old", "perf.data" } };
	struct side sides[COMPARE_SIDES] = { 0 };
	struct options_rest rest;
	bool helped;

	(void)status;
	report_options_init(&o.report);
	TRY(mode_options(mode, &o, OPTIONS_MIXED, argc, argv, &rest, &helped));
	if (helped)
		return NULL;
	if (argc - rest.index > COMPARE_SIDES)
		return mode_too_many(mode, argv[rest.index + COMPARE_SIDES]);
	/* one file alone is the new one, as with perf */
	if (argc - rest.index == COMPARE_SIDES)
		o.files[COMPARE_OLD] = argv[rest.index++];
	if (rest.index < argc)
		o.files[COMPARE_NEW] = argv[rest.index];
	struct error *err = diff(sides, &o);
	for (int i = 0; i < COMPARE_SIDES; i++) {
		if (!o.report.quiet && sides[i].file.reader)
			mode_notes(&sides[i].file.notes);
		close_side(&sides[i]);
	}
	return err;
}

const struct mode mode_diff = {
	.name = "diff",
	.usage = "[OPTIONS] [[OLD] NEW]",
	.summary = "Compare two recordings",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
