/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk version [--build-options]: what this is, and what it was built with. */
#include "config.h"

#include <dlfcn.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "cmd/mode.h"

struct version_options {
	bool build_options, json;
};

static const struct option_def options[] = {
	{ .kind = OPTION_FLAG, .name = "build-options", .offset = offsetof(struct version_options, build_options),
	  .help = "List the libraries: which are in, and which of those are on this machine" },
	{ .kind = OPTION_FLAG, .name = "json", .offset = offsetof(struct version_options, json),
	  .help = "Print JSON" },
};

/* What was left out by configure has no soname. */
#ifndef LIBPFM_SONAME
#define LIBPFM_SONAME NULL
#endif
#ifndef NCURSESW_SONAME
#define NCURSESW_SONAME NULL
#endif
#ifndef LIBTRACEEVENT_SONAME
#define LIBTRACEEVENT_SONAME NULL
#endif
#ifndef LIBTRACEFS_SONAME
#define LIBTRACEFS_SONAME NULL
#endif
#ifndef LIBBPF_SONAME
#define LIBBPF_SONAME NULL
#endif
#ifndef LIBCAPSTONE_SONAME
#define LIBCAPSTONE_SONAME NULL
#endif
#ifndef LIBZSTD_SONAME
#define LIBZSTD_SONAME NULL
#endif
#ifndef LIBDEBUGINFOD_SONAME
#define LIBDEBUGINFOD_SONAME NULL
#endif
#ifndef LIBSQLITE3_SONAME
#define LIBSQLITE3_SONAME NULL
#endif
#ifndef ZLIB_SONAME
#define ZLIB_SONAME NULL
#endif
#ifdef HAVE_LIBIBERTY
#define LIBIBERTY_BUILTIN "built in"
#else
#define LIBIBERTY_BUILTIN NULL
#endif

static const struct library {
	const char *name, *soname, *purpose;
	bool linked;
} libraries[] = {
	{ "libelf", LIBELF_SONAME, "images and symbols" },
	{ "libdw", LIBDW_SONAME, "debug information" },
	{ "libpfm4", LIBPFM_SONAME, "event names of the CPU vendors" },
	{ "ncursesw", NCURSESW_SONAME, "the screens" },
	{ "libtraceevent", LIBTRACEEVENT_SONAME, "tracepoint fields as text" },
	{ "libtracefs", LIBTRACEFS_SONAME, "dynamic events" },
	{ "libbpf", LIBBPF_SONAME, "type information of the kernel (BTF)" },
	{ "libcapstone", LIBCAPSTONE_SONAME, "disassembly" },
	{ "libzstd", LIBZSTD_SONAME, "compressed perf.data" },
	{ "libdebuginfod", LIBDEBUGINFOD_SONAME, "debug files from a server" },
	{ "libsqlite3", LIBSQLITE3_SONAME, "profiles as databases" },
	{ "zlib", ZLIB_SONAME, "profiles of pprof, which are compressed" },
	{ "libiberty", LIBIBERTY_BUILTIN, "C++ and Rust names", .linked = true },
};

static const char *state(const struct library *lib)
{
	if (!lib->soname)
		return "off";
	if (lib->linked)
		return "on";
	void *handle = dlopen(lib->soname, RTLD_LAZY | RTLD_LOCAL);
	if (handle)
		dlclose(handle);
	return handle ? "on" : "missing";
}

static void print_json(void)
{
	struct json j = { .out = stdout, .pretty = true };

	json_object_begin(&j);
	json_key(&j, "version");
	json_string(&j, PACKAGE_VERSION);
	json_key(&j, "libraries");
	json_array_begin(&j);
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
		json_object_begin(&j);
		json_key(&j, "name");
		json_string(&j, libraries[i].name);
		json_key(&j, "state");
		json_string(&j, state(&libraries[i]));
		json_key(&j, "file");
		json_string(&j, libraries[i].linked ? NULL : libraries[i].soname);
		json_key(&j, "purpose");
		json_string(&j, libraries[i].purpose);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	json_newline(&j);
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct version_options o = { 0 };
	struct options_rest rest;
	bool helped;

	TRY(mode_options(mode, &o, OPTIONS_MIXED, argc, argv, &rest, &helped));
	if (helped)
		return NULL;
	if (rest.index < argc)
		return mode_too_many(mode, argv[rest.index]);
	if (o.json) {
		print_json();
		return NULL;
	}
	printf("ptk version %s\n", PACKAGE_VERSION);
	if (o.build_options)
		for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
			printf("  %14s: [ %-7s ]  %s%s%s%s\n", libraries[i].name, state(&libraries[i]), libraries[i].purpose,
			       libraries[i].soname ? " (" : "", libraries[i].soname ? libraries[i].soname : "",
			       libraries[i].soname ? ")" : "");
	return NULL;
}

const struct mode mode_version = {
	.name = "version",
	.usage = "[--build-options] [--json]",
	.summary = "Say which version this is and what it was built with",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.epilogue = "on: built with it, and it is here.  missing: built with it, and not on this machine.\n"
		    "off: left out by configure.",
	.run = run,
};
