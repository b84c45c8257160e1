/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program of any bytes to put probes into: its functions, markers, lines, and what can be seen at each. */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "probe/prober.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void plan(struct prober *prober, const char *text)
{
	struct probe_events events = { 0 };
	struct probe_def def;
	struct error *err = probe_def_parse(text, &def);

	if (!err) {
		err = prober_plan(prober, &def, true, &events);
		probe_def_deinit(&def);
	}
	error_destroy(err);
	probe_events_deinit(&events);
}

static void source(struct prober *prober, const char *text)
{
	struct probe_source lines;
	struct probe_def def;
	struct error *err = probe_def_parse(text, &def);

	if (!err) {
		err = prober_source(prober, &def, &lines);
		if (!err)
			error_destroy(lines.missing);
		probe_source_deinit(&lines);
		probe_def_deinit(&def);
	}
	error_destroy(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const definitions[] = { "* $vars", "main:1 $vars", "main%return $retval", "sdt_*:*", "f n s->a s->part.b array[1]" };
	const struct os os = { .root = "" };
	char path[] = "/tmp/ptk-fuzz.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || file_write_full(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
	const struct probe_target target = { .file = path, .debug_root = "/nonexistent", .source = "/nonexistent", .max = 64 };
	struct prober *prober = prober_create(&os, &target, NULL);
	for (size_t i = 0; i < sizeof(definitions) / sizeof(*definitions); i++)
		plan(prober, definitions[i]);
	source(prober, "main");
	prober_destroy(prober);
	unlink(path);
	return 0;
}
