/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The images that the samples of a recording lie in, and which builds they are. */
#ifndef PTK_CMD_HITS_H
#define PTK_CMD_HITS_H

#include "cmd/names.h"
#include "data/reader.h"
#include "session/session.h"

struct hit_image {
	enum image_kind kind;
	const char *path;		/* the session's */
	uint8_t build_id_size;		/* 0: nobody said */
	uint8_t build_id[BUILD_ID_SIZE];
};

/* All-zero is empty. */
struct hits {
	struct names names;
	struct session *session;
	VEC(bool) hit;			/* by image */
	bool chains;
	VEC(struct hit_image) images;	/* those hit, in the order of their first record */
};

/* Reads a recording to its end. chains: images of callers count, too. Deinit also after an error. */
struct error *hits_read(struct hits *hits, struct data_reader *reader, const struct os *os, bool chains,
			struct notes *notes) MUST_CHECK;
void hits_deinit(struct hits *hits);

#endif
