/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/build_ids.h"

#include <string.h>

#include "base/cleanup.h"
#include "elf/image.h"
#include "os/machine.h"

static const char kernel_name[] = "[kernel.kallsyms]";

static struct build_id_row *row_of(struct build_ids *b, const char *name)
{
	uint32_t id = strtab_id(&b->names, name);

	while (b->rows.len <= id)
		(void)vec_add(&b->rows);
	return &b->rows.data[id];
}

void build_ids_see(struct build_ids *b, const struct perf_event_header *record, size_t trailer)
{
	struct record_mmap map;

	if ((record->type != PERF_RECORD_MMAP && record->type != PERF_RECORD_MMAP2) || !record_mmap(record, trailer, &map))
		return;
	bool kernel = (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL;
	const char *name = map.filename;
	if (kernel && !strncmp(name, kernel_name, strlen(kernel_name)))
		name = kernel_name;
	/* "//anon", "[vdso]" and memfds are no files */
	else if (kernel ? *name != '/' && *name != '[' : *name != '/' || name[1] == '/')
		return;
	struct build_id_row *row = row_of(b, name);
	row->misc = kernel ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER;
	if (map.build_id_size) {
		row->size = map.build_id_size;
		memcpy(row->id, map.build_id, sizeof(row->id));
	}
}

void build_ids_see_all(struct build_ids *b, const void *records, size_t len, size_t trailer)
{
	const char *at = records, *end = at + len;

	while (end - at >= (ptrdiff_t)sizeof(struct perf_event_header)) {
		const struct perf_event_header *record = (const struct perf_event_header *)at;
		if (record->size < sizeof(*record) || record->size > end - at)
			return;
		build_ids_see(b, record, trailer);
		at += record->size;
	}
}

/* "/lib/modules/…/kernel/fs/ext4/ext4.ko.xz" or "[ext4]": what /sys/module calls it. */
static size_t module_build_id(const struct os *os, const char *name, uint8_t id[BUILD_ID_SIZE])
{
	const char *base = strrchr(name, '/');

	base = base ? base + 1 : name + (*name == '[');
	autofree char *module = xstrndup(base, strcspn(base, ".]"));
	for (char *c = module; *c; c++)
		if (*c == '-')
			*c = '_';
	autofree char *path = xasprintf("/sys/module/%s/notes/.note.gnu.build-id", module);
	return machine_notes_build_id(os, path, id);
}

static size_t look_up(const struct os *os, const char *name, const struct build_id_row *row, uint8_t id[BUILD_ID_SIZE])
{
	if (row->misc != PERF_RECORD_MISC_KERNEL) {
		autofree char *path = os_path(os, "%s", name);
		return image_build_id_of(path, id);
	}
	if (!strcmp(name, kernel_name))
		return machine_notes_build_id(os, "/sys/kernel/notes", id);
	return module_build_id(os, name, id);
}

void build_ids_know(struct build_ids *b, const struct data_build_id *known)
{
	row_of(b, known->filename)->listed = true;
}

void build_ids_list(struct build_ids *b, const struct os *os, struct data_features *features)
{
	for (size_t i = 0; i < b->rows.len; i++) {
		struct build_id_row *row = &b->rows.data[i];
		const char *name = strtab_text(&b->names, (uint32_t)i);
		if (row->listed || !row->misc)
			continue;
		row->listed = true;
		if (!row->size && os)
			row->size = (uint8_t)look_up(os, name, row, row->id);
		if (!row->size)
			continue;
		struct data_build_id *d = vec_add(&features->build_ids);
		*d = (struct data_build_id){ .pid = -1, .misc = row->misc, .size = row->size, .filename = name };
		memcpy(d->id, row->id, sizeof(d->id));
	}
}

void build_ids_deinit(struct build_ids *b)
{
	strtab_deinit(&b->names);
	vec_deinit(&b->rows);
}
