/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "os/cpuset.h"

#include <ctype.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

void cpuset_add(struct cpuset *set, int cpu)
{
	size_t at = set->cpus.len;

	while (at && set->cpus.data[at - 1] > cpu)
		at--;
	if (at && set->cpus.data[at - 1] == cpu)
		return;
	vec_push(&set->cpus, 0);
	memmove(set->cpus.data + at + 1, set->cpus.data + at, (set->cpus.len - 1 - at) * sizeof(int));
	set->cpus.data[at] = cpu;
}

static bool number(const char **p, long *value)
{
	char *end;

	if (!isdigit((unsigned char)**p))
		return false;
	*value = strtol(*p, &end, 10);
	*p = end;
	return *value <= CPUSET_LARGEST;
}

struct error *cpuset_parse(const char *text, struct cpuset *set)
{
	const char *p = text;

	vec_clear(&set->cpus);
	while (*p) {
		const char *from = p;
		long first, last;
		bool good = number(&p, &first);
		last = first;
		if (good && *p == '-')
			good = (p++, number(&p, &last)) && last >= first;
		if (good && *p && *p != ',' && *p != '\n')
			good = false;
		if (!good)
			return error_hint(error_at(error_usage("not a list of CPUs"), text, (size_t)(from - text), strcspn(from, ",\n")),
					  "write numbers and ranges: 0-3,5");
		for (long cpu = first; cpu <= last; cpu++)
			cpuset_add(set, (int)cpu);
		if (*p)
			p++;
	}
	return NULL;
}

bool cpuset_has(const struct cpuset *set, int cpu)
{
	for (size_t i = 0; i < set->cpus.len; i++)
		if (set->cpus.data[i] == cpu)
			return true;
	return false;
}

void cpuset_intersect(struct cpuset *set, const struct cpuset *other)
{
	size_t n = 0;

	for (size_t i = 0; i < set->cpus.len; i++)
		if (cpuset_has(other, set->cpus.data[i]))
			set->cpus.data[n++] = set->cpus.data[i];
	set->cpus.len = n;
}

void cpuset_copy(struct cpuset *to, const struct cpuset *from)
{
	vec_clear(&to->cpus);
	vec_append(&to->cpus, from->cpus.data, from->cpus.len);
}

char *cpuset_text(const struct cpuset *set)
{
	struct strbuf out = { 0 };

	for (size_t i = 0, j; i < set->cpus.len; i = j) {
		for (j = i + 1; j < set->cpus.len && set->cpus.data[j] == set->cpus.data[j - 1] + 1; j++)
			;
		strbuf_printf(&out, "%s%d", i ? "," : "", set->cpus.data[i]);
		if (j > i + 1)
			strbuf_printf(&out, "-%d", set->cpus.data[j - 1]);
	}
	return strbuf_take(&out);
}

void cpuset_deinit(struct cpuset *set)
{
	vec_deinit(&set->cpus);
}

void cpuset_online(const struct os *os, struct cpuset *set)
{
	autofree char *line = os_read_line(os, "/sys/devices/system/cpu/online");

	if (line) {
		autoerror struct error *err = cpuset_parse(line, set);
		if (!err && set->cpus.len)
			return;
	}
	vec_clear(&set->cpus);
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	for (long cpu = 0; cpu < (n > 0 ? n : 1); cpu++)
		cpuset_add(set, (int)cpu);
}
