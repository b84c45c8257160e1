/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/exporters.h"

#include <string.h>

/* To add a format: its file, a declaration in exporters.h, a row here, its lines in doc/ptk-export.1. */
const struct exporter exporters[] = {
	{ .name = "folded", .suffix = ".folded", .write = export_folded,
	  .help = "a stack a line with its samples, as stackcollapse-perf.pl prints" },
	{ .name = "speedscope", .suffix = ".speedscope.json", .write = export_speedscope,
	  .help = "for speedscope: a profile an event" },
	{ .name = "pprof", .suffix = ".pb", .write = export_pprof, .binary = true, .threads = true,
	  .help = "profile.proto, for go tool pprof" },
	{ .name = "callgrind", .suffix = ".callgrind", .write = export_callgrind,
	  .help = "for callgrind_annotate and KCachegrind" },
	{ .name = "dot", .suffix = ".dot", .write = export_dot,
	  .help = "a call graph for Graphviz" },
	{ .name = "chrome", .suffix = ".trace.json", .write = export_chrome, .threads = true, .times = true,
	  .help = "trace events for Perfetto and chrome://tracing: threads over time, of one event" },
	{ .name = "gecko", .suffix = ".gecko.json", .write = export_gecko, .threads = true, .times = true,
	  .help = "for the Firefox Profiler" },
	{ .name = "json", .suffix = ".json", .write = export_json, .threads = true,
	  .help = "the tables of the profile" },
	{ .name = "csv", .suffix = ".csv", .write = export_csv, .threads = true,
	  .help = "a line for each stack of a thread" },
	{ .name = "sqlite", .suffix = ".sqlite", .try_write = export_sqlite, .ready = export_sqlite_ready,
	  .binary = true, .threads = true, .times = true, .help = "an SQLite database of the tables, with a row a sample" },
	{ .name = NULL },
};

const struct exporter *exporter_find(const char *name)
{
	for (const struct exporter *x = exporters; x->name; x++)
		if (!strcmp(x->name, name))
			return x;
	return NULL;
}
