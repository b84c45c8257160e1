/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own mappings. /proc/kallsyms is megabytes of text that the
 * kernel formats line by line (50 ms and more): only its beginning is read,
 * where the text's first symbol stands. Where the text ends is in
 * /proc/iomem ("Kernel code"), in physical addresses, whose difference is
 * the same.
 */
#include "session/synthesize.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "abi/build.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "os/procfs.h"

/* "ffffffff81000000 T _text": true when the line is that of a symbol called `name`. */
static bool is_symbol(const char *line, size_t len, const char *name, uint64_t *address)
{
	size_t name_len = strlen(name);
	char *end;

	if (len < name_len + 4 || memcmp(line + len - name_len, name, name_len) || line[len - name_len - 1] != ' ')
		return false;
	*address = strtoull(line, &end, 16);
	return end + 3 + name_len == line + len;
}

/* How many lines behind _stext may still bring _text, which is preferred, as perf does. */
enum { LINES_BEHIND = 64 };

/* Where the kernel's text lies. */
struct kernel_text {
	uint64_t start, end;	/* end UINT64_MAX: not known */
	const char *symbol;	/* "_text" or "_stext", whose address start is */
};

static bool find_start(FILE *kallsyms, struct kernel_text *text)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int patience = -1;

	while (patience && (len = getline(&line, &cap, kallsyms)) > 0) {
		uint64_t address;
		len -= line[len - 1] == '\n';
		if (is_symbol(line, (size_t)len, "_text", &address)) {
			*text = (struct kernel_text){ address, UINT64_MAX, "_text" };
			break;
		}
		if (is_symbol(line, (size_t)len, "_stext", &address)) {
			*text = (struct kernel_text){ address, UINT64_MAX, "_stext" };
			patience = LINES_BEHIND;
		}
		patience -= patience > 0;
	}
	free(line);
	return text->symbol && text->start;
}

/* "  01000000-02206447 : Kernel code"; zeros when hidden from this user. */
static uint64_t code_size(const struct os *os)
{
	autostrbuf struct strbuf iomem = { 0 };

	if (!os_read(os, "/proc/iomem", &iomem))
		return 0;
	const char *what = strstr(strbuf_str(&iomem), " : Kernel code\n");
	if (!what)
		return 0;
	const char *line = what;
	while (line > iomem.data && line[-1] != '\n')
		line--;
	char *end;
	uint64_t first = strtoull(line, &end, 16), last = *end == '-' ? strtoull(end + 1, NULL, 16) : 0;
	return last > first ? last - first + 1 : 0;
}

/* From /proc/kallsyms and /proc/iomem; false where it is hidden or not to be found. */
static bool kernel_text_find(const struct os *os, struct kernel_text *text)
{
	autofree char *path = os_path(os, "/proc/kallsyms");
	autofclose FILE *kallsyms = fopen(path, "re");

	*text = (struct kernel_text){ 0 };
	if (!kallsyms || !find_start(kallsyms, text))
		return false;
	uint64_t size = code_size(os);
	if (size)
		text->end = text->start + size;
	return true;
}

/* ---- modules ---- */

/* "kernel/fs/ext4/ext4.ko.xz" holds the module "ext4"; '-' and '_' are the same. */
static bool path_is_module(const char *path, size_t len, const char *name, size_t name_len)
{
	const char *base = memrchr(path, '/', len);

	base = base ? base + 1 : path;
	if ((size_t)(path + len - base) <= name_len || base[name_len] != '.')
		return false;
	for (size_t i = 0; i < name_len; i++)
		if (base[i] != name[i] && !(base[i] == '-' && name[i] == '_'))
			return false;
	return true;
}

/* The module's file by modules.dep ("PATH: needs…", paths relative to its folder); "[name]" when it is not there. */
static char *module_path(const char *dep, const char *release, const struct procfs_module *m)
{
	for (const char *line = dep; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		size_t len = strcspn(line, ":\n");
		if (line[len] == ':' && path_is_module(line, len, m->name, m->name_len))
			return *line == '/' ? xstrndup(line, len) :
					      xasprintf("/lib/modules/%s/%.*s", release, (int)len, line);
	}
	return xasprintf("[%.*s]", (int)m->name_len, m->name);
}

static void add_module(struct synthesize *s, const struct procfs_module *m, const char *path)
{
	struct build b = { .out = &s->out, .layout = s->layout };

	build_mmap(&b, PERF_RECORD_MISC_KERNEL, &(struct record_mmap){
		.pid = UINT32_MAX, .start = m->address, .len = m->size, .filename = path });
}

/* The kernel's text ends before the lowest module above it, where nothing tells better. */
static uint64_t lowest_module(const struct strbuf *modules, uint64_t above)
{
	const char *at = strbuf_str(modules), *end = at + modules->len;
	uint64_t lowest = UINT64_MAX;
	struct procfs_module m;

	while (procfs_next_module(&at, end, &m))
		if (m.address > above && m.address < lowest)
			lowest = m.address;
	return lowest;
}

static void add_modules(struct synthesize *s, const struct strbuf *modules)
{
	const char *at = strbuf_str(modules), *end = at + modules->len;
	autostrbuf struct strbuf dep = { 0 };
	struct procfs_module m;
	struct utsname name;

	if (!modules->len || uname(&name))
		return;
	autofree char *dep_path = xasprintf("/lib/modules/%s/modules.dep", name.release);
	os_read(s->os, dep_path, &dep);
	while (procfs_next_module(&at, end, &m)) {
		if (!m.address || !m.size)
			continue;
		autofree char *path = module_path(strbuf_str(&dep), name.release, &m);
		add_module(s, &m, path);
	}
}

static void add_kernel(struct synthesize *s, const struct kernel_text *text)
{
	struct build b = { .out = &s->out, .layout = s->layout };
	autofree char *name = xasprintf("[kernel.kallsyms]%s", text->symbol);

	build_mmap(&b, PERF_RECORD_MISC_KERNEL, &(struct record_mmap){
		.pid = UINT32_MAX, .start = text->start, .len = text->end - text->start,
		.pgoff = text->start, .filename = name });
}

void synthesize_kernel(struct synthesize *s, bool *hidden)
{
	autostrbuf struct strbuf modules = { 0 };
	struct kernel_text text;

	*hidden = !kernel_text_find(s->os, &text);
	if (*hidden)
		return;
	os_read(s->os, "/proc/modules", &modules);
	uint64_t lowest = lowest_module(&modules, text.start);
	if (text.end > lowest)
		text.end = lowest;
	add_kernel(s, &text);
	add_modules(s, &modules);
}
