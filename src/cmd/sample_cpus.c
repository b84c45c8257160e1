/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/sample_cpus.h"

struct error *sample_cpus_known(const struct data_reader *reader)
{
	size_t n = reader ? data_n_events(reader) : 0;

	for (size_t i = 0; i < n; i++)
		if (data_event(reader, i)->attr.sample_type & PERF_SAMPLE_CPU)
			return NULL;
	/* in a pipe events are not known yet */
	if (reader && !n)
		return NULL;
	return error_hint(error_create("-C: the samples do not say on which CPU they were taken"),
			  "record with -a, or with --sample-cpu");
}
