/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/hits.h"

#include <string.h>

#include "base/cleanup.h"

static void hit(struct hits *hits, struct task *task, uint8_t mode, uint64_t address)
{
	const struct location *l = session_location(hits->session, session_locate(hits->session, task, mode, address));

	while (hits->hit.len <= l->image)
		(void)vec_add(&hits->hit);
	hits->hit.data[l->image] = true;
}

static void take_sample(void *ctx, const struct session_sample *sample)
{
	struct hits *hits = ctx;
	const struct sample *d = sample->s;

	hit(hits, sample->task, d->cpumode, d->ip);
	for (uint64_t i = 0; hits->chains && i < d->chain_len; i++)
		if (d->chain[i] < (uint64_t)PERF_CONTEXT_MAX)
			hit(hits, sample->task, PERF_RECORD_MISC_CPUMODE_UNKNOWN, d->chain[i]);
}

/* The mapping's word first, then the header's. */
static void find_build_id(const struct data_features *f, const struct session_image *image, struct hit_image *to)
{
	to->build_id_size = image->build_id_size;
	memcpy(to->build_id, image->build_id, sizeof(to->build_id));
	for (size_t i = 0; i < f->build_ids.len && !to->build_id_size; i++) {
		const struct data_build_id *b = &f->build_ids.data[i];
		if (strcmp(b->filename, to->path))
			continue;
		to->build_id_size = b->size;
		memcpy(to->build_id, b->id, sizeof(to->build_id));
	}
}

static void list(struct hits *hits, const struct data_features *f)
{
	for (uint32_t i = 0; i < hits->hit.len; i++) {
		const struct session_image *image = images_get(session_images(hits->session), i);
		if (!hits->hit.data[i])
			continue;
		struct hit_image *to = vec_add(&hits->images);
		to->kind = image->kind;
		to->path = strtab_text(session_strings(hits->session), image->path);
		find_build_id(f, image, to);
	}
}

struct error *hits_read(struct hits *hits, struct data_reader *reader, const struct os *os, bool chains, struct notes *notes)
{
	struct session_options options = { .images = names_begin(&hits->names, os, true) };
	struct session_sink sink = { .ctx = hits, .sample = take_sample };

	options.images.rows_only = true;
	options.images.same_machine = session_same_machine(data_features(reader), os);
	hits->chains = chains;
	hits->session = session_create(&options, &sink, notes);
	TRY(session_read(hits->session, reader, NULL, NULL));
	list(hits, data_features(reader));
	return NULL;
}

void hits_deinit(struct hits *hits)
{
	session_destroy(hits->session);
	names_end(&hits->names);
	vec_deinit(&hits->hit);
	vec_deinit(&hits->images);
}
