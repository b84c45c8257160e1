/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tracepoint's format file as a recording brings it, and the bytes of a
 * sample that it describes. The first two bytes are the length of the sample,
 * which follows; the rest is the format.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "session/images.h"
#include "session/tracepoints.h"
#include "session/tracing_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* libtraceevent forgets some tokens of formats that it cannot parse. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libtraceevent"; }

static void add_u32(struct strbuf *b, uint32_t n)
{
	strbuf_add(b, &n, sizeof(n));
}

static void add_sized(struct strbuf *b, const uint8_t *text, uint64_t size)
{
	strbuf_add(b, &size, sizeof(size));
	strbuf_add(b, text, size);
}

/* Tracing data with this one format: see session/tracing_data.h. */
static void make_blob(struct strbuf *b, const uint8_t *format, size_t size)
{
	static const char magic[] = "\27\10\104tracing0.6\0\0\10";

	strbuf_add(b, magic, sizeof(magic) - 1);
	add_u32(b, 4096);
	strbuf_add(b, "header_page", 12);
	add_sized(b, format, 0);
	strbuf_add(b, "header_event", 13);
	add_sized(b, format, 0);
	add_u32(b, 0);
	add_u32(b, 1);
	strbuf_add(b, "sys", 4);
	add_u32(b, 1);
	add_sized(b, format, size);
	add_u32(b, 0);
	add_u32(b, 0);
	add_sized(b, format, 0);
}

static void take_field(void *ctx, const char *field, const struct tracepoint_value *value)
{
	uint64_t *sum = ctx;

	*sum += strlen(field);
	for (size_t i = 0; value->kind >= TRACEPOINT_TEXT && i < value->len; i++)
		*sum += (unsigned char)value->bytes[i];
}

static void show(struct strbuf *blob, const uint8_t *raw, uint32_t size)
{
	static const struct os nowhere = { .root = "/nonexistent" };
	struct strtab strings = { 0 };
	struct images_options options = { .os = &nowhere, .debug_root = "" };
	struct images *images = images_create(&options, &strings, NULL);
	struct tracepoints *t = tracepoints_create(&(struct tracepoints_options){
		.tracing_data = blob->data, .tracing_size = blob->len, .images = images, .strings = &strings }, NULL);
	struct tracing_data parts;
	struct strbuf out = { 0 };
	uint64_t sum = 0;

	if (tracing_data_parse(blob->data, blob->len, &parts) && parts.formats.len) {
		uint8_t *copy = xmemdup(raw, size);	/* exact, for the address sanitizer */
		tracepoints_print(t, parts.formats.data[0].id, "sys:hit", 0, copy, size, &out);
		tracepoints_fields(t, parts.formats.data[0].id, "sys:hit", copy, size, take_field, &sum);
		free(copy);
	}
	tracing_data_deinit(&parts);
	strbuf_deinit(&out);
	tracepoints_destroy(t);
	images_destroy(images);
	strtab_deinit(&strings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf blob = { 0 };

	if (size < 2)
		return 0;
	size_t raw = data[0] | (size_t)data[1] << 8;
	raw = raw < size - 2 ? raw : size - 2;
	make_blob(&blob, data + 2 + raw, size - 2 - raw);
	show(&blob, data + 2, (uint32_t)raw);
	strbuf_deinit(&blob);
	return 0;
}
