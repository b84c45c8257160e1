/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recording FILE IMAGE ARCH EVENTS: a perf.data file of samples that are known
 * to the last one, from a machine of that architecture. Standard input has them,
 * a line each:
 *
 *	EVENT ADDRESS COUNT [TID [NAME]]
 *
 * EVENT is a number below EVENTS, ADDRESS the image's own, TID (default 1) a
 * process called NAME. Each sample has period 1000.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/build.h"
#include "base/cleanup.h"
#include "data/writer.h"
#include "elf/image.h"

enum { EVENTS_MAX = 4, TASKS_MAX = 64 };

static const uint64_t base = 0x5500000000;	/* where the image is mapped */

struct recording {
	struct data_event events[EVENTS_MAX];
	unsigned n_events;
	struct image *image;
	const char *path;
	struct strbuf records;
	uint32_t tasks[TASKS_MAX];
	unsigned n_tasks;
	uint64_t time;
};

static void add_task(struct recording *r, uint32_t tid, const char *name)
{
	struct build b = { .out = &r->records, .layout = &r->events[0].layout, .id = { .id = 1, .time = ++r->time } };
	struct record_mmap map = { .pid = tid, .tid = tid, .start = base, .len = 1 << 30, .prot = 5, .flags = 2,
				   .filename = r->path };

	for (unsigned i = 0; i < r->n_tasks; i++)
		if (r->tasks[i] == tid)
			return;
	if (r->n_tasks < TASKS_MAX)
		r->tasks[r->n_tasks++] = tid;
	build_comm(&b, &(struct record_comm){ .pid = tid, .tid = tid, .comm = name, .exec = true });
	build_mmap2(&b, PERF_RECORD_MISC_USER, &map);
}

static void add_samples(struct recording *r, unsigned event, uint64_t address, unsigned count, uint32_t tid)
{
	uint64_t offset = address;

	if (!image_address_to_offset(r->image, address, &offset)) {
		fprintf(stderr, "recording: %llx is no address of the image\n", (unsigned long long)address);
		exit(1);
	}
	for (unsigned i = 0; i < count; i++) {
		/* IDENTIFIER, IP, TID, TIME, PERIOD */
		uint64_t words[] = { event + 1, base + offset, (uint64_t)tid << 32 | tid, ++r->time, 1000 };
		build_plain(&r->records, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, words, sizeof(words));
	}
}

static void read_samples(struct recording *r)
{
	char line[256], name[16];
	unsigned event, count, tid;
	unsigned long long address;

	while (fgets(line, sizeof(line), stdin)) {
		tid = 1;
		strcpy(name, "prog");
		if (sscanf(line, "%u %llx %u %u %15s", &event, &address, &count, &tid, name) < 3 || event >= r->n_events)
			exit(2);
		add_task(r, tid, name);
		add_samples(r, event, address, count, tid);
	}
}

static void add_event(struct recording *r, unsigned i)
{
	static const char *const names[EVENTS_MAX] = { "cpu-clock", "page-faults", "context-switches", "task-clock" };
	struct data_event *e = &r->events[i];

	e->name = xstrdup(names[i]);
	e->attr = (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(e->attr), .config = PERF_COUNT_SW_CPU_CLOCK, .sample_period = 1000,
		.sample_id_all = 1, .mmap = 1, .mmap2 = 1, .comm = 1, .comm_exec = 1,
		.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD,
	};
	sample_layout_init(&e->layout, &e->attr);
	vec_push(&e->ids, (uint64_t)i + 1);
}

int main(int argc, char **argv)
{
	struct recording r = { .time = 1000000000 };
	struct data_features features = { 0 };
	struct data_writer *writer = NULL;

	if (argc != 5 || atoi(argv[4]) < 1 || atoi(argv[4]) > EVENTS_MAX)
		return 2;
	r.path = argv[2];
	r.n_events = (unsigned)atoi(argv[4]);
	features.arch = argv[3];
	features.hostname = "elsewhere";
	for (unsigned i = 0; i < r.n_events; i++)
		add_event(&r, i);
	autoclose int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	autoerror struct error *err = image_open(r.path, &r.image);
	if (!err)
		err = data_writer_create(fd, argv[1], false, r.events, r.n_events, &writer);
	if (!err) {
		read_samples(&r);
		struct iovec iov = { .iov_base = r.records.data, .iov_len = r.records.len };
		err = data_writer_put(writer, &iov, 1);
	}
	if (!err)
		err = data_writer_finish(writer, &features);
	if (err)
		fprintf(stderr, "recording: %s\n", err->message);
	data_writer_destroy(writer);
	image_close(r.image);
	strbuf_deinit(&r.records);
	for (unsigned i = 0; i < r.n_events; i++) {
		free((void *)r.events[i].name);
		vec_deinit(&r.events[i].ids);
	}
	return err != NULL;
}
