/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "os/procfs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/file.h"

void procfs_ids_deinit(struct procfs_ids *ids)
{
	vec_deinit(&ids->ids);
}

static int by_number(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

/* The names of a folder that are numbers. */
static bool numbers_in(const char *path, struct procfs_ids *out)
{
	autodir DIR *dir = opendir(path);
	size_t before = out->ids.len;
	struct dirent *entry;

	if (!dir)
		return false;
	while ((entry = readdir(dir))) {
		char *end;
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		errno = 0;
		long id = strtol(entry->d_name, &end, 10);
		if (!*end && !errno && id > 0 && id <= INT_MAX)
			vec_push(&out->ids, (pid_t)id);
	}
	if (out->ids.len - before > 1)
		qsort(out->ids.data + before, out->ids.len - before, sizeof(pid_t), by_number);
	return true;
}

bool procfs_processes(const struct os *os, struct procfs_ids *out)
{
	autofree char *path = os_path(os, "/proc");

	return numbers_in(path, out);
}

bool procfs_threads(const struct os *os, pid_t pid, struct procfs_ids *out)
{
	autofree char *path = os_path(os, "/proc/%d/task", pid);

	return numbers_in(path, out);
}

/* The number behind "Key:" at the start of a line; the name of the task, on the first line, has no newline in it. */
static bool status_number(const char *text, const char *key, unsigned column, long *value)
{
	size_t len = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) || line[len] != ':')
			continue;
		const char *p = line + len + 1;
		char *end;
		for (unsigned i = 0;; i++, p = end) {
			*value = strtol(p, &end, 10);
			if (end == p)
				return false;
			if (i == column)
				return true;
		}
	}
	return false;
}

bool procfs_status(const struct os *os, pid_t tid, struct procfs_status *out)
{
	autofree char *path = xasprintf("/proc/%d/status", tid);
	autostrbuf struct strbuf text = { 0 };
	long pid, ppid, uid;

	if (!os_read(os, path, &text) ||
	    !status_number(strbuf_str(&text), "Tgid", 0, &pid) ||
	    !status_number(strbuf_str(&text), "PPid", 0, &ppid) ||
	    !status_number(strbuf_str(&text), "Uid", 1, &uid))
		return false;
	*out = (struct procfs_status){ .pid = (pid_t)pid, .ppid = (pid_t)ppid, .uid = (uid_t)uid };
	return true;
}

bool procfs_comm(const struct os *os, pid_t pid, pid_t tid, char comm[16])
{
	autofree char *path = xasprintf("/proc/%d/task/%d/comm", pid, tid);
	autostrbuf struct strbuf text = { 0 };

	if (!os_read(os, path, &text) || !text.len)
		return false;
	/* A name may have newlines in it; only the last one is /proc's. */
	if (text.data[text.len - 1] == '\n')
		strbuf_truncate(&text, text.len - 1);
	size_t len = text.len < 15 ? text.len : 15;
	memcpy(comm, strbuf_str(&text), len);
	comm[len] = '\0';
	return true;
}

bool procfs_maps(const struct os *os, pid_t pid, struct strbuf *out)
{
	autofree char *path = xasprintf("/proc/%d/maps", pid);

	return os_read(os, path, out);
}

/* A line of text and where reading is in it. */
struct line {
	const char *at, *end;
};

static bool take_line(const char **text, const char *end, struct line *line)
{
	if (*text >= end)
		return false;
	const char *newline = memchr(*text, '\n', (size_t)(end - *text));
	*line = (struct line){ *text, newline ? newline : end };
	*text = newline ? newline + 1 : end;
	return true;
}

static bool take_number(struct line *l, unsigned base, uint64_t *value)
{
	const char *from = l->at;

	*value = 0;
	for (; l->at < l->end; l->at++) {
		unsigned char c = (unsigned char)*l->at;
		unsigned digit = isdigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
		if (digit >= base)
			break;
		if (*value > (UINT64_MAX - digit) / base)
			return false;
		*value = *value * base + digit;
	}
	return l->at > from;
}

static bool take_char(struct line *l, char c)
{
	if (l->at == l->end || *l->at != c)
		return false;
	l->at++;
	return true;
}

/* "rwxp " */
static bool take_permissions(struct line *l, struct procfs_map *map)
{
	if (l->end - l->at < 5 || l->at[4] != ' ')
		return false;
	map->prot = (l->at[0] == 'r' ? PROT_READ : 0u) | (l->at[1] == 'w' ? PROT_WRITE : 0u) |
		    (l->at[2] == 'x' ? PROT_EXEC : 0u);
	map->flags = l->at[3] == 's' ? MAP_SHARED : MAP_PRIVATE;
	l->at += 5;
	return true;
}

