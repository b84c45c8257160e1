/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/options.h"

#include <stdint.h>

#include "base/cleanup.h"
#include "tests/lib/tap.h"

struct opts {
	bool all, inherit, graph;
	unsigned verbose;
	const char *output, *graph_mode;
	uint64_t freq;
	double delay;
};

static struct error *call_graph(void *into, const char *value)
{
	struct opts *o = into;

	o->graph = true;
	o->graph_mode = value;
	if (value && !strcmp(value, "lies"))
		return error_create("no such mode %s", value);
	return NULL;
}

static const char *const graph_words[] = { "fp", "dwarf", NULL };

#define AT(member) .offset = offsetof(struct opts, member)
static const struct option_def defs[] = {
	{ .kind = OPTION_HEADING, .help = "What to look at:" },
	{ OPTION_FLAG, 'a', "all-cpus", AT(all), .help = "the whole machine" },
	{ OPTION_FLAG, 'i', "no-inherit", AT(inherit), .help = "not the children" },
	{ OPTION_COUNT, 'v', "verbose", AT(verbose), .help = "say more" },
	{ OPTION_STRING, 'o', "output", "FILE", AT(output), .help = "write there" },
	{ OPTION_U64, 'F', "freq", "HZ", AT(freq), .help = "rate" },
	{ OPTION_DOUBLE, 'D', "delay", "MS", AT(delay), .help = "wait first" },
	{ OPTION_CALL, 'g', NULL, "MODE", 0, call_graph, graph_words, OPTION_OPTIONAL, "call graphs" },
	{ OPTION_CALL, 0, "call-graph", "MODE", 0, call_graph, .help = "call graphs" },
	{ OPTION_FLAG, 0, "call-stats", AT(all), .help = "ambiguous with the one above when cut short" },
};

static struct error *parse(struct opts *o, struct options_rest *rest, enum options_order order, char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	*o = (struct opts){ 0 };
	return options_parse(defs, ARRAY_SIZE(defs), o, order, argc, argv, rest);
}

/* The parser moves the words of argv about and writes to none. */
#define ARGV(...) ((char **)(const char *[]){ __VA_ARGS__, NULL })

static void clusters(void)
{
	struct opts o;
	struct options_rest rest;

	CHECK_OK(parse(&o, &rest, OPTIONS_FIRST, ARGV("-ag", "-F99", "-vv", "--", "sleep", "-a")), "-ag -F99 -vv -- sleep -a");
	CHECK(o.all && o.graph && !o.graph_mode && o.freq == 99 && o.verbose == 2, "each letter of a cluster counts");
	CHECK(rest.index == 4 && rest.dashes, "-- ends the options and what follows is left alone");
	CHECK_OK(parse(&o, &rest, OPTIONS_FIRST, ARGV("-ag", "dwarf", "sleep", "1")), "-ag dwarf sleep 1");
	CHECK_STR(o.graph_mode, "dwarf", "a known word behind -g is its value");
	CHECK_EQ(rest.index, 2, "and the command starts behind it");
	CHECK_OK(parse(&o, &rest, OPTIONS_FIRST, ARGV("-g", "dwarf,4096", "x")), "-g dwarf,4096");
	CHECK_STR(o.graph_mode, "dwarf,4096", "with more behind a comma");
	CHECK_OK(parse(&o, &rest, OPTIONS_FIRST, ARGV("-g", "dwarfs", "x")), "-g dwarfs");
	CHECK(!o.graph_mode && rest.index == 1, "another word is the command");
	CHECK_OK(parse(&o, &rest, OPTIONS_FIRST, ARGV("-gF", "7", "-aofile", "x")), "-gF 7 -aofile");
	CHECK(o.graph && !o.graph_mode && o.freq == 7, "letters go on behind an optional value's letter");
	CHECK_STR(o.output, "file", "the rest of a cluster is the value");
}

