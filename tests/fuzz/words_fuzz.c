/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is typed behind options, and lines of options themselves. The first
 * byte says whose words they are. An error has its caret inside the text.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "base/options.h"
#include "cmd/record.h"
#include "cmd/report_options.h"
#include "cmd/script.h"
#include "cmd/time_ranges.h"
#include "os/cpuset.h"
#include "pmu/metric.h"
#include "profile/calltree.h"
#include "profile/columns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct error *cpus(const char *text)
{
	struct cpuset set = { 0 };
	struct error *err = cpuset_parse(text, &set);

	if (!err)
		free(cpuset_text(&set));
	cpuset_deinit(&set);
	return err;
}

static struct error *metrics(const char *text)
{
	struct metric_expr expr;
	struct error *err = metric_expr_parse(text, &expr);

	if (err)
		return err;
	double *values = xcalloc(expr.names.len + 1, sizeof(*values));
	metric_expr_evaluate(&expr, values, 1);
	free(values);
	metric_expr_deinit(&expr);
	return NULL;
}

static struct error *call_graph(const char *text)
{
	struct calltree_spec spec;

	calltree_spec_init(&spec);
	return calltree_spec_parse(text, &spec);
}

static struct error *keys(const char *text)
{
	struct columns columns = { 0 };

	return columns_parse(&(struct columns_request){ .sort = text, .children = true }, &columns);
}

static struct error *times(const char *text)
{
	const struct data_features features = { .first_sample = 1, .last_sample = 1000000000 };
	struct time_ranges ranges = { 0 };
	struct error *err = time_ranges_parse(text, &features, &ranges);

	vec_deinit(&ranges.all);
	return err;
}

static struct error *fields(const char *text)
{
	struct script_fields shown;

	script_fields_init(&shown);
	return script_fields_parse(&shown, text);
}

static struct error *chains(const char *text)
{
	struct record_options o = { 0 };

	return record_chains_parse(&o, text);
}

static struct error *branches(const char *text)
{
	uint64_t bits;

	return record_branches_parse(text, &bits);
}

static struct error *lists(const char *text)
{
	struct report_options o = { 0 };
	struct report_filters filters = { 0 };

	report_options_init(&o);
	o.comms = o.pids = o.tids = o.cpus = o.dsos = o.symbols = text;
	struct error *err = report_filters_parse(&o, &filters);
	report_filters_deinit(&filters);
	return err;
}

static struct error *numbers(const char *text)
{
	uint64_t n;
	double d;

	number_u64(text, &n);
	number_double(text, &d);
	number_scaled(text, true, &n);
	return NULL;
}

/* ---- options, a word a line */

struct taken {
	bool flag;
	unsigned count;
	const char *string;
	uint64_t u64;
	double number;
};

static struct error *take(void *into, const char *value)
{
	return value && *value == '!' ? error_usage("%s is refused", value) : NULL;
}

static struct error *option_words(const char *text)
{
	static const char *const words[] = { "one", "two", NULL };
	static const struct option_def defs[] = {
		{ OPTION_HEADING, .help = "Some" },
		{ OPTION_FLAG, 'f', "flag", .offset = offsetof(struct taken, flag), .help = "A flag" },
		{ OPTION_FLAG, 0, "no-other", .offset = offsetof(struct taken, flag), .help = "Its opposite" },
		{ OPTION_COUNT, 'v', "verbose", .offset = offsetof(struct taken, count), .help = "A count" },
		{ OPTION_STRING, 's', "string", "TEXT", offsetof(struct taken, string), .help = "A text" },
		{ OPTION_U64, 'n', "number", "N", offsetof(struct taken, u64), .help = "A number" },
		{ OPTION_DOUBLE, 'd', "double", "N", offsetof(struct taken, number), .help = "Another" },
		{ OPTION_CALL, 'g', "graph", "WORD", 0, take, words, OPTION_OPTIONAL | OPTION_NEGATABLE, "One of some words" },
	};
	autofree char *copy = xstrdup(text);
	struct options_rest rest;
	struct taken taken = { 0 };
	char *argv[64];
	int argc = 0;

	for (char *word = strtok(copy, "\n"); word && argc < 64; word = strtok(NULL, "\n"))
		argv[argc++] = word;
	return options_parse(defs, sizeof(defs) / sizeof(*defs), &taken, *text == '\n' ? OPTIONS_FIRST : OPTIONS_MIXED, argc, argv, &rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct error *(*const parsers[])(const char *text) = {
		cpus, metrics, call_graph, keys, times, fields, chains, branches, lists, numbers, option_words,
	};

	if (!size || size > 4096)
		return 0;
	char *text = xstrndup((const char *)data + 1, size - 1);
	struct error *err = parsers[(size_t)(data[0] - 'a') % (sizeof(parsers) / sizeof(*parsers))](text);
	if (err && err->source && err->column + err->width > strlen(err->source))
		abort();
	if (err)
		free(error_text(err));
	error_destroy(err);
	free(text);
	return 0;
}
