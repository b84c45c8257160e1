/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A JIT compiler's dump tells which code it made, when and where. Of each
 * dump an ELF image is made beside it, with all of its code; and from the
 * time on that a piece of code was there, a record says that this part of
 * the image was mapped. Any reader then names it like a library's.
 */
#include "cmd/inject.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "abi/build.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "elf/code_image.h"
#include "session/maps.h"

struct pieces { VEC(struct code_piece) all; VEC(uint32_t) codes; };

/* "/tmp/jit-12.dump" to "/tmp/jitted-12.so". */
static char *image_path(const char *dump)
{
	const char *slash = strrchr(dump, '/');
	size_t folder = slash ? (size_t)(slash - dump) + 1 : 0;
	const char *digits = dump + folder + strlen("jit-");

	return xasprintf("%.*sjitted-%.*s.so", (int)folder, dump, (int)strspn(digits, "0123456789"), digits);
}

static void find_pieces(const struct jitdump *dump, struct pieces *p)
{
	for (uint32_t i = 0; i < dump->codes.len; i++) {
		const struct jit_code *code = &dump->codes.data[i];
		if (!code->offset)
			continue;
		vec_push(&p->all, (struct code_piece){ .name = code->name, .from = code->offset, .size = code->end - code->start });
		vec_push(&p->codes, i);
	}
}

static struct error *write_image(const struct os *os, struct jit_image *image, const struct jitdump *dump,
				 const struct elf_source *source, struct pieces *p)
{
	autofree char *path = os_path(os, "%s", image->path);
	struct file_new file;
	struct stat st;

	TRY(file_begin(path, true, &file));
	if (!code_image_write(file.out, dump->machine, source, p->all.data, p->all.len, image->build_id) ||
	    fstat(fileno(file.out), &st)) {
		struct error *err = error_os(errno, "cannot write %s", path);
		file_abandon(&file);
		return err;
	}
	image->maj = major(st.st_dev);
	image->min = minor(st.st_dev);
	image->ino = st.st_ino;
	return file_commit(&file);
}

static int compare_mappings(const void *x, const void *y)
{
	const struct jit_mapping *a = x, *b = y;

	if (a->time != b->time)
		return a->time < b->time ? 1 : -1;
	if (a->image != b->image)
		return a->image < b->image ? 1 : -1;
	return a->order < b->order ? 1 : a->order > b->order ? -1 : 0;
}

static void add_mappings(struct jit_images *j, const struct jitdump *dump, const struct pieces *p, bool timed)
{
	uint32_t index = (uint32_t)j->all.len - 1;
	uint64_t begun = j->all.data[index].id.time;

	for (uint32_t i = 0; i < p->all.len; i++) {
		const struct jit_code *code = &dump->codes.data[p->codes.data[i]];
		vec_push(&j->mappings, (struct jit_mapping){
			.time = timed && code->time > begun ? code->time : begun, .image = index, .order = i,
			.start = code->start, .len = code->end - code->start, .offset = p->all.data[i].offset });
	}
	vec_sort(&j->mappings, compare_mappings);
	j->codes += p->all.len;
}

/* *made false: there is no dump, or no code in it. */
static struct error *read_dump(struct jit_images *j, const struct os *os, const struct record_mmap *map,
			       const struct sample_layout *layout, const struct sample_id *id, bool monotonic, bool *made)
{
	struct jitdump dump = { 0 };
	struct pieces pieces = { 0 };
	struct error *err = NULL;
	uint64_t size;
	autoclose int fd = jitdump_open(os, map->filename, map->pid, &size);
	const struct elf_source source = { .fd = fd, .size = size };

	*made = false;
	if (fd >= 0 && jitdump_parse(&dump, &source))
		find_pieces(&dump, &pieces);
	if (pieces.all.len) {
		struct jit_image *image = vec_add(&j->all);
		*image = (struct jit_image){ .pid = map->pid, .tid = map->tid, .path = image_path(map->filename),
					     .layout = *layout, .id = *id };
		err = write_image(os, image, &dump, &source, &pieces);
		*made = !err;
		if (*made)
			add_mappings(j, &dump, &pieces, monotonic && dump.timed);
	}
	vec_deinit(&pieces.all);
	vec_deinit(&pieces.codes);
	jitdump_deinit(&dump);
	return err;
}

/* path NULL: any. */
static bool has_image(const struct jit_images *j, uint32_t pid, const char *path)
{
	for (size_t i = 0; i < j->all.len; i++)
		if (j->all.data[i].pid == pid && (!path || !strcmp(j->all.data[i].path, path)))
			return true;
	return false;
}

struct error *jit_images_map(struct jit_images *j, const struct os *os, const struct perf_event_header *record,
			     const struct sample_layout *layout, const struct sample_id *id, bool monotonic, bool *taken)
{
	struct record_mmap map;

	*taken = false;
	if (!record_mmap(record, (size_t)layout->id_words * 8, &map))
		return NULL;
	if (jitdump_is(map.filename)) {
		autofree char *path = image_path(map.filename);
		*taken = has_image(j, map.pid, path);
		return *taken ? NULL : read_dump(j, os, &map, layout, id, monotonic, taken);
	}
	/* Code is put into anonymous memory, or a memfd; a mapping of it, told late, would hide that code. */
	*taken = has_image(j, map.pid, NULL) &&
		 (maps_image_kind(map.filename) == IMAGE_ANON || !strncmp(map.filename, "/memfd:", 7));
	return NULL;
}

void jit_images_due(struct jit_images *j, uint64_t time, struct strbuf *out)
{
	while (j->mappings.len && vec_last(&j->mappings).time <= time) {
		const struct jit_mapping *m = &vec_last(&j->mappings);
		const struct jit_image *image = &j->all.data[m->image];
		struct build b = { .out = out, .layout = &image->layout, .id = image->id };
		b.id.time = m->time;
		build_mmap2(&b, PERF_RECORD_MISC_USER, &(struct record_mmap){
			.pid = image->pid, .tid = image->tid, .start = m->start, .len = m->len, .pgoff = m->offset,
			.maj = image->maj, .min = image->min, .ino = image->ino,
			.prot = PROT_READ | PROT_EXEC, .flags = MAP_PRIVATE, .filename = image->path });
		j->mappings.len--;
	}
}

void jit_images_deinit(struct jit_images *j)
{
	for (size_t i = 0; i < j->all.len; i++)
		free(j->all.data[i].path);
	vec_deinit(&j->all);
	vec_deinit(&j->mappings);
}
