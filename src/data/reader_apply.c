/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file says of itself, wherever it says it: in a section, or in a record among the others. */
#include "data/layout.h"
#include "data/reader_state.h"

void reader_feature(struct data_reader *r, unsigned bit, const void *bytes, size_t size, bool whole)
{
	bool good = bit == FEATURE_EVENT_DESC ? event_entries_desc(&r->events, bytes, size) :
		    data_feature_decode(&r->features, bit, bytes, size);

	if (bit < FEATURE_BITS)
		r->features.present[bit / 64] |= 1ull << bit % 64;
	if (!good || !whole)
		notes_add(r->notes, "%s: the section %s is damaged; what of it could be read is used", r->source.name,
			  data_feature_name(bit) ? data_feature_name(bit) : "?");
}

static bool apply_feature(struct data_reader *r, const struct perf_event_header *record)
{
	const struct record_feature *feature = (const struct record_feature *)record;

	if (record->size < sizeof(*feature))
		return false;
	if (feature->feature < FEATURE_MAX)
		reader_feature(r, (unsigned)feature->feature, feature->data, record->size - sizeof(*feature), true);
	return true;
}

bool reader_apply(struct data_reader *r, const struct perf_event_header *record)
{
	switch (record->type) {
	case RECORD_HEADER_ATTR:
		return !r->pipe || event_entries_attr_record(&r->events, record);
	case RECORD_EVENT_UPDATE:
		return event_entries_update_record(&r->events, record);
	case RECORD_HEADER_FEATURE:
		return apply_feature(r, record);
	case RECORD_HEADER_BUILD_ID:
		return data_build_id_decode(&r->features, record);
	}
	return true;
}
