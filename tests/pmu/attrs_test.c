/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is opened on machines that are not here, attr by attr, against what
 * perf opens on them: tests/pmu/attrs has machines (.tree) and perf's attrs
 * (.attrs). Where ptk means to differ, a line says why and lines what it opens.
 */
#include <stdarg.h>
#include <sys/syscall.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "pmu/open.h"
#include "pmu/parse.h"
#include "tests/lib/tap.h"
#include "tests/pmu/attrs/opens.h"
#include "tests/pmu/machine.h"

static struct opens opens;

/* In place of libc's, which is all that ptk opens events with. */
long syscall(long number, ...)
{
	va_list args;

	va_start(args, number);
	struct perf_event_attr *attr = va_arg(args, struct perf_event_attr *);
	int task = va_arg(args, int), cpu = va_arg(args, int), group = va_arg(args, int);
	va_end(args);
	if (number == SYS_perf_event_open && task == -1)
		return opens_add(&opens, attr, cpu, group);
	errno = ENOSYS;
	return -1;
}

/* The next line of a text, without its end; NULL when there is none. */
static char *next_line(char **text)
{
	char *line = *text;

	if (!*line)
		return NULL;
	size_t len = strcspn(line, "\n");
	*text = line + len + (line[len] == '\n');
	line[len] = 0;
	return line;
}

static char *read_data(const char *machine, const char *kind)
{
	const char *top = getenv("top_srcdir");
	autofree char *path = xasprintf("%s/tests/pmu/attrs/%s.%s", top ? top : ".", machine, kind);
	struct strbuf text = { 0 };

	CHECK_OK(file_read(path, 1 << 20, &text), kind);
	return strbuf_take(&text);
}

static char *machine_of(const char *name)
{
	static const struct machine_file none[] = { { 0 } };
	autofree char *text = read_data(name, "tree");
	char *root = machine_create(none), *at = text;

	for (char *line; (line = next_line(&at)); ) {
		char *tab = strchr(line, '\t');
		if (*line == '#' || !tab)
			continue;
		*tab = 0;
		autofree char *path = xasprintf("/sys/%s", line);
		machine_add(root, path, tab + 1);
	}
	return root;
}

/* What ptk opens for these words on all CPUs, as opens.h prints it. */
static char *opened_for(const char *root, const char *words)
{
	const struct os os = { .root = root };
	const struct open_options options = { .tolerate = true };
	struct target target = { .system_wide = true };
	struct pmus *pmus = pmus_create(&os);
	struct event_list list = { 0 };
	struct notes notes = { 0 };
	struct counters *counters = NULL;
	char *text = NULL;
	size_t size;

	opens.n = 0;
	memset(opens.one, 0, sizeof(opens.one));
	struct error *err = events_parse(pmus, words, &notes, &list);
	if (!err)
		err = counters_open(&os, &list, &target, &options, &notes, &counters);
	FILE *out = open_memstream(&text, &size);
	if (err)
		fprintf(out, "%s\n", err->message);
	opens_print(out, &opens);
	fclose(out);
	error_destroy(err);
	counters_destroy(counters);
	notes_deinit(&notes);
	event_list_deinit(&list);
	target_deinit(&target);
	pmus_destroy(pmus);
	return text;
}

/* One block: an event, and behind it perf's lines or those that are to be in their place. */
struct block {
	const char *event;
	struct strbuf perf, ptk;
};

static void check_block(const char *root, struct block *b)
{
	if (b->event) {
		autofree char *got = opened_for(root, b->event);
		CHECK_STR(got, strbuf_str(b->ptk.len ? &b->ptk : &b->perf), b->event);
	}
	strbuf_truncate(&b->perf, 0);
	strbuf_truncate(&b->ptk, 0);
}

static void check_machine(const char *name)
{
	autofree char *text = read_data(name, "attrs");
	char *root = machine_of(name), *at = text;
	struct block b = { 0 };

	opens.strict = 0;
	for (char *line; (line = next_line(&at)); ) {
		if (!strncmp(line, "# strict ", 9)) {
			for (char *type = line + 9, *end; *type; type = *end ? end + 1 : end)
				opens.strict |= 1ull << strtoul(type, &end, 10);
		} else if (!strncmp(line, "event ", 6)) {
			check_block(root, &b);
			b.event = line + 6;
		} else if (!strncmp(line, "ptk ", 4)) {
			strbuf_printf(&b.ptk, "%s\n", line + 4);
		} else if (*line != '#' && strncmp(line, "why ", 4)) {
			strbuf_printf(&b.perf, "%s\n", line);
		}
	}
	check_block(root, &b);
	strbuf_deinit(&b.perf);
	strbuf_deinit(&b.ptk);
	machine_remove(root);
}

int main(void)
{
	check_machine("intel");
	check_machine("hybrid");
	check_machine("amd");
	check_machine("arm");
	return tap_done();
}
