/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/tracing_data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/tracefs.h"

struct tracepoint_name { char *system, *name; };
struct tracepoint_names { VEC(struct tracepoint_name) list; };

static int by_name(const void *a, const void *b)
{
	const struct tracepoint_name *x = a, *y = b;
	int order = strcmp(x->system, y->system);

	return order ? order : strcmp(x->name, y->name);
}

static bool same(const struct tracepoint_name *a, const struct tracepoint_name *b)
{
	return !by_name(a, b);
}

/* Each tracepoint once, ordered by system. */
static void collect(const struct event_list *events, struct tracepoint_names *names)
{
	size_t n = 0;

	for (size_t e = 0; e < events->events.len; e++) {
		const char *text = events->events.data[e].tracepoint, *colon = text ? strchr(text, ':') : NULL;
		if (colon)
			vec_push(&names->list, (struct tracepoint_name){
				xstrndup(text, (size_t)(colon - text)), xstrdup(colon + 1) });
	}
	vec_sort(&names->list, by_name);
	for (size_t i = 0; i < names->list.len; i++) {
		if (n && same(&names->list.data[n - 1], &names->list.data[i])) {
			free(names->list.data[i].system);
			free(names->list.data[i].name);
		} else {
			names->list.data[n++] = names->list.data[i];
		}
	}
	names->list.len = n;
}

static void forget(struct tracepoint_names *names)
{
	for (size_t i = 0; i < names->list.len; i++) {
		free(names->list.data[i].system);
		free(names->list.data[i].name);
	}
	vec_deinit(&names->list);
}

static void put_u32(struct strbuf *out, uint32_t value)
{
	strbuf_add(out, &value, sizeof(value));
}

/* A length in 8 bytes, then the bytes. */
static void put_sized(struct strbuf *out, const struct strbuf *bytes)
{
	uint64_t size = bytes->len;

	strbuf_add(out, &size, sizeof(size));
	strbuf_add(out, bytes->data ? bytes->data : "", bytes->len);
}

/* "header_page" and such: the name with its NUL, then the file. */
static void put_header_file(const struct os *os, const char *tracefs, const char *name, struct strbuf *out)
{
	autofree char *path = xasprintf("%s/events/%s", tracefs, name);
	autostrbuf struct strbuf text = { 0 };

	os_read(os, path, &text);
	strbuf_add(out, name, strlen(name) + 1);
	put_sized(out, &text);
}

/* Byte order, size of a long, and of a page, behind the magic bytes. */
static void put_front(struct strbuf *out)
{
	static const char magic[] = "\027\010\104" "tracing" "0.6";
	const uint16_t one = 1;

	strbuf_add(out, magic, sizeof(magic));
	strbuf_addc(out, *(const char *)&one == 1 ? 0 : 1);
	strbuf_addc(out, (char)sizeof(long));
	put_u32(out, (uint32_t)sysconf(_SC_PAGESIZE));
}

static struct error *put_format(const struct os *os, const char *tracefs, const struct tracepoint_name *t, struct strbuf *out)
{
	autostrbuf struct strbuf format = { 0 };

	if (!tracefs_event_format(os, tracefs, t->system, t->name, &format))
		return error_os(errno, "cannot read the format of %s:%s", t->system, t->name);
	put_sized(out, &format);
	return NULL;
}

/* The events of the system that the list has at `from`: their number, then each one's format; *end is behind them. */
static struct error *put_system(const struct os *os, const char *tracefs, const struct tracepoint_names *names,
				size_t from, size_t *end, struct strbuf *out)
{
	const char *system = names->list.data[from].system;

	for (*end = from; *end < names->list.len && !strcmp(names->list.data[*end].system, system); ++*end)
		;
	put_u32(out, (uint32_t)(*end - from));
	for (size_t i = from; i < *end; i++)
		TRY(put_format(os, tracefs, &names->list.data[i], out));
	return NULL;
}

static bool is_ftrace(const struct tracepoint_name *t)
{
	return !strcmp(t->system, "ftrace");
}

/* ftrace's own events stand by themselves, in front of the other systems. */
static struct error *put_events(const struct os *os, const char *tracefs, const struct tracepoint_names *names, struct strbuf *out)
{
	uint32_t systems = 0;
	size_t end, i;

	for (i = 0; i < names->list.len && !is_ftrace(&names->list.data[i]); i++)
		;
	if (i < names->list.len)
		TRY(put_system(os, tracefs, names, i, &end, out));
	else
		put_u32(out, 0);
	for (i = 0; i < names->list.len; i++)
		systems += !is_ftrace(&names->list.data[i]) &&
			   (!i || strcmp(names->list.data[i - 1].system, names->list.data[i].system));
	put_u32(out, systems);
	for (i = 0; i < names->list.len; i = end) {
		const struct tracepoint_name *t = &names->list.data[i];
		if (is_ftrace(t)) {
			end = i + 1;
			continue;
		}
		strbuf_add(out, t->system, strlen(t->system) + 1);
		TRY(put_system(os, tracefs, names, i, &end, out));
	}
	return NULL;
}

/*
 * Behind the events: kallsyms (readers take symbols from elsewhere: empty),
 * formats of trace_printk by address, and names of tasks (COMM records have
 * them: empty).
 */
static void put_back(const struct os *os, const char *tracefs, struct strbuf *out)
{
	autofree char *path = xasprintf("%s/printk_formats", tracefs);
	autostrbuf struct strbuf formats = { 0 };
	uint64_t none = 0;

	put_u32(out, 0);
	os_read(os, path, &formats);
	put_u32(out, (uint32_t)formats.len);
	strbuf_add(out, formats.data ? formats.data : "", formats.len);
	strbuf_add(out, &none, sizeof(none));
}

static struct error *build(const struct os *os, const struct tracepoint_names *names, struct strbuf *out)
{
	autofree char *tracefs = NULL;

	TRY(tracefs_find(os, &tracefs));
	put_front(out);
	put_header_file(os, tracefs, "header_page", out);
	put_header_file(os, tracefs, "header_event", out);
	TRY(put_events(os, tracefs, names, out));
	put_back(os, tracefs, out);
	return NULL;
}

struct error *tracing_data_build(const struct os *os, const struct event_list *list, struct strbuf *out)
{
	struct tracepoint_names names = { 0 };
	struct error *err = NULL;

	collect(list, &names);
	if (names.list.len)
		err = build(os, &names, out);
	forget(&names);
	return err;
}
