/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "data/gzip.h"

#include <stdint.h>

#include "base/dynlib.h"

bool gzip_is(const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	return len > 2 && b[0] == 0x1f && b[1] == 0x8b && b[2] == 8;
}

#ifdef HAVE_ZLIB
#include <zlib.h>

#define ZLIB_FUNCTIONS(F) F(inflateInit2_) F(inflate) F(inflateReset) F(inflateEnd)
DYNLIB_DECLARE(zlib, ZLIB_FUNCTIONS);
DYNLIB_DEFINE(zlib, ZLIB_SONAME, ZLIB_FUNCTIONS);

enum { STEP = 256 << 10, GZIP_WINDOW = 15 + 16 };	/* the largest window, with gzip's header */

/* Up to the end of the last member. False: damaged, or too long. */
static bool unpack(const struct zlib *lib, z_stream *z, size_t most, struct strbuf *out)
{
	size_t begun = out->len;

	for (;;) {
		z->next_out = (Bytef *)strbuf_reserve(out, STEP);
		z->avail_out = STEP;
		int status = lib->inflate(z, Z_NO_FLUSH);
		out->len += STEP - z->avail_out;
		if (out->len - begun > most || (status != Z_OK && status != Z_STREAM_END))
			return false;
		if (status == Z_STREAM_END && (z->avail_in < 3 || !gzip_is(z->next_in, z->avail_in)))
			return true;
		if (status == Z_STREAM_END && lib->inflateReset(z) != Z_OK)
			return false;
	}
}

struct error *gzip_unpack(const void *bytes, size_t len, size_t most, struct strbuf *out)
{
	const struct zlib *lib = zlib();
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)len };

	if (!lib)
		return error_hint(error_create("%s is not here, which unpacks the file", ZLIB_SONAME), "Debian: zlib1g; or gzip -d");
	if (len > UINT32_MAX || lib->inflateInit2_(&z, GZIP_WINDOW, ZLIB_VERSION, (int)sizeof(z)) != Z_OK)
		return error_create("zlib cannot unpack this");
	bool whole = unpack(lib, &z, most, out);
	bool large = out->len > most;
	lib->inflateEnd(&z);
	if (whole)
		return NULL;
	return large ? error_create("unpacked, it is larger than %zu MiB", most >> 20) : error_create("what gzip packed is damaged");
}
#else
struct error *gzip_unpack(const void *bytes, size_t len, size_t most, struct strbuf *out)
{
	(void)bytes;
	(void)len;
	(void)most;
	(void)out;
	return error_hint(error_create("this ptk was built without zlib"), "gzip -d unpacks the file");
}
#endif
