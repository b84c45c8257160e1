/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/perf_map.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "session/owned_file.h"

enum { MAP_MAX = 512 << 20 };	/* bytes */

/* A hexadecimal number and the space behind it. */
static bool parse_number(char **at, const char *end, uint64_t *value)
{
	char *p = *at;
	int digits = 0;

	if (end - p > 2 && p[0] == '0' && (p[1] | 0x20) == 'x')
		p += 2;
	for (*value = 0; p < end; p++, digits++) {
		int c = *p | 0x20;
		if (c >= '0' && c <= '9')
			*value = *value << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*value = *value << 4 | (uint64_t)(c - 'a' + 10);
		else
			break;
	}
	if (!digits || digits > 16 || p == end || *p != ' ')
		return false;
	*at = p + 1;
	return true;
}

void perf_map_parse(struct perf_map *map, struct strbuf bytes)
{
	char *at = bytes.data, *end = at ? at + bytes.len : at, *newline;
	uint64_t start, size;

	*map = (struct perf_map){ .bytes = bytes, .symbols.last_wins = true };
	for (; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			newline = end;	/* strbuf keeps a NUL there */
		*newline = '\0';
		if (!parse_number(&at, newline, &start) || !parse_number(&at, newline, &size))
			continue;
		struct symtab_entry *e = size && start + size > start ?
			symtab_add_borrowed(&map->symbols, start, at, SYMTAB_GLOBAL) : NULL;
		if (e)
			e->end = start + size;
	}
	symtab_finish(&map->symbols, 0);
}

void perf_map_deinit(struct perf_map *map)
{
	symtab_deinit(&map->symbols);
	strbuf_deinit(&map->bytes);
}

/* The process's number in its own PID namespace: the last of "NSpid:\t812\t7". */
static uint32_t inner_pid(const struct os *os, uint32_t pid)
{
	autofree char *path = xasprintf("/proc/%u/status", pid);
	autostrbuf struct strbuf text = { 0 };
	uint32_t last = pid;

	if (!os_read(os, path, &text))
		return pid;
	char *at = strstr(text.data ? text.data : "", "\nNSpid:"), *next;
	if (!at)
		return pid;
	for (at += strlen("\nNSpid:"); ; at = next) {
		while (*at == '\t')
			at++;
		unsigned long value = strtoul(at, &next, 10);
		if (next == at)
			return last;
		last = (uint32_t)value;
	}
}

bool perf_map_read(struct perf_map *map, const struct os *os, uint32_t pid)
{
	struct strbuf bytes = { 0 };
	struct stat st;
	autoclose int fd = owned_file_open(os, os_path(os, "/tmp/perf-%u.map", pid), pid, &st);

	if (fd < 0)
		fd = owned_file_open(os, os_path(os, "/proc/%u/root/tmp/perf-%u.map", pid, inner_pid(os, pid)), pid, &st);
	if (fd < 0 || ((uint64_t)st.st_size == map->size && st.st_ino == map->inode))
		return false;
	if (!file_read_fd(fd, MAP_MAX, &bytes) || !bytes.len) {
		strbuf_deinit(&bytes);
		return false;
	}
	perf_map_deinit(map);
	perf_map_parse(map, bytes);
	map->size = (uint64_t)st.st_size;
	map->inode = st.st_ino;
	return true;
}
