/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests: dump FILE prints what the reader makes of a file, a fact a
 * line: events, counts by record type, features, notes. dump -c FILE copies
 * it through the writer to standard output (-p: in pipe form; -z: packed).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "data/reader.h"
#include "data/writer.h"

static int complain(struct error *err)
{
	autofree char *text = error_text(err);

	printf("error %s", text);
	error_destroy(err);
	return 1;
}

static void print_events(const struct data_reader *r)
{
	for (size_t i = 0; i < data_n_events(r); i++) {
		const struct data_event *e = data_event(r, i);
		printf("event %s type %u config 0x%" PRIx64 " ids", e->name, e->attr.type, (uint64_t)e->attr.config);
		for (size_t k = 0; k < e->ids.len; k++)
			printf(" %" PRIu64, e->ids.data[k]);
		if (e->unit)
			printf(" unit %s scale %g", e->unit, e->scale);
		printf("\n");
	}
}

static void print_list(const char *name, const data_strings *list)
{
	for (size_t i = 0; i < list->len; i++)
		printf("%s %s\n", name, list->data[i]);
}

static void print_features(const struct data_features *f)
{
	for (unsigned bit = 0; bit < FEATURE_BITS; bit++) {
		if (data_features_has(f, bit))
			printf("feature %s\n", data_feature_name(bit) ? data_feature_name(bit) : "?");
	}
	printf("hostname %s\nosrelease %s\nversion %s\narch %s\ncpudesc %s\ncpuid %s\n", f->hostname, f->osrelease,
	       f->version, f->arch, f->cpudesc, f->cpuid);
	printf("nrcpus %u %u\ntotal_mem %" PRIu64 "\n", f->cpus_available, f->cpus_online, f->total_mem_kib);
	print_list("arg", &f->cmdline);
	print_list("sibling sockets", &f->core_siblings);
	print_list("sibling dies", &f->die_siblings);
	print_list("sibling threads", &f->thread_siblings);
	for (size_t i = 0; i < f->cpus.len; i++)
		printf("cpu %zu core %d socket %d die %d\n", i, f->cpus.data[i].core, f->cpus.data[i].socket,
		       f->cpus.data[i].die);
	for (size_t i = 0; i < f->nodes.len; i++)
		printf("node %u %" PRIu64 " %s\n", f->nodes.data[i].node, f->nodes.data[i].mem_total_kib,
		       f->nodes.data[i].cpus);
	for (size_t i = 0; i < f->pmus.len; i++)
		printf("pmu %s = %u\n", f->pmus.data[i].name, f->pmus.data[i].type);
	for (size_t i = 0; i < f->groups.len; i++)
		printf("group %s %u %u\n", f->groups.data[i].name, f->groups.data[i].leader, f->groups.data[i].members);
	for (size_t i = 0; i < f->caches.len; i++)
		printf("cache L%u %s %s [%s]\n", f->caches.data[i].level, f->caches.data[i].type, f->caches.data[i].size,
		       f->caches.data[i].cpus);
	for (size_t i = 0; i < f->build_ids.len; i++) {
		const struct data_build_id *b = &f->build_ids.data[i];
		printf("buildid ");
		for (int k = 0; k < b->size; k++)
			printf("%02x", b->id[k]);
		printf(" %s\n", b->filename);
	}
	printf("time %" PRIu64 " %" PRIu64 "\n", f->first_sample, f->last_sample);
	printf("clock %d %u %" PRIu64 "\n", f->clock_known, f->clockid, f->clock_resolution_ns);
	printf("tracing %" PRIu64 "\n", f->tracing_size);
}

static bool forwarded(const struct perf_event_header *h)
{
	return h->type < RECORD_USER_FIRST || h->type == RECORD_FINISHED_ROUND;
}

static struct error *copy(struct data_reader *r, char form)
{
	bool pipe = form == 'p';
	VEC(struct data_event) events = { 0 };
	struct data_writer *w;
	struct records records;
	bool end;
	struct error *err = data_next(r, &records, &end);

	for (size_t i = 0; i < data_n_events(r); i++)
		vec_push(&events, *data_event(r, i));
	if (!err)
		err = data_writer_create(STDOUT_FILENO, "standard output", pipe, events.data, events.len, &w);
	if (!err && form == 'z')
		err = data_writer_compress(w, 3);
	if (!err && pipe)
		err = data_writer_pipe_features(w, (struct data_features *)data_features(r));
	for (; !err && !end; err = err ? err : data_next(r, &records, &end)) {
		for (size_t at = 0, from = 0; !err && at < records.len; from = at) {
			const struct perf_event_header *h = (const void *)(records.bytes + at);
			for (; at < records.len && forwarded(h); h = (const void *)(records.bytes + at))
				at += h->size;
			struct iovec iov = { records.bytes + from, at - from };
			if (at > from)
				err = data_writer_put(w, &iov, 1);
			else
				at += h->size;
		}
		records_free(&records);
	}
	if (!err)
		err = data_writer_finish(w, (struct data_features *)data_features(r));
	vec_deinit(&events);
	data_writer_destroy(w);
	return err;
}

static struct error *count(struct data_reader *r)
{
	uint64_t counts[RECORD_TYPES] = { 0 }, others = 0, bytes = 0;
	struct records records;
	bool end;

	for (;;) {
		TRY(data_next(r, &records, &end));
		if (end)
			break;
		if ((uintptr_t)records.bytes % 8 || records.len % 8)
			printf("unaligned\n");
		for (size_t at = 0; at < records.len;) {
			const struct perf_event_header *h = (const void *)(records.bytes + at);
			if (h->size < sizeof(*h) || h->size % 8 || h->size > records.len - at) {
				printf("bad size %u\n", h->size);
				break;
			}
			if (h->type < RECORD_TYPES)
				counts[h->type]++;
			else
				others++;
			at += h->size;
		}
		bytes += records.len;
		records_free(&records);
	}
	for (uint32_t type = 0; type < RECORD_TYPES; type++) {
		if (counts[type])
			printf("records %s %" PRIu64 "\n", record_type_name(type) ? record_type_name(type) : "?", counts[type]);
	}
	printf("records others %" PRIu64 "\nbytes %" PRIu64 "\n", others, bytes);
	return NULL;
}

int main(int argc, char **argv)
{
	bool copying = argc > 2 && (!strcmp(argv[1], "-c") || !strcmp(argv[1], "-p") ||
				     !strcmp(argv[1], "-z"));
	struct notes notes = { 0 };
	struct data_reader *r;
	struct error *err = data_open(argv[argc - 1], &notes, &r);

	if (err)
		return complain(err);
	err = copying ? copy(r, argv[1][1]) : count(r);
	if (!copying) {
		print_events(r);
		print_features(data_features(r));
	}
	data_close(r);
	for (size_t i = 0; i < notes.lines.len; i++)
		fprintf(copying ? stderr : stdout, "note %s\n", notes.lines.data[i]);
	notes_deinit(&notes);
	return err ? complain(err) : 0;
}
