/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool leading(const char *s, uint64_t *value, char **end)
{
	if (!isdigit((unsigned char)*s))
		return false;
	errno = 0;
	*value = strtoull(s, end, 0);
	return !errno && *end != s;
}

bool number_u64(const char *s, uint64_t *value)
{
	char *end;

	return leading(s, value, &end) && !*end;
}

bool number_scaled(const char *s, bool binary, uint64_t *value)
{
	static const char units[] = "kmgt";
	char *end;

	if (!leading(s, value, &end))
		return false;
	if (!*end)
		return true;
	const char *unit = strchr(units, tolower((unsigned char)*end));
	if (binary && (*end == 'B' || *end == 'b') && !end[1])
		return true;
	if (!unit || (end[1] && !(binary && (end[1] == 'B' || end[1] == 'b') && !end[2])))
		return false;
	for (; unit >= units; unit--)
		if (__builtin_mul_overflow(*value, (uint64_t)(binary ? 1024 : 1000), value))
			return false;
	return true;
}

bool number_double(const char *s, double *value)
{
	char *end;

	if (!*s || isspace((unsigned char)*s))
		return false;
	*value = strtod(s, &end);
	return !*end && isfinite(*value);
}
