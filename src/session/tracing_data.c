/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/tracing_data.h"

#include <string.h>

struct reader {
	const char *at, *end;
	bool swap;		/* the blob's byte order is not ours */
};

static bool take(struct reader *r, uint64_t len, struct tracing_piece *piece)
{
	if (len > (uint64_t)(r->end - r->at))
		return false;
	*piece = (struct tracing_piece){ r->at, len };
	r->at += len;
	return true;
}

static bool take_u32(struct reader *r, uint32_t *v)
{
	struct tracing_piece p;

	if (!take(r, 4, &p))
		return false;
	memcpy(v, p.at, 4);
	if (r->swap)
		*v = __builtin_bswap32(*v);
	return true;
}

static bool take_u64(struct reader *r, uint64_t *v)
{
	struct tracing_piece p;

	if (!take(r, 8, &p))
		return false;
	memcpy(v, p.at, 8);
	if (r->swap)
		*v = __builtin_bswap64(*v);
	return true;
}

static bool take_string(struct reader *r, const char **s)
{
	const char *nul = memchr(r->at, '\0', (size_t)(r->end - r->at));

	if (!nul)
		return false;
	*s = r->at;
	r->at = nul + 1;
	return true;
}

static bool take_sized(struct reader *r, struct tracing_piece *piece)
{
	uint64_t size;

	return take_u64(r, &size) && take(r, size, piece);
}

bool tracing_format_id(struct tracing_piece text, uint64_t *id)
{
	static const char word[] = "ID:";
	const char *at = memmem(text.at, text.len, word, sizeof(word) - 1), *end = text.at + text.len;
	bool digits = false;

	if (!at)
		return false;
	at += sizeof(word) - 1;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	for (*id = 0; at < end && *at >= '0' && *at <= '9' && *id < UINT32_MAX; at++, digits = true)
		*id = *id * 10 + (uint64_t)(*at - '0');
	return digits;
}

static bool take_formats(struct reader *r, const char *system, struct tracing_data *data)
{
	struct tracing_format format = { .system = system };
	uint32_t n;

	if (!take_u32(r, &n))
		return false;
	for (; n; n--) {
		if (!take_sized(r, &format.text))
			return false;
		if (tracing_format_id(format.text, &format.id))
			vec_push(&data->formats, format);
	}
	return true;
}

static bool take_systems(struct reader *r, struct tracing_data *data)
{
	uint32_t n;
	const char *system;

	if (!take_formats(r, "ftrace", data) || !take_u32(r, &n))
		return false;
	for (; n; n--)
		if (!take_string(r, &system) || !take_formats(r, system, data))
			return false;
	return true;
}

static bool take_header(struct reader *r, struct tracing_data *data)
{
	struct tracing_piece byte, event;
	const char *word;
	uint16_t one = 1;
	bool host_big = !*(const char *)&one;

	if (!take(r, 1, &byte))
		return false;
	data->big_endian = *byte.at;
	r->swap = data->big_endian != host_big;
	if (!take(r, 1, &byte))
		return false;
	data->long_size = (uint8_t)*byte.at;
	return take_u32(r, &data->page_size) &&
	       take_string(r, &word) && take_sized(r, &data->header_page) &&
	       take_string(r, &word) && take_sized(r, &event);
}

bool tracing_data_parse(const void *blob, uint64_t size, struct tracing_data *data)
{
	static const char magic[] = { 23, 8, 68, 't', 'r', 'a', 'c', 'i', 'n', 'g' };
	struct reader r = { .at = blob, .end = (const char *)blob + size };
	struct tracing_piece piece;
	const char *version;
	uint32_t len;

	*data = (struct tracing_data){ 0 };
	if (!take(&r, sizeof(magic), &piece) || memcmp(piece.at, magic, sizeof(magic)) ||
	    !take_string(&r, &version) || !take_header(&r, data))
		return false;
	if (!take_systems(&r, data))
		return true;
	/* kallsyms: perf writes it and nobody needs it */
	if (!take_u32(&r, &len) || !take(&r, len, &piece) || !take_u32(&r, &len) || !take(&r, len, &data->printk))
		return true;
	if (strcmp(version, "0.6") >= 0 && !take_sized(&r, &data->cmdlines))
		data->cmdlines.len = 0;
	return true;
}

void tracing_data_deinit(struct tracing_data *data)
{
	vec_deinit(&data->formats);
}
