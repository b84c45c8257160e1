/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Libraries that are loaded when the first function of them is wanted.
 *
 * `ptk stat true` must not pay for the mapping of a disassembler, so ptk is
 * linked with libc alone. The functions used of a library stand in one list:
 *
 *	in the header:	#define LIBFOO_FUNCTIONS(F) F(foo_open) F(foo_read)
 *			DYNLIB_DECLARE(libfoo, LIBFOO_FUNCTIONS)
 *	in one .c:	DYNLIB_DEFINE(libfoo, "libfoo.so.1", LIBFOO_FUNCTIONS)
 *	in use:		const struct libfoo *foo = libfoo();
 *			if (!foo) return ...; foo->foo_open(...)
 *
 * The types are those of the library's own header, so calls are checked as
 * ever. libfoo() may be called from any thread; it gives NULL where the
 * library, or one function of it, is not on this machine.
 */
#ifndef PTK_BASE_DYNLIB_H
#define PTK_BASE_DYNLIB_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define DYNLIB_STRING_(f) #f
#define DYNLIB_STRING(f) DYNLIB_STRING_(f)
#define DYNLIB_NAME(f) DYNLIB_STRING(f),
#define DYNLIB_MEMBER(f) __typeof__(f) *f;

#define DYNLIB_DECLARE(lib, functions) \
	struct lib { functions(DYNLIB_MEMBER) }; \
	const struct lib *lib(void)

#define DYNLIB_DEFINE(lib, soname, functions) \
	static struct lib lib##_table; \
	static bool lib##_loaded; \
	static void lib##_load(void) \
	{ \
		static const char *const names[] = { functions(DYNLIB_NAME) }; \
		lib##_loaded = dynlib_load(soname, names, sizeof(names) / sizeof(*names), (void **)&lib##_table); \
	} \
	const struct lib *lib(void) \
	{ \
		static pthread_once_t once = PTHREAD_ONCE_INIT; \
		pthread_once(&once, lib##_load); \
		return lib##_loaded ? &lib##_table : NULL; \
	} \
	struct lib

/* Fills functions[0..n) with the addresses of names[0..n); false when any is missing. Never unloaded. */
bool dynlib_load(const char *soname, const char *const *names, size_t n, void **functions);

#endif
