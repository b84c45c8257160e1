/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ptk archive: a recording and the images that its samples lie in, to be read
 * on another machine. What is unpacked is a folder with the recording and,
 * beside it in .debug, images by build-id as perf's cache has them: every
 * mode of ptk looks there, and perf with --buildid-dir.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/tar.h"
#include "cmd/hits.h"
#include "cmd/input.h"
#include "cmd/selection.h"
#include "elf/debugfile.h"
#include "elf/image.h"
#include "os/machine.h"

struct archive_options {
	const char *input, *output;
	bool force;
	unsigned verbose;
};

#define AT(member) .offset = offsetof(struct archive_options, member)

static const struct option_def options[] = {
	{ .kind = OPTION_STRING, .letter = 'i', .name = "input", .arg = "FILE", AT(input), .help = "Read FILE (default: perf.data)" },
	{ .kind = OPTION_STRING, .letter = 'o', .name = "output", .arg = "FILE", AT(output),
	  .help = "Write FILE, or standard output for - (default: the recording's name and .tar)" },
	{ .kind = OPTION_FLAG, .letter = 'f', .name = "force", AT(force), .help = "Read a file that belongs to another user" },
	{ .kind = OPTION_COUNT, .letter = 'v', .name = "verbose", AT(verbose), .help = "Say what is packed" },
};

static const struct os this_machine = { .root = "" };

struct archive {
	FILE *out;
	const struct archive_options *o;
	struct notes *notes;
	const char *cache;		/* perf's */
	char *folder;			/* that it unpacks to */
	unsigned packed, missing;
};

static struct error *pack(struct archive *a, const struct hit_image *image, const char *what, int fd)
{
	autofree char *cache = xasprintf("%s/.debug", a->folder);
	autofree char *suffix = xasprintf("/%s", what);
	autofree char *name = build_id_path(cache, image->build_id, image->build_id_size, suffix);
	struct stat st;

	if (a->o->verbose)
		fprintf(stderr, "ptk: %s of %s\n", what, image->path);
	return tar_add_fd(a->out, name, fd, fstat(fd, &st) ? 0 : (uint64_t)st.st_mtime);
}

/* The file, when it is that very build; -1: it is not. */
static int open_build(const char *path, const struct hit_image *image)
{
	uint8_t id[BUILD_ID_SIZE];
	size_t size = image_build_id_of(path, id);

	if (!size || size > image->build_id_size || memcmp(id, image->build_id, size))
		return -1;
	return file_open_regular(path, 0, NULL);
}

static struct error *pack_image(struct archive *a, const struct hit_image *image)
{
	autofree char *cached = a->cache ? build_id_path(a->cache, image->build_id, image->build_id_size, "/elf") : NULL;
	autofree char *debug = build_id_path(NULL, image->build_id, image->build_id_size, ".debug");
	autoclose int fd = open_build(image->path, image);

	if (fd < 0 && cached)
		fd = open_build(cached, image);
	if (fd < 0) {
		notes_add(a->notes, "%s is not there as it was recorded: it is left out", image->path);
		a->missing++;
		return NULL;
	}
	a->packed++;
	TRY(pack(a, image, "elf", fd));
	autoclose int separate = open_build(debug, image);
	return separate >= 0 ? pack(a, image, "debug", separate) : NULL;
}

/* The running kernel's symbols, when it is the one recorded, and may be read; then they do not all stand at 0. */
static struct error *pack_kernel(struct archive *a, const struct hit_image *image)
{
	uint8_t id[BUILD_ID_SIZE];
	size_t size = machine_notes_build_id(&this_machine, "/sys/kernel/notes", id);
	autostrbuf struct strbuf text = { 0 };
	enum { KALLSYMS_MAX = 256 << 20 };

	bool same = size && size <= image->build_id_size && !memcmp(id, image->build_id, size);
	if (same) {
		autoerror struct error *err = file_read("/proc/kallsyms", KALLSYMS_MAX, &text);
		same = !err && strspn(strbuf_str(&text), "0") < 16;
	}
	if (!same) {
		notes_add(a->notes, "the recorded kernel's symbols are not to be had here: it is left out");
		a->missing++;
		return NULL;
	}
	autofree char *cache = xasprintf("%s/.debug", a->folder);
	autofree char *name = build_id_path(cache, image->build_id, image->build_id_size, "/kallsyms");
	a->packed++;
	return tar_add(a->out, name, text.data, text.len, 0);
}

static struct error *pack_images(struct archive *a, const struct hits *hits)
{
	for (size_t i = 0; i < hits->images.len; i++) {
		const struct hit_image *image = &hits->images.data[i];
		if (image->kind == IMAGE_FILE && image->build_id_size)
			TRY(pack_image(a, image));
		else if (image->kind == IMAGE_KERNEL && image->build_id_size)
			TRY(pack_kernel(a, image));
		else if (image->kind == IMAGE_FILE)
			notes_add(a->notes, "%s was recorded without a build-id: it is left out", image->path);
	}
	return NULL;
}

/* As perf.data, whatever its name was: so the modes find it. */
static struct error *pack_recording(struct archive *a)
{
	autofree char *name = xasprintf("%s/perf.data", a->folder);
	autoclose int fd = file_open_regular(a->o->input, 0, NULL);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return error_os(errno, "cannot read %s", a->o->input);
	return tar_add_fd(a->out, name, fd, (uint64_t)st.st_mtime);
}

static struct error *write_archive(struct archive *a)
{
	struct data_reader *reader = NULL;
	struct hits hits = { 0 };
	struct error *err = input_open(a->o->input, a->o->force, a->notes, &reader);

	if (!err)
		err = hits_read(&hits, reader, &this_machine, true, a->notes);
	a->cache = hits.names.build_id_cache;
	if (!err)
		err = pack_recording(a);
	if (!err)
		err = pack_images(a, &hits);
	if (!err)
		tar_end(a->out);
	hits_deinit(&hits);
	data_close(reader);
	return err;
}

/* "perf.data.tar" unpacks to "perf.data.d". */
static char *folder_of(const char *input)
{
	const char *slash = strrchr(input, '/');

	return xasprintf("%.80s.d", slash ? slash + 1 : input);
}

static struct error *run_on(const struct archive_options *o, struct notes *notes)
{
	autofree char *path = o->output ? xstrdup(o->output) : xasprintf("%s.tar", o->input);
	struct archive a = { .o = o, .notes = notes, .folder = folder_of(o->input) };
	struct output output;

	struct error *err = output_begin(&output, path, true);
	if (!err) {
		a.out = output.out;
		err = write_archive(&a);
		struct error *ended = output_end(&output, err);
		err = err ? err : ended;
	}
	if (!err)
		fprintf(stderr, "ptk: %u images in %s; to read it elsewhere:\n  tar xf %s && ptk report -i %s/perf.data\n",
			a.packed, path, path, a.folder);
	free(a.folder);
	return err;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct archive_options o = { .input = NULL };
	struct notes notes = { 0 };
	bool helped;

	TRY(input_options(mode, &o, &o.input, argc, argv, &helped));
	if (helped)
		return NULL;
	if (!strcmp(o.input, "-"))
		return error_hint(error_usage("ptk archive reads a file, not a pipe"), "ptk inject -o FILE makes one of it");
	struct error *err = run_on(&o, &notes);
	mode_notes(&notes);
	return err;
}

const struct mode mode_archive = {
	.name = "archive",
	.usage = "[OPTIONS] [FILE]",
	.summary = "Pack a recording with the images it needs, to read it on another machine",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
