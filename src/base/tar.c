/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tar.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"

enum { BLOCK = 512, COPY_BYTES = 1 << 16 };

struct tar_header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
	char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], pad[12];
};

static const char zeros[BLOCK];

/* Octal, with a NUL behind; what has no room for it is big-endian binary with the top bit set. */
static void put_number(char *field, size_t size, uint64_t value)
{
	char text[24];

	if (snprintf(text, sizeof(text), "%0*llo", (int)size - 1, (unsigned long long)value) < (int)size) {
		memcpy(field, text, size);
		return;
	}
	for (size_t i = size; i-- > 0; value >>= 8)
		field[i] = (char)value;
	field[0] = (char)0x80;
}

static bool put_name(struct tar_header *h, const char *name)
{
	size_t len = strlen(name);
	const char *slash = len > sizeof(h->name) ? strchr(name + len - sizeof(h->name) - 1, '/') : NULL;

	if (len <= sizeof(h->name)) {
		memcpy(h->name, name, len);
		return true;
	}
	if (!slash || (size_t)(slash - name) > sizeof(h->prefix))
		return false;
	memcpy(h->prefix, name, (size_t)(slash - name));
	memcpy(h->name, slash + 1, strlen(slash + 1));
	return true;
}

static struct error *put_header(FILE *out, const char *name, uint64_t size, uint64_t mtime)
{
	struct tar_header h = { .type = '0', .magic = "ustar", .version = { '0', '0' } };
	unsigned sum = 0;

	if (!put_name(&h, name))
		return error_create("a name is too long for an archive: %s", name);
	put_number(h.mode, sizeof(h.mode), 0644);
	put_number(h.uid, sizeof(h.uid), 0);
	put_number(h.gid, sizeof(h.gid), 0);
	put_number(h.size, sizeof(h.size), size);
	put_number(h.mtime, sizeof(h.mtime), mtime);
	memset(h.checksum, ' ', sizeof(h.checksum));
	for (size_t i = 0; i < sizeof(h); i++)
		sum += ((const unsigned char *)&h)[i];
	put_number(h.checksum, sizeof(h.checksum) - 1, sum);
	fwrite(&h, sizeof(h), 1, out);
	return NULL;
}

/* Errors of writing are the stream's, and whoever closes it looks. */
static void pad(FILE *out, uint64_t size)
{
	fwrite(zeros, 1, (size_t)(-size & (BLOCK - 1)), out);
}

struct error *tar_add(FILE *out, const char *name, const void *bytes, size_t size, uint64_t mtime)
{
	TRY(put_header(out, name, size, mtime));
	fwrite(bytes, 1, size, out);
	pad(out, size);
	return NULL;
}

struct error *tar_add_fd(FILE *out, const char *name, int fd, uint64_t mtime)
{
	autofree char *buffer = xmalloc(COPY_BYTES);
	struct stat st;

	if (fstat(fd, &st))
		return error_os(errno, "cannot read %s", name);
	uint64_t size = (uint64_t)st.st_size;
	TRY(put_header(out, name, size, mtime));
	for (uint64_t at = 0, now; at < size; at += now) {
		now = size - at < COPY_BYTES ? size - at : COPY_BYTES;
		ssize_t n = file_pread_full(fd, buffer, (size_t)now, at);
		if (n != (ssize_t)now)
			return error_os(n < 0 ? errno : EIO, "cannot read %s: it changed meanwhile", name);
		fwrite(buffer, 1, (size_t)now, out);
	}
	pad(out, size);
	return NULL;
}

void tar_end(FILE *out)
{
	fwrite(zeros, 1, sizeof(zeros), out);
	fwrite(zeros, 1, sizeof(zeros), out);
}
