/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/dynlib.h"

#include <dlfcn.h>

bool dynlib_load(const char *soname, const char *const *names, size_t n, void **functions)
{
	void *lib = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);

	if (!lib)
		return false;
	for (size_t i = 0; i < n; i++) {
		functions[i] = dlsym(lib, names[i]);
		if (!functions[i])
			return false;
	}
	return true;
}
