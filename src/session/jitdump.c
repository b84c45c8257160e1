/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/jitdump.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "session/owned_file.h"

enum {
	MAGIC = 0x4a695444,	/* "JiTD" in the order of the machine that wrote it */
	ARCH_TIMESTAMP = 1,	/* header.flags: times are of the CPU's own counter */
	CODE_LOAD = 0, CODE_MOVE = 1,
	NAME_MAX_LENGTH = 4096,
	CODES_MAX = 4 << 20,
	RECORDS_MAX = 64 << 20,
};

struct file_header {
	uint32_t magic, version, total_size, elf_mach, pad, pid;
	uint64_t timestamp, flags;
};

struct record {
	uint32_t id, total_size;
	uint64_t timestamp;
};

struct code_load {
	struct record record;
	uint32_t pid, tid;
	uint64_t vma, code_addr, code_size, code_index;
	char name[];
};

struct code_move {
	struct record record;
	uint32_t pid, tid;
	uint64_t vma, old_code_addr, new_code_addr, code_size, code_index;
};

bool jitdump_is(const char *path)
{
	const char *slash = strrchr(path, '/'), *at = slash ? slash + 1 : path;

	if (strncmp(at, "jit-", 4))
		return false;
	size_t digits = strspn(at + 4, "0123456789");
	return digits && !strcmp(at + 4 + digits, ".dump");
}

/* Up to `size` bytes at an offset; how many there are. */
static size_t read_at(const struct elf_source *source, uint64_t offset, void *into, size_t size)
{
	if (offset >= source->size)
		return 0;
	if (size > source->size - offset)
		size = (size_t)(source->size - offset);
	if (source->bytes) {
		memcpy(into, (const char *)source->bytes + offset, size);
		return size;
	}
	ssize_t n = file_pread_full(source->fd, into, size, offset);
	return n > 0 ? (size_t)n : 0;
}

static void add_code(struct jitdump *dump, struct jit_code code, uint64_t size)
{
	code.end = code.start + size;
	if (size && code.end > code.start && dump->codes.len < CODES_MAX)
		vec_push(&dump->codes, code);
}

/* The record at `at` of a dump of `end` bytes, the first n of it. */
static void load_code(struct jitdump *dump, const char *bytes, size_t n, uint64_t time, uint64_t at, uint64_t end)
{
	const struct code_load *load = (const void *)bytes;
	size_t room = n > sizeof(*load) ? n - sizeof(*load) : 0, len = strnlen(load->name, room);
	uint64_t fixed = sizeof(*load) + len + 1, total = load->record.total_size;
	bool whole = total <= end - at && total >= fixed && load->code_size <= total - fixed;

	if (room && len < room)
		add_code(dump, (struct jit_code){ .start = load->code_addr, .time = time, .offset = whole ? at + fixed : 0,
						  .name = arena_strndup(&dump->names, load->name, len) }, load->code_size);
}

/* The last code with that address is somewhere else from now on. */
static void move_code(struct jitdump *dump, const struct code_move *move, uint64_t time)
{
	enum { NEAR = 1 << 12 };	/* moves follow their code; a hostile dump must not make us search for ever */

	for (size_t i = dump->codes.len, steps = 0; i-- > 0 && steps < NEAR; steps++) {
		const struct jit_code *code = &dump->codes.data[i];
		if (code->start == move->old_code_addr) {
			bool whole = move->code_size <= code->end - code->start;
			add_code(dump, (struct jit_code){ .start = move->new_code_addr, .time = time, .name = code->name,
							  .offset = whole ? code->offset : 0 }, move->code_size);
			return;
		}
	}
}

