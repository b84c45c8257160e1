/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/reads.h"

bool reads_has(const struct perf_event_attr *attr)
{
	return attr->sample_type & PERF_SAMPLE_READ && attr->read_format & PERF_FORMAT_ID;
}

/* Where the words of a value stand (perf_event_open(2), "Reading results"). */
struct layout {
	size_t values, each, id;	/* words: before the first, of each, from a value to its id */
	size_t n;
};

static struct layout layout_of(uint64_t format, const struct sample *sample)
{
	size_t times = !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) + !!(format & PERF_FORMAT_TOTAL_TIME_RUNNING);
	size_t lost = !!(format & (1u << 4) /* PERF_FORMAT_LOST, Linux 6.0 */);

	if (!(format & PERF_FORMAT_GROUP))
		return (struct layout){ .each = 2 + times + lost, .id = 1 + times, .n = sample->read ? 1 : 0 };
	struct layout l = { .values = 1 + times, .each = 2 + lost, .id = 1 };
	if (sample->read_words > l.values)
		l.n = (sample->read_words - l.values) / l.each;
	return l;
}

bool reads_next(struct reads *reads, uint64_t read_format, const struct sample *sample, size_t *i, struct reads_value *value)
{
	struct layout l = layout_of(read_format, sample);

	while (*i < l.n) {
		const uint64_t *at = sample->read + l.values + l.each * (*i)++;
		uint64_t *last = map64_put(&reads->last, at[l.id], NULL);
		value->id = at[l.id];
		value->period = at[0] >= *last ? at[0] - *last : at[0];
		*last = at[0];
		if (value->period)
			return true;
	}
	return false;
}

void reads_deinit(struct reads *reads)
{
	map64_deinit(&reads->last);
}
