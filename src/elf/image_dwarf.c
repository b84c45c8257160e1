/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an image and its debug file say in DWARF: call frame information, and where the source is. */
#include <elf.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "elf/cfi_sections.h"
#include "elf/image_state.h"

static bool has_dwarf(const struct elf_file *f)
{
	const struct elf_section *s = elf_file_section(f, ".debug_info");

	return (s && s->header.sh_type != SHT_NOBITS) || elf_file_section(f, ".zdebug_info");
}

static bool copy_source(const struct elf_source *from, struct elf_source *to)
{
	*to = *from;
	to->fd = from->bytes ? -1 : fcntl(from->fd, F_DUPFD_CLOEXEC, 0);
	return from->bytes || to->fd >= 0;
}

bool image_open_dwarf(struct image *image, const char *debug_root, struct elf_source *source)
{
	struct image_file file;
	struct debug_file debug;
	bool found = false;

	if (!image_file_begin(image, &file))
		return false;
	if (has_dwarf(&file.elf)) {
		found = copy_source(&image->source, source);
	} else if (image_debug_begin(image, &file.elf, debug_root, &debug)) {
		found = has_dwarf(&debug.elf) && copy_source(&debug.source, source);
		image_debug_end(&debug);
	}
	image_file_end(&file);
	return found;
}

struct debuginfo *image_debuginfo(struct image *image, const char *debug_root)
{
	struct elf_source source;

	if (!image->has_debuginfo && image->header.type != ET_REL && image_open_dwarf(image, debug_root, &source))
		image->debuginfo = debuginfo_open(source);
	image->has_debuginfo = true;
	return image->debuginfo;
}

bool image_debuginfo_ready(const struct image *image)
{
	return image->has_debuginfo;
}

/* ---- call frame information */

bool image_use_cfi(struct image *image, const char *debug_root, image_cfi_use *use, void *ctx)
{
	struct elf_cfi cfi = { 0 };
	struct image_file file;
	struct debug_file debug;

	if (image->header.swapped || !image_file_begin(image, &file))
		return false;
	bool own = elf_cfi_add(&cfi, &file.elf);
	bool has_debug = !own && image_debug_begin(image, &file.elf, debug_root, &debug);
	if (has_debug)
		elf_cfi_add(&cfi, &debug.elf);
	elf_cfi_add_made(&cfi, &file.elf);
	if (cfi.n)
		use(ctx, image->header.machine, cfi.sections, cfi.n);
	elf_cfi_deinit(&cfi);
	if (has_debug)
		image_debug_end(&debug);
	image_file_end(&file);
	return cfi.n;
}

/* ---- functions by it */

static void find_functions(void *ctx, uint16_t elf_machine, const struct cfi_section *sections, size_t n)
{
	struct ranges *functions = ctx;
	struct cfi cfi = { 0 };

	(void)elf_machine;
	for (size_t i = 0; i < n; i++)
		cfi_add(&cfi, &sections[i]);
	cfi_finish(&cfi);
	for (size_t i = 0; i < cfi.functions.len; i++)
		ranges_add(functions, cfi.functions.data[i].start, cfi.functions.data[i].end, 0);
	ranges_finish(functions);
	cfi_deinit(&cfi);
}

static const char kept_functions[] = "functions";
enum { FUNCTIONS_LAYOUT = 1 };

static bool recall_functions(struct image *image, const char *debug_root)
{
	autostrbuf struct strbuf bytes = { 0 };
	uint64_t range[2];

	if (!image_recall(image, debug_root, kept_functions, FUNCTIONS_LAYOUT, &bytes))
		return false;
	for (size_t at = 0; at + sizeof(range) <= bytes.len; at += sizeof(range)) {
		memcpy(range, bytes.data + at, sizeof(range));
		ranges_add(&image->functions, range[0], range[1], 0);
	}
	ranges_finish(&image->functions);
	return true;
}

static void keep_functions(struct image *image)
{
	autostrbuf struct strbuf bytes = { 0 };

	for (size_t i = 0; i < image->functions.all.len; i++)
		strbuf_add(&bytes, (uint64_t[2]){ image->functions.all.data[i].start, image->functions.all.data[i].end },
			   sizeof(uint64_t[2]));
	image_keep(image, kept_functions, FUNCTIONS_LAYOUT, strbuf_str(&bytes), bytes.len);
}

bool image_function_range(struct image *image, const char *debug_root, uint64_t address, uint64_t *start, uint64_t *end)
{
	if (!image->has_functions && !recall_functions(image, debug_root) &&
	    image_use_cfi(image, debug_root, find_functions, &image->functions))
		keep_functions(image);
	image->has_functions = true;
	uint32_t i = ranges_find(&image->functions, address);
	if (i == NO_ID)
		return false;
	*start = image->functions.all.data[i].start;
	*end = image->functions.all.data[i].end;
	return true;
}
