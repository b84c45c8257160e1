/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scope guards: a local that a function owns is released however the
 * function is left.
 *
 *	autofree char *path = xasprintf(...);
 *	autoclose int fd = open(...);
 *	autofclose FILE *f = fopen(...);
 *	autoerror struct error *err = ...;
 *	autodir DIR *d = opendir(...);
 *
 * `return no_free(path)` hands the value out instead.
 */
#ifndef PTK_BASE_CLEANUP_H
#define PTK_BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

#define guard(fn) __attribute__((cleanup(fn)))

static inline void guard_free(void *p) { free(*(void **)p); }
static inline void guard_close(int *fd) { if (*fd >= 0) close(*fd); }
static inline void guard_fclose(FILE **f) { if (*f) fclose(*f); }
static inline void guard_closedir(DIR **d) { if (*d) closedir(*d); }

#define autofree guard(guard_free)
#define autoclose guard(guard_close)
#define autofclose guard(guard_fclose)
#define autodir guard(guard_closedir)
#define autoerror guard(error_destroyp)

/* Defines guard_NAME for objects with a destroy function that takes NULL. */
#define DEFINE_GUARD(name, type, destroy) \
	static inline void guard_##name(type *p) { destroy(*p); }

/* The pointer's value, and the guarded variable forgets it. */
#define no_free(p) ({ __typeof__(p) no_free_value_ = (p); (p) = NULL; no_free_value_; })

/* Passes an error up. */
#define TRY(call) do { struct error *try_error_ = (call); if (try_error_) return try_error_; } while (0)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
