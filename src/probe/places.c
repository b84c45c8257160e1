/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/places.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "elf/image.h"
#include "os/procfs.h"

struct place_image {
	char *path;
	struct image *image;	/* NULL: gone, or none */
};

struct probe_places {
	const struct os *os;
	VEC(struct place_image) images;
	struct strbuf kallsyms;
	bool kallsyms_read;
};

struct probe_places *probe_places_create(const struct os *os)
{
	struct probe_places *p = xcalloc(1, sizeof(*p));

	p->os = os;
	return p;
}

void probe_places_destroy(struct probe_places *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->images.len; i++) {
		image_close(p->images.data[i].image);
		free(p->images.data[i].path);
	}
	vec_deinit(&p->images);
	strbuf_deinit(&p->kallsyms);
	free(p);
}

static struct image *image_of(struct probe_places *p, const char *path)
{
	for (size_t i = 0; i < p->images.len; i++)
		if (!strcmp(p->images.data[i].path, path))
			return p->images.data[i].image;
	struct place_image *image = vec_add(&p->images);
	autofree char *file = os_path(p->os, "%s", path);
	struct error *err = image_open(file, &image->image);
	error_destroy(err);
	image->path = xstrdup(path);
	return image->image;
}

static void describe_user(struct probe_places *p, const struct tracefs_probe *probe, struct strbuf *out)
{
	const char *colon = strrchr(probe->place, ':'), *returns = probe->kind == 'r' ? "%return" : "";
	autofree char *path = xstrndup(probe->place, colon ? (size_t)(colon - probe->place) : strlen(probe->place));
	uint64_t offset = colon ? strtoull(colon + 1, NULL, 0) : 0, address;
	struct image *image = image_of(p, path);
	const struct symtab_entry *symbol = NULL;

	if (image && image_offset_to_address(image, offset, &address))
		symbol = symtab_find(image_symbols(image, NULL), address);
	if (symbol && address > symbol->start)
		strbuf_printf(out, "%s+%" PRIu64 "%s in %s", symbol->name, address - symbol->start, returns, path);
	else if (symbol)
		strbuf_printf(out, "%s%s in %s", symbol->name, returns, path);
	else
		strbuf_printf(out, "0x%" PRIx64 "%s in %s%s", offset, returns, path, image ? "" : ", which cannot be opened");
}

/* The address of a symbol, or the function that holds an address. */
static bool symbol_address(struct probe_places *p, const char *name, size_t len, uint64_t *address)
{
	const char *at = strbuf_str(&p->kallsyms);
	struct procfs_symbol symbol;

	while (procfs_next_symbol(&at, &symbol))
		if (symbol.name_len == len && !memcmp(symbol.name, name, len)) {
			*address = symbol.address;
			return symbol.address;
		}
	return false;
}

static bool function_at(struct probe_places *p, uint64_t address, struct procfs_symbol *best)
{
	const char *at = strbuf_str(&p->kallsyms);
	struct procfs_symbol symbol;

	*best = (struct procfs_symbol){ 0 };
	while (procfs_next_symbol(&at, &symbol))
		if (strchr("tTwW", symbol.type) && symbol.address <= address && symbol.address >= best->address &&
		    strncmp(symbol.name, "__pfx_", 6))
			*best = symbol;
	return best->address;
}

/* perf writes _text+N, others addresses; a name says it all by itself. */
static void describe_kernel(struct probe_places *p, const struct tracefs_probe *probe, struct strbuf *out)
{
	const char *place = probe->place, *plus = strchr(place, '+'), *returns = probe->kind == 'r' ? "%return" : "";
	uint64_t base = 0, address = 0;
	struct procfs_symbol symbol;

	if (strncmp(place, "_text+", 6) && strncmp(place, "_stext+", 7) && strncmp(place, "0x", 2)) {
		strbuf_printf(out, "%s%s", place, strstr(place, "%return") ? "" : returns);
		return;
	}
	if (!p->kallsyms_read)
		(void)!os_read(p->os, "/proc/kallsyms", &p->kallsyms);
	p->kallsyms_read = true;
	if (!plus)
		address = strtoull(place, NULL, 16);
	else if (symbol_address(p, place, (size_t)(plus - place), &base))
		address = base + strtoull(plus + 1, NULL, 0);
	if (!address || !function_at(p, address, &symbol))
		strbuf_printf(out, "%s%s", place, returns);
	else if (address > symbol.address)
		strbuf_printf(out, "%.*s+%" PRIu64 "%s", (int)symbol.name_len, symbol.name, address - symbol.address, returns);
	else
		strbuf_printf(out, "%.*s%s", (int)symbol.name_len, symbol.name, returns);
}

void probe_places_describe(struct probe_places *places, const struct tracefs_probe *probe, struct strbuf *out)
{
	if (probe->user)
		describe_user(places, probe, out);
	else
		describe_kernel(places, probe, out);
}