static void longs(void)
{
	struct opts o;
	struct options_rest rest;

	CHECK_OK(parse(&o, &rest, OPTIONS_FIRST, ARGV("--freq=10", "--out", "f", "--delay", "1.5", "--no-inherit")), "long options");
	CHECK(o.freq == 10 && o.delay == 1.5 && o.inherit && !strcmp(o.output, "f"), "with = and behind, cut short");
	CHECK_OK(parse(&o, &rest, OPTIONS_FIRST, ARGV("-a", "--no-all-cpus", "-i", "--inherit")), "--no-NAME");
	CHECK(!o.all && !o.inherit, "undoes a flag, and --NAME one called no-NAME");
	CHECK_ERR(parse(&o, &rest, OPTIONS_FIRST, ARGV("--call", "x")), "more than one", "ambiguous");
	CHECK_ERR(parse(&o, &rest, OPTIONS_FIRST, ARGV("--frq=1")), "--freq", "nearest names");
	CHECK_ERR(parse(&o, &rest, OPTIONS_FIRST, ARGV("-a", "--freq", "9x")), "  -a --freq 9x\n            ^^", "a caret under the bad value");
	CHECK_ERR(parse(&o, &rest, OPTIONS_FIRST, ARGV("--freq")), "needs a value", "a missing value");
	CHECK_ERR(parse(&o, &rest, OPTIONS_FIRST, ARGV("--all-cpus=1")), "takes no value", "a needless value");
	CHECK_ERR(parse(&o, &rest, OPTIONS_FIRST, ARGV("-ax")), "unknown option -x", "an unknown letter");
	CHECK_ERR(parse(&o, &rest, OPTIONS_FIRST, ARGV("--call-graph", "lies")), "--call-graph: no such mode lies", "an error of the row's own");
	struct error *err = parse(&o, &rest, OPTIONS_FIRST, ARGV("--call-graph", "lies"));
	CHECK_EQ(err->kind, ERROR_USAGE, "is a usage error");
	error_destroy(err);
}

static void mixed(void)
{
	struct opts o;
	struct options_rest rest;
	char **argv = ARGV("one", "-a", "two", "-o", "f", "three");

	CHECK_OK(parse(&o, &rest, OPTIONS_MIXED, argv), "words between options");
	CHECK(o.all && o.output && !strcmp(o.output, "f"), "all options are seen");
	CHECK(rest.index == 3 && !strcmp(argv[3], "one") && !strcmp(argv[4], "two") && !strcmp(argv[5], "three"),
	      "and the words follow in their order");
	argv = ARGV("one", "--", "-a");
	CHECK_OK(parse(&o, &rest, OPTIONS_MIXED, argv), "-- in the middle");
	CHECK(!o.all && rest.index == 1 && !strcmp(argv[1], "one") && !strcmp(argv[2], "-a"), "what follows -- is a word");
	CHECK_OK(parse(&o, &rest, OPTIONS_MIXED, ARGV("-a", "-h", "--nonsense")), "-h");
	CHECK(rest.help, "asks for help, whatever follows");
}

static void help(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	options_print(defs, ARRAY_SIZE(defs), 80, out);
	fclose(out);
	CHECK(strstr(text, "What to look at:\n  -a, --all-cpus                the whole machine\n"), "help shows heading and row");
	CHECK(strstr(text, "  -o, --output FILE "), "and the value's name");
	CHECK(strstr(text, "  -g[MODE]"), "and an optional one");
	free(text);
	static const struct option_def several[] = {
		{ OPTION_FLAG, 'p', "pid", "PID,…", 0, .help = "these processes" },
	};
	out = open_memstream(&text, &size);
	options_print(several, 1, 80, out);
	fclose(out);
	CHECK_STR(text, "  -p, --pid PID,…               these processes\n", "columns are counted in characters, not in bytes");
	free(text);
}

int main(void)
{
	clusters();
	longs();
	mixed();
	help();
	return tap_done();
}
