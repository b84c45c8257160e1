/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi/build.h"

#include <limits.h>
#include <string.h>

static void put(struct build *b, const void *data, size_t size)
{
	strbuf_add(b->out, data, size);
}

static void put32(struct build *b, uint32_t v) { put(b, &v, 4); }
static void put64(struct build *b, uint64_t v) { put(b, &v, 8); }

/* A NUL-terminated string, padded with zeros to whole words. */
static void put_string(struct build *b, const char *s, size_t max)
{
	static const char zeros[8];
	size_t len = strnlen(s, max - 1);

	put(b, s, len);
	put(b, zeros, 8 - len % 8);
}

static size_t begin(struct build *b, uint32_t type, uint16_t misc)
{
	struct perf_event_header header = { .type = type, .misc = misc };
	size_t at = b->out->len;

	put(b, &header, sizeof(header));
	return at;
}

static void finish(struct build *b, size_t at)
{
	const struct sample_layout *l = b->layout;

	if (l && l->sample_id_all) {
		uint64_t type = l->sample_type;
		if (type & PERF_SAMPLE_TID) {
			put32(b, b->id.pid);
			put32(b, b->id.tid);
		}
		if (type & PERF_SAMPLE_TIME)
			put64(b, b->id.time);
		if (type & PERF_SAMPLE_ID)
			put64(b, b->id.id);
		if (type & PERF_SAMPLE_STREAM_ID)
			put64(b, b->id.stream_id);
		if (type & PERF_SAMPLE_CPU) {
			put32(b, b->id.cpu);
			put32(b, 0);
		}
		if (type & PERF_SAMPLE_IDENTIFIER)
			put64(b, b->id.id);
	}
	uint16_t size = (uint16_t)(b->out->len - at);
	memcpy(b->out->data + at + offsetof(struct perf_event_header, size), &size, sizeof(size));
}

static void put_range(struct build *b, const struct record_mmap *m)
{
	put32(b, m->pid);
	put32(b, m->tid);
	put64(b, m->start);
	put64(b, m->len);
	put64(b, m->pgoff);
}

void build_mmap(struct build *b, uint16_t misc, const struct record_mmap *m)
{
	size_t at = begin(b, PERF_RECORD_MMAP, misc);

	put_range(b, m);
	put_string(b, m->filename, PATH_MAX);
	finish(b, at);
}

void build_mmap2(struct build *b, uint16_t misc, const struct record_mmap *m)
{
	size_t at = begin(b, PERF_RECORD_MMAP2,
			  (uint16_t)(misc | (m->build_id_size ? PERF_RECORD_MISC_MMAP_BUILD_ID : 0)));

	put_range(b, m);
	if (m->build_id_size) {
		put32(b, m->build_id_size);
		put(b, m->build_id, BUILD_ID_SIZE);
	} else {
		put32(b, m->maj);
		put32(b, m->min);
		put64(b, m->ino);
		put64(b, m->ino_generation);
	}
	put32(b, m->prot);
	put32(b, m->flags);
	put_string(b, m->filename, PATH_MAX);
	finish(b, at);
}

void build_comm(struct build *b, const struct record_comm *comm)
{
	size_t at = begin(b, PERF_RECORD_COMM, comm->exec ? PERF_RECORD_MISC_COMM_EXEC : 0);

	put32(b, comm->pid);
	put32(b, comm->tid);
	put_string(b, comm->comm, 16);
	finish(b, at);
}

void build_fork(struct build *b, const struct record_fork *fork)
{
	size_t at = begin(b, PERF_RECORD_FORK, 0);

	put32(b, fork->pid);
	put32(b, fork->ppid);
	put32(b, fork->tid);
	put32(b, fork->ptid);
	put64(b, fork->time);
	finish(b, at);
}

void build_ksymbol(struct build *b, const struct record_ksymbol *ksymbol)
{
	size_t at = begin(b, PERF_RECORD_KSYMBOL, 0);

	put64(b, ksymbol->addr);
	put32(b, ksymbol->len);
	put32(b, ksymbol->type | (uint32_t)ksymbol->flags << 16);
	put_string(b, ksymbol->name, 512);
	finish(b, at);
}

void build_namespaces(struct build *b, const struct record_namespaces *ns)
{
	size_t at = begin(b, PERF_RECORD_NAMESPACES, 0);

	put32(b, ns->pid);
	put32(b, ns->tid);
	put64(b, ns->n);
	put(b, ns->links, ns->n * sizeof(*ns->links));
	finish(b, at);
}

void build_plain(struct strbuf *out, uint32_t type, uint16_t misc, const void *bytes, size_t size)
{
	static const char zeros[8];
	size_t padded = (size + 7) / 8 * 8;
	struct perf_event_header header = { .type = type, .misc = misc, .size = (uint16_t)(sizeof(header) + padded) };

	strbuf_add(out, &header, sizeof(header));
	strbuf_add(out, bytes, size);
	strbuf_add(out, zeros, padded - size);
}
