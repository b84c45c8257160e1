/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf/debugfile.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/strbuf.h"

/* The CRC-32 of ISO 3309, as gdb's manual gives it for .gnu_debuglink. */
static bool crc_of_file(int fd, uint32_t *crc)
{
	uint32_t table[256], sum = ~0u;
	unsigned char bytes[1 << 14];
	ssize_t n;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
	}
	for (uint64_t at = 0; (n = file_pread_full(fd, bytes, sizeof(bytes), at)) > 0; at += (uint64_t)n)
		for (ssize_t i = 0; i < n; i++)
			sum = table[(sum ^ bytes[i]) & 0xff] ^ sum >> 8;
	*crc = ~sum;
	return !n;
}

/* A build-id proves it cheaply; the CRC, over all of the file, is for images without one. */
static bool belongs(int fd, uint64_t size, const struct debug_wanted *wanted)
{
	struct elf_source source = { .fd = fd, .size = size };
	struct elf_header header;
	uint32_t crc;

	if (!elf_header_read(&source, &header))
		return false;
	elf_header_deinit(&header);
	if (wanted->build_id_size)
		return header.build_id_size == wanted->build_id_size &&
		       !memcmp(header.build_id, wanted->build_id, wanted->build_id_size);
	return wanted->link && crc_of_file(fd, &crc) && crc == wanted->crc;
}

/* Takes over `path`. */
static int try(char *path, const struct debug_wanted *wanted, uint64_t *size, char **found)
{
	int fd = file_open_regular(path, 0, size);

	if (fd >= 0 && belongs(fd, *size, wanted)) {
		*found = path;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return -1;
}

char *build_id_path(const char *root, const uint8_t *id, size_t size, const char *suffix)
{
	struct strbuf path = { 0 };

	strbuf_printf(&path, "%s/.build-id/%02x/", root ? root : DEBUG_ROOT, id[0]);
	for (size_t i = 1; i < size; i++)
		strbuf_printf(&path, "%02x", id[i]);
	strbuf_adds(&path, suffix);
	return strbuf_take(&path);
}

/* Beside the image, where .gnu_debuglink says. */
static int try_link(const struct debug_wanted *wanted, const char *root, uint64_t *size, char **path)
{
	const char *slash = wanted->path ? strrchr(wanted->path, '/') : NULL;
	int folder = slash ? (int)(slash - wanted->path) : 0;

	if (!slash || !wanted->link || !*wanted->link || strchr(wanted->link, '/'))
		return -1;
	int fd = try(xasprintf("%.*s/%s", folder, wanted->path, wanted->link), wanted, size, path);
	if (fd < 0)
		fd = try(xasprintf("%.*s/.debug/%s", folder, wanted->path, wanted->link), wanted, size, path);
	if (fd < 0)
		fd = try(xasprintf("%s%.*s/%s", root, folder, wanted->path, wanted->link), wanted, size, path);
	return fd;
}

int debug_file_open(const struct debug_wanted *wanted, const char *root, const char *build_id_cache, uint64_t *size,
		    char **path)
{
	bool has_id = wanted->build_id_size > 1;
	int fd = -1;

	if (!root)
		root = DEBUG_ROOT;
	if (has_id)
		fd = try(build_id_path(root, wanted->build_id, wanted->build_id_size, ".debug"), wanted, size, path);
	if (fd < 0)
		fd = try_link(wanted, root, size, path);
	if (fd < 0 && has_id && build_id_cache)
		fd = try(build_id_path(build_id_cache, wanted->build_id, wanted->build_id_size, "/debug"), wanted, size, path);
	return fd;
}
