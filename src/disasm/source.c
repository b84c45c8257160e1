/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disasm/source.h"

#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"

enum { FILE_MAX = 64 << 20, TAB = 8 };

/* Where the source lies on this machine; the caller frees it. */
static char *located(const struct sources *s, const char *path)
{
	if (!s->prefix || *path != '/')
		return xstrdup(path);
	for (unsigned i = 0; i < s->strip && strchr(path + 1, '/'); i++)
		path = strchr(path + 1, '/');
	return xasprintf("%s%s", s->prefix, path);
}

/* Tabs to spaces: what stands in front of the line on a page is of any width. */
static void add_line(struct source_file *f, struct strbuf *text, const char *line, size_t len)
{
	size_t start = text->len;

	vec_push(&f->lines, (uint32_t)start);
	for (size_t i = 0; i < len; i++) {
		if (line[i] == '\t')
			do
				strbuf_addc(text, ' ');
			while ((text->len - start) % TAB);
		else if (line[i] != '\r' || i + 1 < len)
			strbuf_addc(text, line[i] ? line[i] : '?');
	}
	strbuf_tame(text, start);
	strbuf_addc(text, '\0');
}

static void read_file(struct source_file *f, const char *path)
{
	autostrbuf struct strbuf bytes = { 0 };
	struct strbuf text = { 0 };
	uint64_t size = 0;
	struct stat st;
	autoclose int fd = file_open_regular(path, 0, &size);

	if (fd < 0 || size > FILE_MAX || fstat(fd, &st) || !file_read_fd(fd, FILE_MAX, &bytes))
		return;
	for (size_t at = 0; at < bytes.len;) {
		const char *line = bytes.data + at, *end = memchr(line, '\n', bytes.len - at);
		size_t len = end ? (size_t)(end - line) : bytes.len - at;
		add_line(f, &text, line, len);
		at += len + 1;
	}
	f->text = text.len ? strbuf_take(&text) : NULL;
}

static const struct source_file *file_of(struct sources *s, const char *path)
{
	uint32_t id = strtab_id(&s->paths, path);

	if (id < s->files.len)
		return &s->files.data[id];
	while (s->files.len <= id)
		vec_add(&s->files);
	autofree char *where = located(s, path);
	read_file(&s->files.data[id], where);
	return &s->files.data[id];
}

const char *source_line(struct sources *s, const char *path, uint32_t line)
{
	const struct source_file *f = file_of(s, path);

	if (!f->text || !line || line > f->lines.len)
		return NULL;
	return f->text + f->lines.data[line - 1];
}

void sources_deinit(struct sources *s)
{
	for (size_t i = 0; i < s->files.len; i++) {
		free(s->files.data[i].text);
		vec_deinit(&s->files.data[i].lines);
	}
	vec_deinit(&s->files);
	strtab_deinit(&s->paths);
}
