/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records for what was there before the recording began: the kernel and its
 * modules, and the tasks with what they have mapped, in the form perf writes
 * them. Their time is 0, so they come before all that the kernel tells.
 *
 * Open the side-band events first and then synthesize: what changes
 * meanwhile is told by both, and nothing is missed.
 */
#ifndef PTK_SESSION_SYNTHESIZE_H
#define PTK_SESSION_SYNTHESIZE_H

#include <stdbool.h>
#include <sys/types.h>

#include "abi/record.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "os/root.h"

/* A file whose build-id was looked up already. */
struct synthesized_file { uint8_t size, id[BUILD_ID_SIZE]; };

/* Set the first five, the rest zero. */
struct synthesize {
	const struct os *os;
	const struct sample_layout *layout;	/* of the trailer */
	bool data_maps;				/* mappings that are not executable, too */
	/* Called whenever out holds some 256 KiB; empties it. NULL: everything stays in out. */
	struct error *(*flush)(void *ctx, struct strbuf *out);
	void *ctx;

	struct strbuf out;			/* whole records */
	struct map64 files;			/* hash of device and inode to index + 1 of known */
	VEC(struct synthesized_file) known;
};

/*
 * MMAP of the kernel's text and of each module. Nothing where addresses are
 * hidden from this user (kernel.kptr_restrict); *hidden says so.
 */
void synthesize_kernel(struct synthesize *s, bool *hidden);
/* Every process. */
struct error *synthesize_all(struct synthesize *s) MUST_CHECK;
/* The processes that these threads belong to, each once. */
struct error *synthesize_tasks(struct synthesize *s, const pid_t *tids, size_t n) MUST_CHECK;
/* Hands what is in out to flush. */
struct error *synthesize_flush(struct synthesize *s) MUST_CHECK;
void synthesize_deinit(struct synthesize *s);

#endif
