/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event grammar over any bytes, on a made-up machine: the text up to the
 * first newline is parsed, what is behind it is a filter. An error must have
 * its caret inside the text, and leave nothing in the list.
 */
#include <stdint.h>

#include "pmu/parse.h"
#include "tests/pmu/machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *root;

static void remove_root(void)
{
	machine_remove(root);
}

static void check(const struct error *err)
{
	if (err->source && err->column + err->width > strlen(err->source))
		abort();
	free(error_text(err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!root) {
		root = machine_create(machine_server);
		atexit(remove_root);
	}
	if (size > 4096)
		return 0;
	const struct os os = { .root = root };
	autofree char *text = xstrndup((const char *)data, size);
	char *newline = strchr(text, '\n'), *filter = newline ? newline + 1 : NULL;
	struct pmus *pmus = pmus_create(&os);
	struct notes notes = { 0 };
	struct event_list list = { 0 };

	if (newline)
		*newline = 0;
	struct error *err = events_parse(pmus, text, &notes, &list);
	if (err && list.events.len)
		abort();
	for (size_t i = 0; i < list.events.len; i++)
		if (list.events.data[i].leader > i || !list.events.data[i].name)
			abort();
	if (!err && filter)
		err = events_filter(pmus, &list, 0, filter);
	if (err)
		check(err);
	error_destroy(err);
	notes_deinit(&notes);
	event_list_deinit(&list);
	pmus_destroy(pmus);
	return 0;
}
