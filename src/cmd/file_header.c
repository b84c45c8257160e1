/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/file_header.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "cmd/attr_text.h"

static void print_event(FILE *out, const struct data_event *event)
{
	fprintf(out, "# event : name = %s", event->name);
	for (size_t i = 0; i < event->ids.len; i++)
		fprintf(out, "%s%" PRIu64, i ? ", " : ", id = { ", event->ids.data[i]);
	if (event->ids.len)
		fputs(" }", out);
	fputs(", ", out);
	attr_text_print(out, &event->attr, " = ");
	fputc('\n', out);
}

static void print_text(FILE *out, const char *name, const char *value)
{
	if (value)
		fprintf(out, "# %s : %s\n", name, value);
}

static void print_machine(FILE *out, const struct data_features *f)
{
	print_text(out, "hostname", f->hostname);
	print_text(out, "os release", f->osrelease);
	print_text(out, "perf version", f->version);
	print_text(out, "arch", f->arch);
	if (f->cpus_online || f->cpus_available)
		fprintf(out, "# nrcpus online : %" PRIu32 "\n# nrcpus avail : %" PRIu32 "\n", f->cpus_online, f->cpus_available);
	print_text(out, "cpudesc", f->cpudesc);
	print_text(out, "cpuid", f->cpuid);
	if (f->total_mem_kib)
		fprintf(out, "# total memory : %" PRIu64 " kB\n", f->total_mem_kib);
	if (!f->cmdline.len)
		return;
	fputs("# cmdline :", out);
	for (size_t i = 0; i < f->cmdline.len; i++)
		fprintf(out, " %s", f->cmdline.data[i]);
	fputc('\n', out);
}

static void print_topology(FILE *out, const struct data_features *f, bool full)
{
	if (!full) {
		if (f->core_siblings.len || f->thread_siblings.len)
			fputs("# CPU_TOPOLOGY info available, use -I to display\n", out);
		if (f->nodes.len)
			fputs("# NUMA_TOPOLOGY info available, use -I to display\n", out);
		return;
	}
	for (size_t i = 0; i < f->core_siblings.len; i++)
		fprintf(out, "# sibling sockets : %s\n", f->core_siblings.data[i]);
	for (size_t i = 0; i < f->thread_siblings.len; i++)
		fprintf(out, "# sibling threads : %s\n", f->thread_siblings.data[i]);
	for (size_t i = 0; i < f->cpus.len; i++)
		fprintf(out, "# CPU %zu: Core ID %" PRId32 ", Die ID %" PRId32 ", Socket ID %" PRId32 "\n", i, f->cpus.data[i].core,
			f->cpus.data[i].die, f->cpus.data[i].socket);
	for (size_t i = 0; i < f->nodes.len; i++)
		fprintf(out, "# node%" PRIu32 " meminfo  : total = %" PRIu64 " kB, free = %" PRIu64 " kB\n# node%" PRIu32 " cpu list : %s\n",
			f->nodes.data[i].node, f->nodes.data[i].mem_total_kib, f->nodes.data[i].mem_free_kib,
			f->nodes.data[i].node, f->nodes.data[i].cpus ? f->nodes.data[i].cpus : "");
}

static void print_times(FILE *out, const struct data_features *f)
{
	if (!f->first_sample && !f->last_sample)
		return;
	fprintf(out, "# time of first sample : %" PRIu64 ".%06" PRIu64 "\n", f->first_sample / 1000000000,
		f->first_sample % 1000000000 / 1000);
	fprintf(out, "# time of last sample : %" PRIu64 ".%06" PRIu64 "\n", f->last_sample / 1000000000,
		f->last_sample % 1000000000 / 1000);
	fprintf(out, "# sample duration : %10.3f ms\n", (double)(f->last_sample - f->first_sample) / 1e6);
}

static void print_missing(FILE *out, const struct data_features *f)
{
	fputs("# missing features:", out);
	for (unsigned bit = FEATURE_TRACING_DATA; bit < FEATURE_MAX; bit++)
		if (!(f->present[bit / 64] >> bit % 64 & 1) && data_feature_name(bit))
			fprintf(out, " %s", data_feature_name(bit));
	fputc('\n', out);
}

static void print_all(FILE *out, const struct data_reader *reader, const char *path, bool full)
{
	const struct data_features *f = data_features(reader);
	struct stat st;
	char when[64];

	fputs("# ========\n", out);
	if (!stat(path, &st) && S_ISREG(st.st_mode) &&
	    strftime(when, sizeof(when), "%a %b %e %H:%M:%S %Y", localtime(&st.st_mtime)))
		fprintf(out, "# captured on    : %s\n", when);
	print_machine(out, f);
	for (size_t i = 0; i < data_n_events(reader); i++)
		print_event(out, data_event(reader, i));
	print_topology(out, f, full);
	if (f->pmus.len)
		fputs("# pmu mappings:", out);
	for (size_t i = 0; i < f->pmus.len; i++)
		fprintf(out, "%s %s = %" PRIu32 "%s", i ? "," : "", f->pmus.data[i].name, f->pmus.data[i].type,
			i + 1 == f->pmus.len ? "\n" : "");
	for (size_t i = 0; i < f->groups.len; i++)
		fprintf(out, "# group: %s, leader %" PRIu32 ", %" PRIu32 " events\n", f->groups.data[i].name,
			f->groups.data[i].leader, f->groups.data[i].members);
	print_times(out, f);
	if (f->compressed_ratio)
		fprintf(out, "# compressed : %s, level = %" PRIu32 ", ratio = %" PRIu32 "\n",
			f->compressed_type == 1 ? "Zstd" : "unknown", f->compressed_level, f->compressed_ratio);
	print_missing(out, f);
	fputs("# ========\n#\n", out);
}

/* What the file says is not to be trusted with a terminal. */
void file_header_print(FILE *out, const struct data_reader *reader, const char *path, bool full)
{
	autofree char *text = NULL;
	size_t len = 0;
	FILE *memory = open_memstream(&text, &len);

	if (!memory)
		return;
	print_all(memory, reader, path, full);
	fclose(memory);
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
		utf8_tame(line, (size_t)(end - line));
	fwrite(text, 1, len, out);
}

static void print_type(FILE *out, const char *name, uint64_t n, uint64_t total)
{
	static const char prefix[] = "PERF_RECORD_";

	if (!strncmp(name, prefix, strlen(prefix)))
		name += strlen(prefix);
	fprintf(out, "%16s events: %10" PRIu64 "  (%4.1f%%)\n", name, n, total ? 100.0 * (double)n / (double)total : 0);
}

void file_stats_print(FILE *out, const struct data_reader *reader, const struct session *session,
		      const struct profile *profile)
{
	const struct session_counts *c = session_counts(session);
	uint64_t total = 0;

	for (uint32_t type = 0; type < RECORD_TYPES; type++)
		total += c->records[type];
	fprintf(out, "\nAggregated stats:\n%16s events: %10" PRIu64 "\n", "TOTAL", total);
	for (uint32_t type = 1; type < RECORD_TYPES; type++)
		if (c->records[type])
			print_type(out, record_type_name(type) ? record_type_name(type) : "unnamed", c->records[type], total);
	if (c->records[0])
		print_type(out, "unknown", c->records[0], total);
	for (size_t i = 0; i < data_n_events(reader); i++) {
		uint64_t n = i < profile->events.len ? profile->events.data[i].count : 0;
		fprintf(out, "%s stats:\n%16s events: %10" PRIu64 "\n", data_event(reader, i)->name, "SAMPLE", n);
	}
}
