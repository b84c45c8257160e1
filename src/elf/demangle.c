/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

/* Not base/alloc.h: libiberty has functions of the same names. */
#include "elf/demangle.h"

#include <string.h>

#ifdef HAVE_LIBIBERTY
#include <libiberty/demangle.h>

/* A longer name is shown as it is: what it stands for may be exponentially longer still. */
enum { LONGEST_MANGLED = 16 << 10 };

char *demangle(const char *name)
{
	char *text;

	if (name[0] != '_' || (name[1] != 'Z' && name[1] != 'R') || strnlen(name, LONGEST_MANGLED) == LONGEST_MANGLED)
		return NULL;
	/* A Rust name of the older kind is a C++ one too, with a hash at its end; so Rust is asked first. */
	text = rust_demangle(name, DMGL_NO_OPTS);
	if (!text && name[1] == 'Z')
		text = cplus_demangle_v3(name, DMGL_NO_OPTS);
	return text;
}
#else
char *demangle(const char *name)
{
	return NULL;
}
#endif
