/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/report_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "os/cpuset.h"

void report_options_init(struct report_options *o)
{
	*o = (struct report_options){ .demangle = true, .quantum = 100000000 };
	calltree_spec_init(&o->calltree);
}

struct error *report_percent(const char *value, double *percent)
{
	if (number_double(value, percent) && *percent >= 0 && *percent <= 100)
		return NULL;
	return error_usage("%s is no percentage", value);
}

struct error *report_absolute(const char *value, bool *absolute)
{
	*absolute = !strcmp(value, "absolute");
	if (*absolute || !strcmp(value, "relative"))
		return NULL;
	return error_usage("percentages are relative or absolute, not %s", value);
}

/* ---- lists */

enum { WIDEST = 4096 };		/* characters of a column */

/* The comma-separated words of `text`, in the arena. */
#define split(f, option_text, list) do { \
	for (const char *at_ = (option_text); at_ && *at_;) { \
		size_t len_ = strcspn(at_, ","); \
		if (len_) \
			vec_push(list, arena_strndup(&(f)->text, at_, len_)); \
		at_ += len_ + (at_[len_] == ','); \
	} \
} while (0)

static struct error *add_number(const char *option, const char *text, size_t at, size_t len, uint64_t *value)
{
	autofree char *word = xstrndup(text + at, len);

	if (number_u64(word, value) && *value <= UINT32_MAX)
		return NULL;
	return error_at(error_usage("%s: %s is not a number", option, *word ? word : "an empty word"), text, at, len);
}

#define add_numbers(option, list, option_text) do { \
	const char *text_ = (option_text); \
	for (size_t at_ = 0; text_ && text_[at_];) { \
		size_t len_ = strcspn(text_ + at_, ","); \
		uint64_t value_; \
		TRY(add_number(option, text_, at_, len_, &value_)); \
		vec_push(list, (uint32_t)value_); \
		at_ += len_ + (text_[at_ + len_] == ','); \
	} \
} while (0)

static struct error *parse_regex(const char *text, regex_t *regex)
{
	char why[256];
	int failed = regcomp(regex, text, REG_EXTENDED | REG_NOSUB);

	if (!failed)
		return NULL;
	regerror(failed, regex, why, sizeof(why));
	return error_at(error_usage("--parent: %s", why), text, 0, strlen(text));
}

struct error *report_filters_parse(const struct report_options *o, struct report_filters *f)
{
	struct cpuset cpus = { 0 };

	split(f, o->comms, &f->samples.comms);
	split(f, o->dsos, &f->dsos);
	split(f, o->symbols, &f->symbols);
	add_numbers("--pid", &f->samples.pids, o->pids);
	add_numbers("--tid", &f->samples.tids, o->tids);
	add_numbers("-w", &f->widths, o->widths);
	for (size_t i = 0; i < f->widths.len; i++)
		if (f->widths.data[i] > WIDEST)
			return error_usage("-w: no column is wider than %d", WIDEST);
	if (o->cpus) {
		struct error *err = cpuset_parse(o->cpus, &cpus);
		if (err) {
			err->kind = ERROR_USAGE;
			return error_context(err, "-C");
		}
		for (size_t i = 0; i < cpus.cpus.len; i++)
			vec_push(&f->samples.cpus, (uint32_t)cpus.cpus.data[i]);
		cpuset_deinit(&cpus);
	}
	/* without -p, the functions through which tasks enter the kernel, as perf has it */
	TRY(parse_regex(o->parent ? o->parent : "^sys_|^do_page_fault|^__x64_sys_|^exc_page_fault", &f->parent));
	f->parent_set = true;
	return NULL;
}

struct place_filter report_places(const struct report_filters *f, const struct report_options *o)
{
	return (struct place_filter){
		.dsos = f->dsos.data, .n_dsos = f->dsos.len, .symbols = f->symbols.data, .n_symbols = f->symbols.len,
		.symbol_part = o->symbol_part, .named = o->hide_unresolved, .parent = o->parent ? &f->parent : NULL,
	};
}

void report_filters_deinit(struct report_filters *f)
{
	arena_deinit(&f->text);
	profile_filter_deinit(&f->samples);
	vec_deinit(&f->dsos);
	vec_deinit(&f->symbols);
	vec_deinit(&f->widths);
	if (f->parent_set)
		regfree(&f->parent);
}
