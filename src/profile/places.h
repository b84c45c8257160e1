/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames as a reader sees them: an image's name and a symbol's. */
#ifndef PTK_PROFILE_PLACES_H
#define PTK_PROFILE_PLACES_H

#include <regex.h>
#include <stddef.h>

#include "profile/profile.h"

/* Which places are wanted. Empty lists take all; borrowed. */
struct place_filter {
	const char *const *dsos, *const *symbols;	/* names; a dso's may be its path */
	size_t n_dsos, n_symbols;
	const char *symbol_part;	/* only functions with that in their names; or NULL */
	bool named;		/* only those with a name */
	const regex_t *parent;	/* of samples: only those that a function was in whose name matches; or NULL. place_wanted() does not look at it */
};

bool place_wanted(const struct profile *p, uint32_t frame, const struct place_filter *filter);

/* A filter, made ready for the samples of a profile. */
struct sample_choice {
	const struct profile *profile;
	const struct place_filter *filter;
	uint32_t *parents;	/* by stack; NULL: none are wanted */
	bool all;		/* every place will do */
};

/* Both are borrowed. The filter's `parent` wants a profile with stacks. */
void sample_choice_init(struct sample_choice *choice, const struct profile *p, const struct place_filter *filter);
/* By the function that has the code where the sample is, whatever was inlined there. */
bool sample_wanted(const struct sample_choice *choice, const struct profile_sample *sample);
void sample_choice_deinit(struct sample_choice *choice);

/*
 * By frame: the first one that a reader could not tell from it, with the same
 * image name and symbol name (or address of what has none) and, when
 * `addresses` count, the same address. The caller frees it.
 */
uint32_t *places_of(const struct profile *p, bool addresses);
/*
 * By stack: the frame nearest to its end, itself included, whose symbol the
 * regex matches; NO_ID: none does. The caller frees it.
 */
uint32_t *places_parents(const struct profile *p, const regex_t *regex);

#endif