static bool parse_map(struct line *l, struct procfs_map *map)
{
	uint64_t major, minor;

	if (!take_number(l, 16, &map->start) || !take_char(l, '-') ||
	    !take_number(l, 16, &map->end) || !take_char(l, ' ') ||
	    map->end < map->start || !take_permissions(l, map) ||
	    !take_number(l, 16, &map->offset) || !take_char(l, ' ') ||
	    !take_number(l, 16, &major) || !take_char(l, ':') ||
	    !take_number(l, 16, &minor) || !take_char(l, ' ') ||
	    !take_number(l, 10, &map->inode))
		return false;
	map->major = (uint32_t)major;
	map->minor = (uint32_t)minor;
	while (l->at < l->end && *l->at == ' ')
		l->at++;
	map->name = l->at;
	map->name_len = (size_t)(l->end - l->at);
	return true;
}

bool procfs_next_map(const char **text, const char *end, struct procfs_map *map)
{
	struct line line;

	while (take_line(text, end, &line))
		if (parse_map(&line, map))
			return true;
	return false;
}

static bool is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' && s[2] <= '7';
}

bool procfs_map_name(const struct procfs_map *map, char *name, size_t size)
{
	const char *from = map->name, *end = from + map->name_len;
	size_t n = 0;

	while (from < end && *from) {
		if (n + 1 >= size)
			return false;
		if (*from == '\\' && end - from >= 4 && is_octal(from + 1)) {
			char c = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			/* The kernel escapes newlines only: anything else is a backslash of the name. */
			if (c == '\n') {
				name[n++] = c;
				from += 4;
				continue;
			}
		}
		name[n++] = *from++;
	}
	if (!size)
		return false;
	name[n] = '\0';
	return true;
}

static bool skip_word(struct line *l)
{
	const char *from = l->at;

	while (l->at < l->end && *l->at != ' ')
		l->at++;
	return l->at > from && take_char(l, ' ');
}

static bool parse_module(struct line *l, struct procfs_module *m)
{
	m->name = l->at;
	if (!skip_word(l))
		return false;
	m->name_len = (size_t)(l->at - 1 - m->name);
	return take_number(l, 10, &m->size) && take_char(l, ' ') &&
	       skip_word(l) && skip_word(l) && skip_word(l) &&
	       take_char(l, '0') && take_char(l, 'x') && take_number(l, 16, &m->address);
}

bool procfs_next_module(const char **text, const char *end, struct procfs_module *module)
{
	struct line line;

	while (take_line(text, end, &line))
		if (parse_module(&line, module))
			return true;
	return false;
}

/* An address as the kernel writes it. There are more than a hundred thousand: strtoull would take a third of the whole time. */
static const char *take_address(const char *at, uint64_t *value)
{
	*value = 0;
	for (int i = 0; i < 16; i++, at++) {
		unsigned digit = (unsigned)*at - '0', letter = (unsigned)*at - 'a';
		if (digit > 9 && letter > 5)
			break;
		*value = *value << 4 | (digit > 9 ? letter + 10 : digit);
	}
	return at;
}

bool procfs_next_symbol(const char **text, struct procfs_symbol *symbol)
{
	while (**text) {
		const char *line = *text, *end = strchrnul(line, '\n');
		*text = end + (*end == '\n');
		*symbol = (struct procfs_symbol){ 0 };
		const char *at = take_address(line, &symbol->address);
		if (at == line || end - at < 4 || at[0] != ' ' || at[2] != ' ')
			continue;
		symbol->type = at[1];
		symbol->name = at + 3;
		const char *open = memchr(symbol->name, '\t', (size_t)(end - symbol->name));
		open = open ? open : end;
		symbol->name_len = (size_t)(open - symbol->name);
		if (end - open > 3 && open[1] == '[' && end[-1] == ']') {
			symbol->module = open + 2;
			symbol->module_len = (size_t)(end - 1 - symbol->module);
		}
		return true;
	}
	return false;
}

/* Calls for the whole lines at the beginning of the text; how many bytes those are. */
static size_t take_symbols(char *text, size_t len, void (*call)(void *ctx, const struct procfs_symbol *symbol), void *ctx)
{
	char *end = memrchr(text, '\n', len);
	const char *at = text;
	struct procfs_symbol symbol;

	if (!end)
		return 0;
	char behind = end[1];
	end[1] = '\0';
	while (procfs_next_symbol(&at, &symbol))
		call(ctx, &symbol);
	end[1] = behind;
	return (size_t)(end + 1 - text);
}

bool procfs_each_symbol(const struct os *os, void (*call)(void *ctx, const struct procfs_symbol *symbol), void *ctx)
{
	enum { PIECE = 64 << 10 };	/* many lines: the longest has 600 bytes */
	autofree char *path = os_path(os, "/proc/kallsyms"), *text = xmalloc(PIECE + 1);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;

	while (fd >= 0 && len < PIECE && (n = file_read_full(fd, text + len, PIECE - len)) > 0) {
		len += (size_t)n;
		size_t taken = take_symbols(text, len, call, ctx);
		len -= taken;
		memmove(text, text + taken, len);
	}
	return !n;
}
