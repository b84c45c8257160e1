/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every perf_event_open(2) of a program, answered here and written down: the
 * whole attr, word by word, the CPUs and the group. ptk's test and what is
 * preloaded into perf share it, so that both come in one form:
 *
 *	CPUS [group TYPE:CONFIG] type=T config=C FIELD=VALUE …
 *
 * in hexadecimal; equal ones of several CPUs are one line. Left out are what a
 * tool may choose as it likes: the attr's size, sample_type and read_format of
 * an event that does not sample, inherit, disabled, enable_on_exec.
 */
#ifndef PTK_TESTS_PMU_ATTRS_OPENS_H
#define PTK_TESTS_PMU_ATTRS_OPENS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPENS_MAX = 4096, OPENS_FDS = 65536, OPENS_WORDS = 16, OPENS_CPUS = 64 };

struct opens_one {
	uint64_t words[OPENS_WORDS];		/* of the attr, without what is left out */
	uint64_t group[2];			/* type and config of its leader */
	bool grouped;
	uint64_t cpus;				/* a bit each */
};

struct opens {
	struct opens_one one[OPENS_MAX];
	int n;
	short of_fd[OPENS_FDS];			/* index + 1 */
	uint64_t strict;			/* PMU types that refuse exclude_…, a bit each: the kernel's PERF_PMU_CAP_NO_EXCLUDE */
};

/* The kernel's answer: a descriptor, or -1 with errno. */
static inline int opens_add(struct opens *o, const struct perf_event_attr *attr, int cpu, int group)
{
	struct perf_event_attr a = { 0 };
	struct opens_one one = { 0 };

	memcpy(&a, attr, attr->size && attr->size < sizeof(a) ? attr->size : sizeof(a));
	if (a.type < 64 && o->strict >> a.type & 1 &&
	    (a.exclude_user || a.exclude_kernel || a.exclude_hv || a.exclude_idle || a.exclude_host || a.exclude_guest)) {
		errno = EINVAL;
		return -1;
	}
	a.size = 0;
	a.sample_type = a.read_format = 0;
	a.inherit = a.disabled = a.enable_on_exec = 0;
	memcpy(one.words, &a, sizeof(a) < sizeof(one.words) ? sizeof(a) : sizeof(one.words));
	if (group >= 0 && group < OPENS_FDS && o->of_fd[group]) {
		const struct opens_one *leader = &o->one[o->of_fd[group] - 1];
		one.grouped = true;
		one.group[0] = leader->words[0];
		one.group[1] = leader->words[1];
	}
	int i = 0, fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (i < o->n && (memcmp(o->one[i].words, one.words, sizeof(one.words)) || o->one[i].grouped != one.grouped ||
			    memcmp(o->one[i].group, one.group, sizeof(one.group))))
		i++;
	if (i == OPENS_MAX || fd < 0 || fd >= OPENS_FDS)
		abort();
	if (i == o->n)
		o->one[o->n++] = one;
	if (cpu >= 0 && cpu < OPENS_CPUS)
		o->one[i].cpus |= 1ull << cpu;
	o->of_fd[fd] = (short)(i + 1);
	return fd;
}

static inline void opens_print_cpus(FILE *out, uint64_t cpus)
{
	const char *comma = "";

	for (int from = 0, to; from < OPENS_CPUS; from = to + 1) {
		for (to = from; to < OPENS_CPUS && cpus >> to & 1; to++)
			;
		if (to == from)
			continue;
		fprintf(out, to - from > 1 ? "%s%d-%d" : "%s%d", comma, from, to - 1);
		comma = ",";
	}
	if (!cpus)
		fputs("any", out);
}

static inline void opens_print_one(FILE *out, const struct opens_one *one)
{
	static const char *const names[OPENS_WORDS] = { "type", "config", "period", NULL, NULL, "flags", NULL, "config1", "config2" };

	opens_print_cpus(out, one->cpus);
	if (one->grouped)
		fprintf(out, " group %llx:%llx", (unsigned long long)one->group[0], (unsigned long long)one->group[1]);
	for (int w = 0; w < OPENS_WORDS; w++) {
		if (w > 1 && !one->words[w])
			continue;
		if (names[w])
			fprintf(out, " %s=%llx", names[w], (unsigned long long)one->words[w]);
		else
			fprintf(out, " word%d=%llx", w, (unsigned long long)one->words[w]);
	}
	fputc('\n', out);
}

/* Boxes of one name are opened in whichever order a folder lists them: sorted, they compare. */
static inline int opens_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct opens_one));
}

static inline void opens_print(FILE *out, struct opens *o)
{
	qsort(o->one, (size_t)o->n, sizeof(o->one[0]), opens_compare);
	for (int i = 0; i < o->n; i++)
		opens_print_one(out, &o->one[i]);
}

#endif
