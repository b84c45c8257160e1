/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk inject: a recording, and what was learned of it afterwards, as a new recording. */
#include "cmd/inject.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/input.h"
#include "cmd/mode.h"
#include "cmd/selection.h"

#define AT(member) .offset = offsetof(struct inject_options, member)

static const struct option_def options[] = {
	{ .kind = OPTION_STRING, .letter = 'i', .name = "input", .arg = "FILE", AT(input), .help = "Read FILE, or standard input for - (default)" },
	{ .kind = OPTION_STRING, .letter = 'o', .name = "output", .arg = "FILE", AT(output), .help = "Write FILE, or standard output for - (default)" },
	{ .kind = OPTION_FLAG, .letter = 'b', .name = "build-ids", AT(build_ids), .help = "Add the build-ids of all files that were mapped" },
	{ .kind = OPTION_FLAG, .letter = 's', .name = "sched-stat", AT(sleeps),
	  .help = "Merge sched_stat samples into the sched_switch before: stacks then carry the time that was slept there" },
	{ .kind = OPTION_FLAG, .letter = 'j', .name = "jit", AT(jit), .help = "Make images of the JIT compilers' dumps, and of their code mappings" },
	{ .kind = OPTION_FLAG, .letter = 'f', .name = "force", AT(force), .help = "Read a file that belongs to another user" },
	{ .kind = OPTION_COUNT, .letter = 'v', .name = "verbose", AT(verbose), .help = "Say what was done" },
};

static struct error *check_input(const struct inject_options *o)
{
	if (strcmp(o->input, "-") || !isatty(STDIN_FILENO))
		return NULL;
	return error_hint(error_usage("ptk inject: a terminal is no recording"),
			  "ptk inject -i FILE -o NEW-FILE, or ptk record -o - … | ptk inject … | ptk report -i -");
}

/* A recording is its owner's alone, whatever the umask. */
static struct error *stream(struct inject *in, struct output *output)
{
	if (output->whole && fchmod(fileno(output->out), 0600))
		return error_os(errno, "cannot write %s", in->path);
	in->fd = fileno(output->out);
	in->pipe = !output->whole;
	return inject_stream(in);
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	static const struct os this_machine = { .root = "" };
	struct inject_options o = { .input = "-", .output = "-" };
	struct options_rest rest;
	struct notes notes = { 0 };
	struct inject in = { .o = &o, .os = &this_machine, .notes = &notes };
	struct output output;
	bool helped;

	TRY(mode_options(mode, &o, OPTIONS_MIXED, argc, argv, &rest, &helped));
	if (helped)
		return NULL;
	if (rest.index < argc)
		return error_hint(error_usage("inject: %s is not understood", argv[rest.index]),
				  "a file is given with -i %s", argv[rest.index]);
	TRY(check_input(&o));
	in.path = strcmp(o.output, "-") ? o.output : "standard output";
	struct error *err = input_open(o.input, o.force, &notes, &in.reader);
	if (!err)
		err = output_begin(&output, o.output, true);
	if (!err) {
		err = stream(&in, &output);
		struct error *ended = output_end(&output, err);
		err = err ? err : ended;
	}
	inject_deinit(&in);
	data_close(in.reader);
	mode_notes(&notes);
	return err;
}

const struct mode mode_inject = {
	.name = "inject",
	.usage = "[OPTIONS]",
	.summary = "Add to a recording what was learned of it afterwards",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
