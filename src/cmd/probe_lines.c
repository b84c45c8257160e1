/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk probe -L: the source of a function, with the numbers of the lines that can be probed. */
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "cmd/probe.h"

struct range {
	uint64_t from, to;	/* as typed; to UINT64_MAX: to the end */
};

/* FUNCTION[:FROM[-TO|+COUNT]]: takes the range off the end. */
static struct error *split_range(char *text, struct range *range)
{
	char *colon = strrchr(text, ':');

	*range = (struct range){ 0, UINT64_MAX };
	if (!colon || (colon > text && colon[-1] == ':'))	/* shop::cart::add */
		return NULL;
	size_t len = strcspn(colon + 1, "-+");
	char mark = colon[1 + len], *rest = colon + 1 + len + (mark != '\0');
	autofree char *from = xstrndup(colon + 1, len);
	uint64_t to = 0;
	if (!number_u64(from, &range->from) || (mark && !number_u64(rest, &to)) || (mark == '-' && to < range->from)) {
		return error_hint(error_at(error_usage("these are no lines"), text, (size_t)(colon + 1 - text), strlen(colon + 1)),
				  "write FUNCTION:FROM-TO or FUNCTION:FROM+COUNT");
	}
	range->to = mark == '+' ? range->from + to : mark ? to : range->from + 10;
	*colon = '\0';
	return NULL;
}

static bool has_code(const struct probe_source *source, int line, size_t *at)
{
	while (*at < source->lines.len && source->lines.data[*at] < line)
		(*at)++;
	return *at < source->lines.len && source->lines.data[*at] == line;
}

static void print_line(const char *text, int number, bool code)
{
	size_t len = strcspn(text, "\n");

	if (code)
		printf("%7d  %.*s\n", number, (int)len, text);
	else
		printf("         %.*s\n", (int)len, text);
}

static void print_source(const struct probe_source *source, const struct range *range)
{
	int last = source->lines.len ? vec_last(&source->lines) : source->first;
	const char *text = strbuf_str(&source->text);
	size_t at = 0;

	if (!source->first && range->to == UINT64_MAX)
		last = INT32_MAX;
	for (int line = 1; *text && (line <= last || (line == last + 1 && *text == '}')); line++) {
		int shown = line - source->first;
		size_t len = strcspn(text, "\n");
		if (line >= source->first && (uint64_t)shown >= range->from && (uint64_t)shown <= range->to)
			print_line(text, shown, has_code(source, line, &at));
		text += len + (text[len] == '\n');
	}
}

/* Without the text the numbers are still worth knowing. */
static void print_numbers(const struct probe_source *source, const struct range *range)
{
	for (size_t i = 0; i < source->lines.len; i++) {
		int shown = source->lines.data[i] - source->first;
		if ((i && source->lines.data[i] == source->lines.data[i - 1]) || (uint64_t)shown < range->from || (uint64_t)shown > range->to)
			continue;
		print_line("", shown, true);
	}
}

static struct error *show(struct prober *prober, const struct probe_def *def, const struct range *range)
{
	struct probe_source source;
	struct error *err = prober_source(prober, def, &source);

	if (!err) {
		const char *name = def->function.text ? def->function.text : source.path;
		printf("<%s%s%s:%llu>\n", name, def->function.text ? "@" : "", def->function.text ? source.path : "", (unsigned long long)range->from);
		if (source.missing)
			print_numbers(&source, range);
		else
			print_source(&source, range);
		fflush(stdout);
		if (source.missing)
			fprintf(stderr, "ptk: %s\n", source.missing->message);
		error_destroy(source.missing);
	}
	probe_source_deinit(&source);
	return err;
}

struct error *probe_lines(struct prober *prober, const struct probe_options *o)
{
	autofree char *text = xstrdup(o->lines);
	struct range range;
	struct probe_def def;

	TRY(split_range(text, &range));
	TRY(probe_def_parse(text, &def));
	if (def.function.text && strstr(def.function.text, ".c")) {
		/* A file without a line behind it looks like a function. */
		def.file = def.function;
		def.function = (struct probe_word){ 0 };
	}
	struct error *err = show(prober, &def, &range);
	probe_def_deinit(&def);
	return err;
}
