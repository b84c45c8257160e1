/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data/pool.h"

#include <pthread.h>

#include "base/alloc.h"

enum { POOL_KEEPS = 8 };	/* free buffers; more are given back to malloc */

struct records_pool {
	pthread_mutex_t lock;
	size_t buffer_size;
	size_t users;		/* buffers that are out, and the owner */
	size_t n_free;
	uint8_t *free[POOL_KEEPS];
};

struct records_pool *records_pool_create(size_t buffer_size)
{
	struct records_pool *pool = xcalloc(1, sizeof(*pool));

	pthread_mutex_init(&pool->lock, NULL);
	pool->buffer_size = buffer_size;
	pool->users = 1;
	return pool;
}

size_t records_pool_size(const struct records_pool *pool)
{
	return pool->buffer_size;
}

struct records records_pool_take(struct records_pool *pool)
{
	struct records r = { .pool = pool };

	pthread_mutex_lock(&pool->lock);
	pool->users++;
	if (pool->n_free)
		r.bytes = pool->free[--pool->n_free];
	pthread_mutex_unlock(&pool->lock);
	if (!r.bytes)
		r.bytes = xmalloc(pool->buffer_size);
	return r;
}

/* One user less; `bytes` is kept or freed. */
static void leave(struct records_pool *pool, uint8_t *bytes)
{
	pthread_mutex_lock(&pool->lock);
	if (bytes && pool->n_free < POOL_KEEPS) {
		pool->free[pool->n_free++] = bytes;
		bytes = NULL;
	}
	bool last = !--pool->users;
	pthread_mutex_unlock(&pool->lock);
	free(bytes);
	if (!last)
		return;
	while (pool->n_free)
		free(pool->free[--pool->n_free]);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

void records_pool_destroy(struct records_pool *pool)
{
	if (pool)
		leave(pool, NULL);
}

void records_free(struct records *r)
{
	if (r->bytes && r->pool)
		leave(r->pool, r->bytes);
	else
		free(r->bytes);
	*r = (struct records){ 0 };
}
