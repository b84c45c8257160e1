/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk buildid-list: which builds of which files a recording has samples of, or mappings. */
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cmd/hits.h"
#include "cmd/input.h"
#include "elf/image.h"
#include "os/machine.h"

struct buildid_options {
	const char *input;
	bool force, hits, kernel;
};

#define AT(member) .offset = offsetof(struct buildid_options, member)

static const struct option_def options[] = {
	{ .kind = OPTION_STRING, .letter = 'i', .name = "input", .arg = "FILE", AT(input),
	  .help = "Read FILE, a recording or an ELF image, or standard input for - (default: perf.data)" },
	{ .kind = OPTION_FLAG, .letter = 'H', .name = "with-hits", AT(hits), .help = "Only files that samples lie in" },
	{ .kind = OPTION_FLAG, .letter = 'k', .name = "kernel", AT(kernel), .help = "Show the running kernel's" },
	{ .kind = OPTION_FLAG, .letter = 'f', .name = "force", AT(force), .help = "Read a file that belongs to another user" },
};

static const struct os this_machine = { .root = "" };

/* path NULL: the build-id alone. */
static void print(const uint8_t *id, size_t size, const char *path)
{
	for (size_t i = 0; i < size; i++)
		printf("%02x", id[i]);
	autostrbuf struct strbuf name = { 0 };
	strbuf_add_tame(&name, path ? path : "");
	printf("%s%s\n", path ? " " : "", strbuf_str(&name));
}

static struct error *show_kernel(void)
{
	uint8_t id[BUILD_ID_SIZE];
	size_t size = machine_notes_build_id(&this_machine, "/sys/kernel/notes", id);

	if (!size)
		return error_create("the running kernel does not tell its build-id in /sys/kernel/notes");
	print(id, size, NULL);
	return NULL;
}

static struct error *show_hits(struct data_reader *reader, struct notes *notes)
{
	struct hits hits = { 0 };
	struct error *err = hits_read(&hits, reader, &this_machine, false, notes);

	for (size_t i = 0; !err && i < hits.images.len; i++)
		if (hits.images.data[i].build_id_size)
			print(hits.images.data[i].build_id, hits.images.data[i].build_id_size, hits.images.data[i].path);
	hits_deinit(&hits);
	return err;
}

static struct error *show(struct data_reader *reader, const struct buildid_options *o, struct notes *notes)
{
	const struct data_features *f = data_features(reader);

	/* A pipe, and a recording without the list, tell by their records. */
	if (o->hits || !f->build_ids.len)
		return show_hits(reader, notes);
	for (size_t i = 0; i < f->build_ids.len; i++)
		print(f->build_ids.data[i].id, f->build_ids.data[i].size, f->build_ids.data[i].filename);
	return NULL;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct buildid_options o = { .input = NULL };
	struct notes notes = { 0 };
	struct data_reader *reader = NULL;
	uint8_t id[BUILD_ID_SIZE];
	bool helped;

	TRY(input_options(mode, &o, &o.input, argc, argv, &helped));
	if (helped)
		return NULL;
	if (o.kernel)
		return show_kernel();
	size_t size = image_build_id_of(o.input, id);
	if (size) {
		print(id, size, NULL);
		return NULL;
	}
	struct error *err = input_open(o.input, o.force, &notes, &reader);
	if (!err)
		err = show(reader, &o, &notes);
	fflush(stdout);
	mode_notes(&notes);
	data_close(reader);
	return err;
}

const struct mode mode_buildid_list = {
	.name = "buildid-list",
	.usage = "[OPTIONS] [FILE]",
	.summary = "List the build-ids of the files in a recording",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
