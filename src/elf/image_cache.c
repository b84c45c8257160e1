/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of an image from earlier runs. The build-id says that the
 * image is the same; but strip(1) leaves the build-id as it is, and a debug
 * package may come or go. What was worked out from more than there is now is
 * good; what was worked out from less is not. So each entry begins with what
 * there was.
 */
#include <string.h>

#include "base/cleanup.h"
#include "elf/image_state.h"

enum { SMALL = 64 << 10 };	/* bytes: an image that is read faster than another file is looked for */

/* In front of each entry; the name of .gnu_debuglink behind it. */
struct origin {
	uint64_t size;		/* of the image's file */
	uint8_t wanted;		/* something is missing that a debug file may have */
	uint8_t reserved[3];
	uint32_t crc, link_size;
};

static char *entry_name(const struct image *image, const char *what)
{
	const struct elf_header *h = &image->header;
	struct strbuf name = { 0 };

	if (!image->context.cache || !image->path || image->source.size < SMALL || h->build_id_size < 8)
		return NULL;
	for (size_t i = 0; i < h->build_id_size; i++)
		strbuf_printf(&name, "%02x", h->build_id[i]);
	strbuf_printf(&name, "-%s", what);
	return strbuf_take(&name);
}

static bool still_counts(const struct image *image, const char *debug_root, const struct origin *o, const char *link)
{
	struct debug_wanted wanted = {
		.path = image->path, .build_id = image->header.build_id, .build_id_size = image->header.build_id_size,
		.link = *link ? link : NULL, .crc = o->crc };

	return !o->wanted || (o->size == image->source.size && !image->context.server &&
			      !image_debug_appeared(image, &wanted, debug_root));
}

bool image_recall(struct image *image, const char *debug_root, const char *what, uint32_t layout, struct strbuf *bytes)
{
	autofree char *name = entry_name(image, what);
	autostrbuf struct strbuf entry = { 0 };
	struct origin o;

	if (!name || !cache_read(image->context.cache, name, layout, &entry) || entry.len < sizeof(o))
		return false;
	memcpy(&o, entry.data, sizeof(o));
	if (o.link_size > entry.len - sizeof(o))
		return false;
	autofree char *link = xstrndup(entry.data + sizeof(o), o.link_size);
	if (!still_counts(image, debug_root, &o, link))
		return false;
	strbuf_add(bytes, entry.data + sizeof(o) + o.link_size, entry.len - sizeof(o) - o.link_size);
	return true;
}

void image_keep(struct image *image, const char *what, uint32_t layout, const void *bytes, size_t size)
{
	autofree char *name = entry_name(image, what);
	autostrbuf struct strbuf entry = { 0 };
	const char *link = image->link ? image->link : "";
	struct origin o = {
		.size = image->source.size, .wanted = image->asked_debug_file && !image->has_debug_file,
		.crc = image->link_crc, .link_size = (uint32_t)strlen(link) };

	if (!name || (o.wanted && image->context.server))	/* which will be asked again, instead of this */
		return;
	strbuf_add(&entry, &o, sizeof(o));
	strbuf_add(&entry, link, o.link_size);
	strbuf_add(&entry, bytes, size);
	cache_write(image->context.cache, name, layout, entry.data, entry.len);
}
