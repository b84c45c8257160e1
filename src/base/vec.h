/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing arrays of any type. All-zero is empty.
 *
 *	VEC(int) v = { 0 };
 *	vec_push(&v, 3);
 *	for (size_t i = 0; i < v.len; i++) use(v.data[i]);
 *	vec_deinit(&v);
 *
 * Elements move when the array grows: keep indexes, not pointers.
 */
#ifndef PTK_BASE_VEC_H
#define PTK_BASE_VEC_H

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define VEC(type) struct { type *data; size_t len, cap; }

/* Grows so that n more elements fit; returns the new array. */
static inline void *vec_grown(void *data, size_t len, size_t *cap, size_t more, size_t size)
{
	if (len + more <= *cap)
		return data;
	size_t want = *cap ? *cap + *cap / 2 + 1 : 8;
	if (want < len + more)
		want = len + more;
	*cap = want;
	return xreallocarray(data, want, size);
}

#define vec_reserve(v, more) \
	((v)->data = vec_grown((v)->data, (v)->len, &(v)->cap, (more), sizeof(*(v)->data)))
#define vec_push(v, ...) (vec_reserve(v, 1), (v)->data[(v)->len++] = (__VA_ARGS__))
/* A new last element, all zero; its address, good until the next push. */
#define vec_add(v) \
	(vec_reserve(v, 1), memset(&(v)->data[(v)->len], 0, sizeof(*(v)->data)), &(v)->data[(v)->len++])
#define vec_append(v, from, n) do { \
	size_t vec_n_ = (n); \
	if (vec_n_) { \
		vec_reserve(v, vec_n_); \
		memcpy((v)->data + (v)->len, (from), vec_n_ * sizeof(*(v)->data)); \
		(v)->len += vec_n_; \
	} \
} while (0)
#define vec_last(v) ((v)->data[(v)->len - 1])
#define vec_clear(v) ((void)((v)->len = 0))
#define vec_deinit(v) (free((v)->data), (v)->data = NULL, (v)->len = (v)->cap = 0)
#define vec_sort(v, compare) do { \
	if ((v)->len > 1) \
		qsort((v)->data, (v)->len, sizeof(*(v)->data), (compare)); \
} while (0)

#endif
