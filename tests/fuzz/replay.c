/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main function of a fuzz target that is built without libFuzzer: runs
 * it over its corpus ($top_srcdir/tests/fuzz/corpus/NAME, or the files and
 * folders named) and over damaged copies of each file: cut short, and with
 * single bytes changed.
 */
#include <dirent.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "tests/lib/tap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try(const char *data, size_t size)
{
	/* An exact copy, so that a read behind the end is seen by the address sanitizer. */
	uint8_t *copy = xmemdup(data, size);

	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void damage(const char *data, size_t size)
{
	uint64_t seed = 88172645463325252ull ^ size;
	char *copy = xmemdup(data, size);

	for (int i = 0; i < 64; i++)
		try(data, size * (size_t)i / 64);
	for (int i = 0; size && i < 200; i++) {
		seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
		size_t at = seed % size;
		char old = copy[at];
		copy[at] = (char)(seed >> 40);
		try(copy, size);
		copy[at] = old;
	}
	free(copy);
}

static void one(const char *path)
{
	autostrbuf struct strbuf b = { 0 };
	struct error *err = file_read(path, 16 << 20, &b);

	if (!err) {
		try(strbuf_str(&b), b.len);
		damage(strbuf_str(&b), b.len);
	}
	CHECK_OK(err, path);
}

static void all(const char *path)
{
	struct stat st;
	struct dirent *entry;

	if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
		one(path);
		return;
	}
	autodir DIR *dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		autofree char *file = xasprintf("%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			one(file);
	}
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	const char *top = getenv("top_srcdir");

	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	if (argc < 2) {
		autofree char *path = xasprintf("%s/tests/fuzz/corpus/%.*s", top ? top : ".",
						(int)(strlen(name) - strlen("_fuzz")), name);
		all(path);
	}
	for (int i = 1; i < argc; i++)
		all(argv[i]);
	CHECK(tap_count > 0, "there is a corpus");
	return tap_done();
}