static void read_records(struct jitdump *dump, const struct elf_source *source, uint64_t at)
{
	union {
		struct record record;
		struct code_load load;
		struct code_move move;
		char bytes[sizeof(struct code_load) + NAME_MAX_LENGTH];
	} u;
	enum { USUALLY = 512 };		/* enough for nearly every name */

	for (uint32_t records = 0; records < RECORDS_MAX; records++) {
		size_t n = read_at(source, at, &u, USUALLY);
		if (n < sizeof(u.record) || u.record.total_size < sizeof(u.record))
			return;
		uint64_t time = dump->timed ? u.record.timestamp : 0, size = u.record.total_size;
		if (u.record.id == CODE_LOAD && n == USUALLY && !memchr(u.load.name, '\0', n - sizeof(u.load)))
			n = read_at(source, at, &u, sizeof(u));
		if (n > size)
			n = (size_t)size;
		if (u.record.id == CODE_LOAD && n > sizeof(u.load))
			load_code(dump, u.bytes, n, time, at, source->size);
		else if (u.record.id == CODE_MOVE && n >= sizeof(u.move))
			move_code(dump, &u.move, time);
		at += size;
	}
}

static int compare_times(const void *x, const void *y)
{
	const uint64_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

static void index_codes(struct jitdump *dump)
{
	uint64_t reaches = 0, newest = 0;

	for (uint32_t i = 0; i < dump->codes.len; i++)
		ranges_add(&dump->ranges, dump->codes.data[i].start, dump->codes.data[i].end, i);
	ranges_finish(&dump->ranges);
	/* Of codes that overlap all but the first change what an address means. */
	for (size_t i = 0; i < dump->ranges.all.len; i++) {
		const struct range *range = &dump->ranges.all.data[i];
		uint64_t time = dump->codes.data[range->value].time;
		if (range->start < reaches && time)
			vec_push(&dump->reused, time > newest ? time : newest);
		newest = range->start < reaches && newest > time ? newest : time;
		reaches = range->end > reaches ? range->end : reaches;
	}
	vec_sort(&dump->reused, compare_times);
}

bool jitdump_parse(struct jitdump *dump, const struct elf_source *source)
{
	struct file_header header;

	if (read_at(source, 0, &header, sizeof(header)) < sizeof(header) || header.magic != MAGIC ||
	    header.total_size < sizeof(header))
		return false;
	dump->machine = (uint16_t)header.elf_mach;
	dump->timed = !(header.flags & ARCH_TIMESTAMP);
	read_records(dump, source, header.total_size);
	index_codes(dump);
	return true;
}

void jitdump_deinit(struct jitdump *dump)
{
	vec_deinit(&dump->codes);
	ranges_deinit(&dump->ranges);
	vec_deinit(&dump->reused);
	arena_deinit(&dump->names);
}

int jitdump_open(const struct os *os, const char *path, uint32_t pid, uint64_t *size)
{
	struct stat st = { 0 };
	int fd = owned_file_open(os, os_path(os, "%s", path), pid, &st);

	if (fd < 0)
		fd = owned_file_open(os, os_path(os, "/proc/%u/root%s", pid, path), pid, &st);
	*size = (uint64_t)st.st_size;
	return fd;
}

bool jitdump_read(struct jitdump *dump, const struct os *os, const char *path, uint32_t pid)
{
	uint64_t size;
	autoclose int fd = jitdump_open(os, path, pid, &size);

	if (fd < 0 || size == dump->file_size)
		return false;
	jitdump_deinit(dump);
	*dump = (struct jitdump){ .file_size = size };
	return jitdump_parse(dump, &(struct elf_source){ .fd = fd, .size = size });
}

bool jitdump_read_code(const struct jit_code *code, const struct os *os, const char *path, uint32_t pid, void *into)
{
	size_t size = (size_t)(code->end - code->start);
	uint64_t dump_size;
	autoclose int fd = code->offset ? jitdump_open(os, path, pid, &dump_size) : -1;

	return fd >= 0 && file_pread_full(fd, into, size, code->offset) == (ssize_t)size;
}

uint32_t jitdump_find(const struct jitdump *dump, uint64_t address, uint64_t time)
{
	uint32_t best = NO_ID, first = NO_ID;

	for (uint32_t i = ranges_find(&dump->ranges, address); i != NO_ID; i = ranges_next(&dump->ranges, i, address)) {
		uint32_t code = dump->ranges.all.data[i].value;
		uint64_t came = dump->codes.data[code].time;
		/* Records come in order: of two the later has the greater index. */
		if ((!time || came <= time) && (best == NO_ID || code > best))
			best = code;
		if (first == NO_ID || code < first)
			first = code;
	}
	/* A JIT may write its record behind the first run of the code. */
	return best != NO_ID ? best : first;
}
