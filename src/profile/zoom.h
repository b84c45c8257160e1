/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part of a profile to look at closely: one thread, the code of one image,
 * what went through one function; or such a part of another. Parts are named
 * by what they are called and not by ids, so that they mean the same after a
 * profile was made anew.
 */
#ifndef PTK_PROFILE_ZOOM_H
#define PTK_PROFILE_ZOOM_H

#include "base/strbuf.h"
#include "profile/profile.h"

enum zoom_kind {
	ZOOM_PROCESS, ZOOM_THREAD, ZOOM_COMM,	/* samples of these tasks */
	ZOOM_IMAGE,				/* that hit the image's code */
	ZOOM_SYMBOL,				/* whose stack has the function, wherever */
};

struct zoom {
	enum zoom_kind kind;
	uint32_t id;			/* ZOOM_PROCESS: PID, ZOOM_THREAD: TID */
	char *name;			/* "" of a function without one */
	char *image;			/* ZOOM_SYMBOL: its image's name */
	uint64_t start;			/* ZOOM_SYMBOL without a name: where it is */
	const struct zoom *outer;	/* what this is a part of; NULL: everything */
};

/* The task's process, thread or name; the frame's image or function; as a part of `outer`, which is borrowed. */
struct zoom zoom_task(const struct profile *p, enum zoom_kind kind, const struct profile_task *task, const struct zoom *outer);
struct zoom zoom_image(const struct profile *p, uint32_t frame, const struct zoom *outer);
struct zoom zoom_symbol(const struct profile *p, uint32_t frame, const struct zoom *outer);
void zoom_deinit(struct zoom *zoom);

/* "thread 12 (worker), code of libc.so.6": outer ones first. Appended. */
void zoom_text(const struct zoom *zoom, struct strbuf *out);

/* Made ready for a profile as it is now. */
struct zoom_filter {
	const struct profile *profile;
	/* One for each level: whether it lets a sample through, by its stack or by its task. */
	VEC(struct zoom_level { bool by_stack; uint8_t *pass; }) levels;
};

/* NULL lets everything through. */
void zoom_filter_init(struct zoom_filter *filter, const struct profile *p, const struct zoom *zoom);
bool zoom_passes(const struct zoom_filter *filter, const struct profile_sample *sample);
void zoom_filter_deinit(struct zoom_filter *filter);

#endif
