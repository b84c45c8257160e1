/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The separate debug file of a stripped image: below the debug root, where
 * .gnu_debuglink says, in perf's build-id cache, from a server, and last the
 * image itself as perf's cache has kept it from before it was stripped.
 */
#include <elf.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "elf/image_state.h"

/* The name and checksum in .gnu_debuglink: a string, filled up to 4 bytes, and 4 bytes in the file's order. */
static void read_debuglink(struct image *image, const struct elf_file *f)
{
	const struct elf_section *s = elf_file_section(f, ".gnu_debuglink");
	Elf_Data *data = s ? libelf_data(f->lib, s->scn, &s->header) : NULL;

	if (!data || image->link)
		return;
	size_t len = strnlen(data->d_buf, data->d_size), at = (len + 4) & ~(size_t)3;
	if (at + 4 > data->d_size)
		return;
	image->link = xstrndup(data->d_buf, len);
	memcpy(&image->link_crc, (const char *)data->d_buf + at, 4);
	if (f->header->swapped)
		image->link_crc = __builtin_bswap32(image->link_crc);
}

static bool is_of_this_build(const struct image *image, const struct elf_header *header)
{
	return header->build_id_size == image->header.build_id_size &&
	       !memcmp(header->build_id, image->header.build_id, header->build_id_size);
}

/* From a server; -1: none, or not of this build. */
static int fetch(const struct image *image, uint64_t *size)
{
	const struct elf_header *own = &image->header;
	int fd = debug_server_fetch(image->context.server, own->build_id, own->build_id_size,
				    image->path ? image->path : "[vdso]");
	struct elf_header header = { 0 };
	struct stat st;

	if (fd < 0)
		return -1;
	bool good = !fstat(fd, &st) && S_ISREG(st.st_mode);
	if (good)
		*size = (uint64_t)st.st_size;
	good = good && elf_header_read(&(struct elf_source){ .fd = fd, .size = *size }, &header) &&
	       is_of_this_build(image, &header);
	elf_header_deinit(&header);
	if (good)
		return fd;
	close(fd);
	return -1;
}

void image_debug_end(struct debug_file *d)
{
	if (d->elf.elf)
		elf_file_close(&d->elf);
	elf_header_deinit(&d->header);
	if (d->source.fd >= 0)
		close(d->source.fd);
	free(d->path);
}

/* Takes over d->source and d->path. */
static bool begin(const struct image *image, struct debug_file *d)
{
	if (d->source.fd >= 0 && elf_header_read(&d->source, &d->header) && d->header.machine == image->header.machine &&
	    elf_file_open(&d->elf, &d->source, &d->header))
		return true;
	image_debug_end(d);
	*d = (struct debug_file){ .source.fd = -1 };
	return false;
}

/* The image as perf's cache has it, when that has more than the image at hand. */
static bool begin_unstripped(const struct image *image, struct debug_file *d)
{
	const struct elf_header *own = &image->header;

	if (!image->context.build_id_cache || !own->build_id_size)
		return false;
	d->path = build_id_path(image->context.build_id_cache, own->build_id, own->build_id_size, "/elf");
	d->source.fd = file_open_regular(d->path, 0, &d->source.size);
	if (!begin(image, d))
		return false;
	if (is_of_this_build(image, &d->header) && elf_file_section_of_type(&d->elf, SHT_SYMTAB))
		return true;
	image_debug_end(d);
	return false;
}

static struct debug_wanted wanted_by(const struct image *image)
{
	return (struct debug_wanted){
		.path = image->path, .build_id = image->header.build_id, .build_id_size = image->header.build_id_size,
		.link = image->link, .crc = image->link_crc };
}

bool image_debug_begin(struct image *image, const struct elf_file *own, const char *debug_root, struct debug_file *d)
{
	*d = (struct debug_file){ 0 };
	read_debuglink(image, own);
	struct debug_wanted wanted = wanted_by(image);

	d->source.fd = debug_file_open(&wanted, debug_root, image->context.build_id_cache, &d->source.size, &d->path);
	if (d->source.fd < 0)
		d->source.fd = fetch(image, &d->source.size);
	image->asked_debug_file = true;
	image->has_debug_file = begin(image, d) || begin_unstripped(image, d);
	return image->has_debug_file;
}

bool image_debug_appeared(const struct image *image, const struct debug_wanted *wanted, const char *debug_root)
{
	struct debug_file d = { 0 };

	d.source.fd = debug_file_open(wanted, debug_root, image->context.build_id_cache, &d.source.size, &d.path);
	if (d.source.fd < 0 && !begin_unstripped(image, &d))
		return false;
	image_debug_end(&d);
	return true;
}
