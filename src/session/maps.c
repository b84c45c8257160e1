/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/maps.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/vec.h"

struct maps_table {
	size_t users;
	VEC(struct mapping) rows;
};

void maps_deinit(struct maps *maps)
{
	if (maps->table && !--maps->table->users) {
		vec_deinit(&maps->table->rows);
		free(maps->table);
	}
	maps->table = NULL;
}

void maps_share(struct maps *to, const struct maps *from)
{
	to->table = from->table;
	if (to->table)
		to->table->users++;
}

/* The table, for these maps alone. */
static struct maps_table *own(struct maps *maps)
{
	struct maps_table *old = maps->table, *table;

	if (old && old->users == 1)
		return old;
	table = xcalloc(1, sizeof(*table));
	table->users = 1;
	if (old) {
		vec_append(&table->rows, old->rows.data, old->rows.len);
		old->users--;
	}
	return maps->table = table;
}

/* The first row that ends behind the address. */
static size_t first_behind(const struct maps_table *table, uint64_t address)
{
	size_t low = 0, n = table->rows.len;

	while (n) {
		size_t half = n / 2;
		if (table->rows.data[low + half].end <= address) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

static bool alike(const struct mapping *a, const struct mapping *b)
{
	return a->image == b->image && a->bias == b->bias;
}

/* Puts n rows in the place of rows [from, to). */
static void splice(struct maps_table *table, size_t from, size_t to, const struct mapping *rows, size_t n)
{
	size_t tail = table->rows.len - to;

	if (n > to - from)
		vec_reserve(&table->rows, n - (to - from));
	memmove(&table->rows.data[from + n], &table->rows.data[to], tail * sizeof(*rows));
	memcpy(&table->rows.data[from], rows, n * sizeof(*rows));
	table->rows.len = from + n + tail;
}

bool maps_insert(struct maps *maps, struct mapping new)
{
	struct mapping rows[3];
	size_t n = 0;
	bool changed = false;

	if (new.start >= new.end)
		return false;
	struct maps_table *table = own(maps);
	size_t from = first_behind(table, new.start), to = from;
	for (; to < table->rows.len && table->rows.data[to].start < new.end; to++)
		changed |= !alike(&table->rows.data[to], &new);
	if (to > from) {
		struct mapping first = table->rows.data[from], last = table->rows.data[to - 1];
		if (first.start < new.start) {
			rows[n] = first;
			rows[n++].end = new.start;
		}
		rows[n++] = new;
		if (last.end > new.end) {
			rows[n] = last;
			rows[n++].start = new.end;
		}
	} else {
		rows[n++] = new;
	}
	splice(table, from, to, rows, n);
	return changed;
}

static const struct mapping *row_with(const struct maps *maps, size_t at, uint64_t address)
{
	if (at >= maps->table->rows.len)
		return NULL;
	const struct mapping *row = &maps->table->rows.data[at];
	return row->start <= address && address < row->end ? row : NULL;
}

const struct mapping *maps_find(struct maps *maps, uint64_t address)
{
	if (!maps->table)
		return NULL;
	const struct mapping *row = row_with(maps, maps->recent, address);
	if (row)
		return row;
	maps->recent = (uint32_t)first_behind(maps->table, address);
	return row_with(maps, maps->recent, address);
}

size_t maps_count(const struct maps *maps)
{
	return maps->table ? maps->table->rows.len : 0;
}

enum image_kind maps_image_kind(const char *filename)
{
	/* What the kernel calls mappings that no file on disk stands behind; each is a prefix. */
	static const char *const anonymous[] = {
		"//anon", "[heap]", "[stack", "[anon", "[uprobes]", "[vsyscall]", "/memfd:", "memfd:",
		"/dev/zero", "anon_inode:", "/anon_hugepage", "/SYSV", "[vvar", "[sigpage]", "[shmem]",
	};

	if (!*filename)
		return IMAGE_ANON;
	if (!strcmp(filename, "[vdso]"))
		return IMAGE_VDSO;
	for (size_t i = 0; i < ARRAY_SIZE(anonymous); i++)
		if (!strncmp(filename, anonymous[i], strlen(anonymous[i])))
			return IMAGE_ANON;
	return IMAGE_FILE;
}
