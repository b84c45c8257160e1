/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "data/inflate.h"

#include <stdlib.h>

#include "base/alloc.h"

#ifdef HAVE_LIBZSTD

#include <zstd.h>

#include "base/dynlib.h"

#define LIBZSTD_FUNCTIONS(F) \
	F(ZSTD_createDStream) F(ZSTD_freeDStream) F(ZSTD_initDStream) F(ZSTD_decompressStream) F(ZSTD_isError) \
	F(ZSTD_createCStream) F(ZSTD_freeCStream) F(ZSTD_initCStream) F(ZSTD_compressStream) F(ZSTD_flushStream)

DYNLIB_DECLARE(libzstd, LIBZSTD_FUNCTIONS);
DYNLIB_DEFINE(libzstd, LIBZSTD_SONAME, LIBZSTD_FUNCTIONS);

struct inflate {
	const struct libzstd *lib;
	ZSTD_DStream *stream;
	ZSTD_inBuffer in;
	bool full;		/* the last call filled its buffer: there may be more without input */
};

struct inflate *inflate_create(void)
{
	const struct libzstd *lib = libzstd();
	struct inflate *z;

	if (!lib)
		return NULL;
	z = xcalloc(1, sizeof(*z));
	z->lib = lib;
	z->stream = lib->ZSTD_createDStream();
	if (!z->stream || lib->ZSTD_isError(lib->ZSTD_initDStream(z->stream))) {
		inflate_destroy(z);
		return NULL;
	}
	return z;
}

void inflate_destroy(struct inflate *z)
{
	if (!z)
		return;
	z->lib->ZSTD_freeDStream(z->stream);
	free(z);
}

void inflate_feed(struct inflate *z, const void *data, size_t size)
{
	z->in = (ZSTD_inBuffer){ .src = data, .size = size };
}

size_t inflate_some(struct inflate *z, void *to, size_t size)
{
	ZSTD_outBuffer out = { .dst = to, .size = size };

	while (!out.pos && (z->in.pos < z->in.size || z->full)) {
		size_t result = z->lib->ZSTD_decompressStream(z->stream, &out, &z->in);
		if (z->lib->ZSTD_isError(result))
			return SIZE_MAX;
		z->full = out.pos == out.size;
	}
	return out.pos;
}

struct deflate {
	const struct libzstd *lib;
	ZSTD_CStream *stream;
	ZSTD_inBuffer in;
	bool flushed;
};

struct deflate *deflate_create(int level)
{
	const struct libzstd *lib = libzstd();
	struct deflate *z;

	if (!lib)
		return NULL;
	z = xcalloc(1, sizeof(*z));
	z->lib = lib;
	z->stream = lib->ZSTD_createCStream();
	if (!z->stream || lib->ZSTD_isError(lib->ZSTD_initCStream(z->stream, level))) {
		deflate_destroy(z);
		return NULL;
	}
	return z;
}

void deflate_destroy(struct deflate *z)
{
	if (!z)
		return;
	z->lib->ZSTD_freeCStream(z->stream);
	free(z);
}

void deflate_feed(struct deflate *z, const void *data, size_t size)
{
	z->in = (ZSTD_inBuffer){ .src = data, .size = size };
	z->flushed = false;
}

size_t deflate_some(struct deflate *z, void *to, size_t size)
{
	ZSTD_outBuffer out = { .dst = to, .size = size };

	while (out.pos < out.size && !z->flushed) {
		size_t result = z->in.pos < z->in.size ? z->lib->ZSTD_compressStream(z->stream, &out, &z->in) :
			z->lib->ZSTD_flushStream(z->stream, &out);
		if (z->lib->ZSTD_isError(result))
			return SIZE_MAX;
		z->flushed = z->in.pos == z->in.size && !result;
	}
	return out.pos;
}

#else

struct inflate *inflate_create(void) { return NULL; }
void inflate_destroy(struct inflate *z) { (void)z; }
void inflate_feed(struct inflate *z, const void *data, size_t size) { (void)z, (void)data, (void)size; }
size_t inflate_some(struct inflate *z, void *to, size_t size) { (void)z, (void)to, (void)size; return SIZE_MAX; }
struct deflate *deflate_create(int level) { (void)level; return NULL; }
void deflate_destroy(struct deflate *z) { (void)z; }
void deflate_feed(struct deflate *z, const void *data, size_t size) { (void)z, (void)data, (void)size; }
size_t deflate_some(struct deflate *z, void *to, size_t size) { (void)z, (void)to, (void)size; return SIZE_MAX; }

#endif
