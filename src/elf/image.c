/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf/image.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "elf/image_state.h"
#include "elf/minidebug.h"

static struct error *open_source(const char *name, struct elf_source source, char *path, struct image **image)
{
	struct image *i = xcalloc(1, sizeof(*i));

	*image = NULL;
	i->path = path;
	i->source = source;
	if (!elf_header_read(&source, &i->header)) {
		image_close(i);
		return error_create("%s is not an ELF file", name);
	}
	*image = i;
	return NULL;
}

struct error *image_open(const char *path, struct image **image)
{
	struct elf_source source = { 0 };

	*image = NULL;
	source.fd = file_open_regular(path, 0, &source.size);
	if (source.fd < 0)
		return errno == ENXIO ? error_create("%s is not a regular file", path) :
					error_os(errno, "cannot open %s", path);
	return open_source(path, source, xstrdup(path), image);
}

struct error *image_open_memory(const void *bytes, size_t size, const char *name, struct image **image)
{
	return open_source(name, (struct elf_source){ .bytes = bytes, .size = size, .fd = -1 }, NULL, image);
}

void image_set_context(struct image *image, const struct image_context *context)
{
	image->context = *context;
}

void image_close(struct image *image)
{
	if (!image)
		return;
	image_places_close(image);
	image_rest(image);
	elf_header_deinit(&image->header);
	symtab_deinit(&image->symbols);
	symtab_deinit(&image->objects);
	ranges_deinit(&image->functions);
	debuginfo_close(image->debuginfo);
	free(image->link);
	free(image->path);
	free(image);
}

size_t image_build_id(const struct image *image, uint8_t id[BUILD_ID_MAX])
{
	memcpy(id, image->header.build_id, BUILD_ID_MAX);
	return image->header.build_id_size;
}

size_t image_build_id_of(const char *path, uint8_t id[BUILD_ID_MAX])
{
	struct elf_source source = { 0 };
	struct elf_header header = { 0 };

	source.fd = file_open_regular(path, 0, &source.size);
	if (source.fd < 0)
		return 0;
	if (elf_header_read(&source, &header))
		memcpy(id, header.build_id, header.build_id_size);
	elf_header_deinit(&header);
	close(source.fd);
	return header.build_id_size;
}

bool image_offset_to_address(const struct image *image, uint64_t offset, uint64_t *address)
{
	const struct elf_header *h = &image->header;

	if (h->type == ET_REL) {
		*address = offset;
		return offset < image->source.size;
	}
	/* Pages at the edge of a segment hold bytes of its neighbour too: code is what is asked for. */
	for (int executable = 1; executable >= 0; executable--)
		for (size_t i = 0; i < h->segments.len; i++) {
			const struct elf_segment *s = &h->segments.data[i];
			if (s->executable == executable && offset >= s->offset && offset - s->offset < s->size) {
				*address = s->address + (offset - s->offset);
				return true;
			}
		}
	return false;
}

bool image_address_to_offset(const struct image *image, uint64_t address, uint64_t *offset)
{
	const struct elf_header *h = &image->header;

	for (size_t i = 0; i < h->segments.len; i++) {
		const struct elf_segment *s = &h->segments.data[i];
		if (address >= s->address && address - s->address < s->size) {
			*offset = s->offset + (address - s->address);
			return true;
		}
	}
	return false;
}

bool image_is_code(const struct image *image, uint64_t address)
{
	const struct elf_header *h = &image->header;

	for (size_t i = 0; i < h->segments.len; i++) {
		const struct elf_segment *s = &h->segments.data[i];
		if (s->executable && address >= s->address && address - s->address < s->size)
			return true;
	}
	return false;
}

uint16_t image_machine(const struct image *image)
{
	return image->header.machine;
}

/* ---- symbols */

static bool add_debug_file(struct image *image, const struct elf_file *f, const char *debug_root)
{
	struct debug_file debug;

	if (!image_debug_begin(image, f, debug_root, &debug))
		return false;
	bool added = elf_symbols_add(&debug.elf, SHT_SYMTAB, &image->symbols);
	image_debug_end(&debug);
	return added;
}

static void add_minidebug(struct image *image, const struct elf_file *f)
{
	const struct elf_section *s = elf_file_section(f, ".gnu_debugdata");
	Elf_Data *packed = s ? libelf_data(f->lib, s->scn, &s->header) : NULL;
	autostrbuf struct strbuf bytes = { 0 };
	struct elf_header header = { 0 };
	struct elf_file inner;

	if (!packed || !minidebug_unpack(packed->d_buf, packed->d_size, &bytes))
		return;
	struct elf_source source = { .bytes = bytes.data, .size = bytes.len, .fd = -1 };
	if (elf_header_read(&source, &header) && header.machine == image->header.machine &&
	    elf_file_open(&inner, &source, &header)) {
		elf_symbols_add(&inner, SHT_SYMTAB, &image->symbols);
		elf_file_close(&inner);
	}
	elf_header_deinit(&header);
}

