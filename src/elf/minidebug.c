/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "elf/minidebug.h"

#ifdef HAVE_LIBLZMA
#include <lzma.h>
#include <stdint.h>

#include "base/dynlib.h"

#define LIBLZMA_FUNCTIONS(F) F(lzma_code) F(lzma_end) F(lzma_stream_decoder)
DYNLIB_DECLARE(liblzma, LIBLZMA_FUNCTIONS);
DYNLIB_DEFINE(liblzma, LIBLZMA_SONAME, LIBLZMA_FUNCTIONS);

enum {
	PACKED_MAX = 16 << 20,		/* bytes; a real one has some hundred thousand */
	MEMORY_MAX = 128 << 20,		/* that the decoder may take for its dictionary */
	STEP = 1 << 18,
};

static bool unpack(const struct liblzma *lib, lzma_stream *stream, size_t limit, struct strbuf *out)
{
	for (size_t before = out->len;;) {
		stream->next_out = (uint8_t *)strbuf_reserve(out, STEP);
		stream->avail_out = STEP;
		lzma_ret ret = lib->lzma_code(stream, LZMA_FINISH);
		out->len += STEP - stream->avail_out;
		if (ret == LZMA_STREAM_END)
			return true;
		if (ret != LZMA_OK || out->len - before > limit)
			return false;
	}
}

bool minidebug_unpack(const void *packed, size_t size, struct strbuf *out)
{
	const struct liblzma *lib = liblzma();
	lzma_stream stream = LZMA_STREAM_INIT;
	size_t before = out->len;

	if (!lib || size > PACKED_MAX || lib->lzma_stream_decoder(&stream, MEMORY_MAX, 0) != LZMA_OK)
		return false;
	stream.next_in = packed;
	stream.avail_in = size;
	bool good = unpack(lib, &stream, size * 64 + (1 << 20), out);
	lib->lzma_end(&stream);
	if (!good)
		strbuf_truncate(out, before);
	return good;
}
#else
bool minidebug_unpack(const void *packed, size_t size, struct strbuf *out)
{
	(void)packed;
	(void)size;
	(void)out;
	return false;
}
#endif
