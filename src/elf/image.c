/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf/image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "elf/cfi_sections.h"
#include "elf/debugfile.h"
#include "elf/minidebug.h"
#include "elf/ranges.h"
#include "elf/symbols.h"

struct image {
	char *path;			/* NULL: in memory */
	struct elf_source source;	/* fd -1 once the symbols have been read */
	struct elf_header header;
	struct debug_server *server;	/* NULL: nobody asks one */
	bool has_symbols;
	struct symtab symbols;
	bool has_functions;
	struct ranges functions;	/* by call frame information */
	bool has_debuginfo;
	struct debuginfo *debuginfo;
};

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

void image_set_debug_server(struct image *image, struct debug_server *server)
{
	image->server = server;
}

static void close_source(struct image *image)
{
	if (image->source.fd >= 0)
		close(image->source.fd);
	image->source.fd = -1;
}

void image_close(struct image *image)
{
	if (!image)
		return;
	close_source(image);
	elf_header_deinit(&image->header);
	symtab_deinit(&image->symbols);
	ranges_deinit(&image->functions);
	debuginfo_close(image->debuginfo);
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

uint16_t image_machine(const struct image *image)
{
	return image->header.machine;
}

/* ---- symbols */

/* The name and checksum in .gnu_debuglink: a string, filled up to 4 bytes, and 4 bytes in the file's order. */
static void read_debuglink(const struct elf_file *f, struct debug_wanted *wanted)
{
	const struct elf_section *s = elf_file_section(f, ".gnu_debuglink");
	Elf_Data *data = s ? libelf_data(f->lib, s->scn, &s->header) : NULL;

	if (!data)
		return;
	size_t len = strnlen(data->d_buf, data->d_size), at = (len + 4) & ~(size_t)3;
	if (at + 4 > data->d_size)
		return;
	wanted->link = data->d_buf;
	memcpy(&wanted->crc, (const char *)data->d_buf + at, 4);
	if (f->header->swapped)
		wanted->crc = __builtin_bswap32(wanted->crc);
}

/* The separate debug file of an image, open. */
struct debug_file {
	struct elf_source source;
	struct elf_header header;
	struct elf_file file;
	char *path;
};

static void close_debug_file(struct debug_file *d)
{
	if (d->file.elf)
		elf_file_close(&d->file);
	elf_header_deinit(&d->header);
	if (d->source.fd >= 0)
		close(d->source.fd);
	free(d->path);
}

/* The debug file from a server; -1: none, or not of this build. */
static int fetch(struct image *image, uint64_t *size)
{
	const struct elf_header *own = &image->header;
	int fd = debug_server_fetch(image->server, own->build_id, own->build_id_size, image->path ? image->path : "[vdso]");
	struct elf_header header = { 0 };
	struct stat st;

	if (fd < 0)
		return -1;
	bool good = !fstat(fd, &st) && S_ISREG(st.st_mode);
	if (good)
		*size = (uint64_t)st.st_size;
	good = good && elf_header_read(&(struct elf_source){ .fd = fd, .size = *size }, &header) &&
	       header.build_id_size == own->build_id_size && !memcmp(header.build_id, own->build_id, own->build_id_size);
	elf_header_deinit(&header);
	if (good)
		return fd;
	close(fd);
	return -1;
}

/* False, and nothing to close, when there is none for this very build. */
static bool open_debug_file(struct image *image, const struct elf_file *f, const char *debug_root, struct debug_file *d)
{
	struct debug_wanted wanted = {
		.path = image->path, .build_id = image->header.build_id, .build_id_size = image->header.build_id_size };

	*d = (struct debug_file){ 0 };
	read_debuglink(f, &wanted);
	d->source.fd = debug_file_open(&wanted, debug_root, &d->source.size, &d->path);
	if (d->source.fd < 0)
		d->source.fd = fetch(image, &d->source.size);
	if (d->source.fd >= 0 && elf_header_read(&d->source, &d->header) && d->header.machine == image->header.machine &&
	    elf_file_open(&d->file, &d->source, &d->header))
		return true;
	close_debug_file(d);
	return false;
}

static bool add_debug_file(struct image *image, const struct elf_file *f, const char *debug_root)
{
	struct debug_file debug;

	if (!open_debug_file(image, f, debug_root, &debug))
		return false;
	bool added = elf_symbols_add(&debug.file, SHT_SYMTAB, &image->symbols);
	close_debug_file(&debug);
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

const struct symtab *image_symbols(struct image *image, const char *debug_root)
{
	struct elf_file f;

	if (image->has_symbols)
		return &image->symbols;
	image->has_symbols = true;
	if (elf_file_open(&f, &image->source, &image->header)) {
		if (!elf_symbols_add(&f, SHT_SYMTAB, &image->symbols)) {
			elf_symbols_add(&f, SHT_DYNSYM, &image->symbols);
			if (!add_debug_file(image, &f, debug_root))
				add_minidebug(image, &f);
		}
		elf_plt_add(&f, &image->symbols);
		symtab_finish(&image->symbols, elf_boundaries_add(&f, &image->symbols));
		elf_file_close(&f);
	}
	close_source(image);
	return &image->symbols;
}

bool image_symbol_value(struct image *image, const char *name, uint64_t *value)
{
	struct elf_file f;
	bool found;

	if (image->has_symbols || !elf_file_open(&f, &image->source, &image->header))
		return false;
	found = elf_symbol_value(&f, name, value);
	elf_file_close(&f);
	return found;
}

/* ---- what is read again behind the symbols */

/* The file again, when it was closed behind the symbols; only the same build. */
static bool reopen_source(struct image *image)
{
	struct elf_header header = { 0 };
	bool same;

	if (image->source.bytes || image->source.fd >= 0)
		return true;
	image->source.fd = file_open_regular(image->path, 0, &image->source.size);
	if (image->source.fd < 0)
		return false;
	same = elf_header_read(&image->source, &header) && header.build_id_size == image->header.build_id_size &&
	       !memcmp(header.build_id, image->header.build_id, header.build_id_size);
	elf_header_deinit(&header);
	if (!same)
		close_source(image);
	return same;
}

bool image_read(struct image *image, uint64_t address, void *into, size_t size)
{
	bool was_open = image->source.fd >= 0;
	uint64_t offset = address, last = address + size - 1;

	if (!size || last < address || !reopen_source(image))
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
		close_source(image);
	return there;
}

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
	bool was_open = image->source.fd >= 0, found = false;
	struct debug_file debug;
	struct elf_file f;

	if (!reopen_source(image))
		return false;
	if (elf_file_open(&f, &image->source, &image->header)) {
		if (has_dwarf(&f)) {
			found = copy_source(&image->source, source);
		} else if (open_debug_file(image, &f, debug_root, &debug)) {
			found = has_dwarf(&debug.file) && copy_source(&debug.source, source);
			close_debug_file(&debug);
		}
		elf_file_close(&f);
	}
	if (!was_open)
		close_source(image);
	return found;
}

bool image_each_function(struct image *image, const char *debug_root, image_function_use *use, void *ctx)
{
	bool was_open = image->source.fd >= 0, found = false;
	struct debug_file debug;
	struct elf_file f;

	if (!reopen_source(image))
		return false;
	if (elf_file_open(&f, &image->source, &image->header)) {
		found = elf_symbols_each(&f, SHT_SYMTAB, use, ctx);
		if (!found) {
			found = elf_symbols_each(&f, SHT_DYNSYM, use, ctx);
			if (open_debug_file(image, &f, debug_root, &debug)) {
				found |= elf_symbols_each(&debug.file, SHT_SYMTAB, use, ctx);
				close_debug_file(&debug);
			}
		}
		elf_file_close(&f);
	}
	if (!was_open)
		close_source(image);
	return found;
}

bool image_use_section(struct image *image, const char *name, image_section_use *use, void *ctx)
{
	bool was_open = image->source.fd >= 0, found = false;
	struct elf_file f;

	if (!reopen_source(image))
		return false;
	if (elf_file_open(&f, &image->source, &image->header)) {
		const struct elf_section *s = elf_file_section(&f, name);
		Elf_Data *data = s ? libelf_data(f.lib, s->scn, &s->header) : NULL;

		found = data;
		if (data)
			use(ctx, data->d_buf, data->d_size, s->header.sh_addr);
		elf_file_close(&f);
	}
	if (!was_open)
		close_source(image);
	return found;
}

bool image_use_cfi(struct image *image, const char *debug_root, image_cfi_use *use, void *ctx)
{
	struct elf_cfi cfi = { 0 };
	struct debug_file debug;
	struct elf_file f;
	bool was_open = image->source.fd >= 0;

	if (image->header.swapped || !reopen_source(image))
		return false;
	if (elf_file_open(&f, &image->source, &image->header)) {
		bool own = elf_cfi_add(&cfi, &f), has_debug = !own && open_debug_file(image, &f, debug_root, &debug);

		if (has_debug)
			elf_cfi_add(&cfi, &debug.file);
		elf_cfi_add_stubs(&cfi, &f);
		if (cfi.n)
			use(ctx, image->header.machine, cfi.sections, cfi.n);
		elf_cfi_deinit(&cfi);
		if (has_debug)
			close_debug_file(&debug);
		elf_file_close(&f);
	}
	if (!was_open)
		close_source(image);
	return cfi.n;
}

static void keep_functions(void *ctx, uint16_t elf_machine, const struct cfi_section *sections, size_t n)
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

bool image_function_range(struct image *image, const char *debug_root, uint64_t address, uint64_t *start, uint64_t *end)
{
	if (!image->has_functions)
		image_use_cfi(image, debug_root, keep_functions, &image->functions);
	image->has_functions = true;
	uint32_t i = ranges_find(&image->functions, address);
	if (i == NO_ID)
		return false;
	*start = image->functions.all.data[i].start;
	*end = image->functions.all.data[i].end;
	return true;
}

/* ---- debug information */

struct debuginfo *image_debuginfo(struct image *image, const char *debug_root)
{
	struct elf_source source;

	if (!image->has_debuginfo && image->header.type != ET_REL && image_open_dwarf(image, debug_root, &source))
		image->debuginfo = debuginfo_open(source);
	image->has_debuginfo = true;
	return image->debuginfo;
}