static bool read_symbols(struct image *image, const char *debug_root)
{
	struct image_file file;
	const struct elf_file *f = &file.elf;

	if (!image_file_begin(image, &file))
		return false;
	if (!elf_symbols_add(f, SHT_SYMTAB, &image->symbols)) {
		elf_symbols_add(f, SHT_DYNSYM, &image->symbols);
		if (!add_debug_file(image, f, debug_root))
			add_minidebug(image, f);
	}
	elf_plt_add(f, &image->symbols);
	symtab_finish(&image->symbols, elf_boundaries_add(f, &image->symbols));
	image_file_end(&file);
	return true;
}

static const char kept_symbols[] = "symbols";

static bool recall_symbols(struct image *image, const char *debug_root)
{
	autostrbuf struct strbuf bytes = { 0 };

	return image_recall(image, debug_root, kept_symbols, SYMTAB_PACKED, &bytes) &&
	       symtab_unpack(&image->symbols, bytes.data, bytes.len);
}

static void keep_symbols(struct image *image)
{
	autostrbuf struct strbuf bytes = { 0 };

	if (!image->context.cache)
		return;
	symtab_pack(&image->symbols, &bytes);
	image_keep(image, kept_symbols, SYMTAB_PACKED, bytes.data, bytes.len);
}

const struct symtab *image_symbols(struct image *image, const char *debug_root)
{
	if (image->has_symbols)
		return &image->symbols;
	image->has_symbols = true;
	if (!recall_symbols(image, debug_root) && read_symbols(image, debug_root))
		keep_symbols(image);
	image_rest(image);
	return &image->symbols;
}

const struct symtab *image_objects(struct image *image, const char *debug_root)
{
	struct image_file file;
	struct debug_file debug;

	if (image->has_objects || !image_file_begin(image, &file))
		return &image->objects;
	image->has_objects = true;
	if (!elf_objects_add(&file.elf, SHT_SYMTAB, &image->objects)) {
		elf_objects_add(&file.elf, SHT_DYNSYM, &image->objects);
		if (image_debug_begin(image, &file.elf, debug_root, &debug)) {
			elf_objects_add(&debug.elf, SHT_SYMTAB, &image->objects);
			image_debug_end(&debug);
		}
	}
	elf_got_add(&file.elf, &image->objects);
	symtab_finish(&image->objects, 0);
	image_file_end(&file);
	return &image->objects;
}

bool image_symbol_value(struct image *image, const char *name, uint64_t *value)
{
	struct image_file file;

	if (!image_file_begin(image, &file))
		return false;
	bool found = elf_symbol_value(&file.elf, name, value);
	image_file_end(&file);
	return found;
}

bool image_read(struct image *image, uint64_t address, void *into, size_t size)
{
	bool was_open = image->source.fd >= 0;
	uint64_t offset = address, last = address + size - 1;

	if (!size || last < address || !image_reopen(image))
		return false;
	const struct elf_source *s = &image->source;
	bool there = image->header.type == ET_REL ||
		     (image_address_to_offset(image, last, &last) && image_address_to_offset(image, address, &offset) &&
		      last - offset == size - 1);
	there = there && offset <= s->size && size <= s->size - offset;
	if (there && s->bytes)
		memcpy(into, (const char *)s->bytes + offset, size);
	else if (there)
		there = file_pread_full(s->fd, into, size, offset) == (ssize_t)size;
	if (!was_open)
		image_rest(image);
	return there;
}

bool image_each_function(struct image *image, const char *debug_root, image_function_use *use, void *ctx)
{
	struct image_file file;
	struct debug_file debug;

	if (!image_file_begin(image, &file))
		return false;
	bool found = elf_symbols_each(&file.elf, SHT_SYMTAB, use, ctx);
	if (!found) {
		found = elf_symbols_each(&file.elf, SHT_DYNSYM, use, ctx);
		if (image_debug_begin(image, &file.elf, debug_root, &debug)) {
			found |= elf_symbols_each(&debug.elf, SHT_SYMTAB, use, ctx);
			image_debug_end(&debug);
		}
	}
	image_file_end(&file);
	return found;
}

bool image_use_section(struct image *image, const char *name, image_section_use *use, void *ctx)
{
	struct image_file file;

	if (!image_file_begin(image, &file))
		return false;
	const struct elf_section *s = elf_file_section(&file.elf, name);
	Elf_Data *data = s ? libelf_data(file.elf.lib, s->scn, &s->header) : NULL;
	if (data)
		use(ctx, data->d_buf, data->d_size, s->header.sh_addr);
	image_file_end(&file);
	return data;
}
