/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pprof's profile.proto (github.com/google/pprof, proto/profile.proto), read.
 * The encoding is that of protocol buffers: fields of (number, kind), numbers
 * of seven bits a byte, the low ones first.
 *
 * A file may stand in any order, so messages are listed first and understood
 * afterwards. Two sample types that belong together, a number of samples and
 * what they stand for, become one event.
 */
#include "profile/pprof.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"

enum { PROFILE_SAMPLE_TYPE = 1, PROFILE_SAMPLE = 2, PROFILE_MAPPING = 3, PROFILE_LOCATION = 4, PROFILE_FUNCTION = 5,
       PROFILE_STRING = 6, PROFILE_TIME_NANOS = 9, PROFILE_DURATION_NANOS = 10, PROFILE_COMMENT = 13, PROFILE_FIELDS = 15 };
enum { VALUE_TYPE = 1, VALUE_UNIT = 2 };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE = 2, SAMPLE_LABEL = 3 };
enum { LABEL_KEY = 1, LABEL_TEXT = 2, LABEL_NUMBER = 3 };
enum { MAPPING_ID = 1, MAPPING_FILENAME = 5 };
enum { LOCATION_ID = 1, LOCATION_MAPPING = 2, LOCATION_ADDRESS = 3, LOCATION_LINE = 4 };
enum { LINE_FUNCTION = 1 };
enum { FUNCTION_ID = 1, FUNCTION_NAME = 2 };

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

struct piece {
	const uint8_t *at, *end;
};

struct field {
	uint64_t number;	/* of the field */
	uint64_t value;		/* WIRE_VARINT, and the fixed ones */
	struct piece bytes;	/* WIRE_BYTES; at NULL: it is a number */
};

static bool take_varint(struct piece *p, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; p->at < p->end && shift < 64; shift += 7) {
		uint8_t byte = *p->at++;
		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

/* The next field. False at the end, or where the message is damaged: p->at is then not its end. */
static bool take_field(struct piece *p, struct field *f)
{
	struct piece at = *p;
	uint64_t key, len;

	*f = (struct field){ 0 };
	if (at.at == at.end || !take_varint(&at, &key))
		return false;
	f->number = key >> 3;
	switch (key & 7) {
	case WIRE_VARINT:
		if (!take_varint(&at, &f->value))
			return false;
		break;
	case WIRE_64:
	case WIRE_32:		/* none is wanted */
		len = (key & 7) == WIRE_64 ? 8 : 4;
		if (len > (uint64_t)(at.end - at.at))
			return false;
		at.at += len;
		break;
	case WIRE_BYTES:
		if (!take_varint(&at, &len) || len > (uint64_t)(at.end - at.at))
			return false;
		f->bytes = (struct piece){ at.at, at.at + len };
		at.at += len;
		break;
	default:
		return false;
	}
	*p = at;
	return true;
}

/*
 * The fields that there are have the numbers of a profile's, and one is a
 * sample type: short, and of numbers. The last one may be cut off.
 */
bool pprof_looks(const uint8_t *bytes, size_t len)
{
	struct piece file = { bytes, bytes + len };
	struct field f, part;
	bool typed = false;

	while (take_field(&file, &f)) {
		if (!f.number || f.number > PROFILE_FIELDS)
			return false;
		if (f.number != PROFILE_SAMPLE_TYPE)
			continue;
		while (take_field(&f.bytes, &part))
			if (part.bytes.at || (part.number != VALUE_TYPE && part.number != VALUE_UNIT))
				return false;
		if (!f.bytes.at || f.bytes.at != f.bytes.end)
			return false;
		typed = true;
	}
	return typed;
}

/* The last value of a number's field in a message, 0 where it is not there, as the encoding has it. */
static uint64_t number_in(struct piece message, uint64_t number)
{
	struct field f;
	uint64_t value = 0;

	while (take_field(&message, &f))
		if (f.number == number && !f.bytes.at)
			value = f.value;
	return value;
}

typedef VEC(struct piece) piece_list;
typedef VEC(uint64_t) number_list;

/* A sample type, and what becomes of it. */
struct value_type {
	uint32_t event;		/* NO_ID: its number belongs to the next type's event */
	bool counted;		/* the type before has the number of samples */
};

struct pprof {
	const struct foreign_request *request;
	struct profile *profile;
	piece_list types, samples, mappings, locations, functions, strings;
	struct map64 mapping_ids, location_ids, function_ids;	/* id to index */
	VEC(struct value_type) values;
	VEC(uint32_t) frames;					/* scratch: of a sample, innermost first; then outermost first */
	number_list numbers, ids;				/* scratch */
	uint32_t command;					/* string: of samples that do not say */
	uint64_t time_ns, duration_ns, comment;
	uint64_t damaged;
};

static void take_message(struct pprof *p, const struct field *f)
{
	switch (f->number) {
	case PROFILE_SAMPLE_TYPE:
		vec_push(&p->types, f->bytes);
		break;
	case PROFILE_SAMPLE:
		vec_push(&p->samples, f->bytes);
		break;
	case PROFILE_MAPPING:
		vec_push(&p->mappings, f->bytes);
		break;
	case PROFILE_LOCATION:
		vec_push(&p->locations, f->bytes);
		break;
	case PROFILE_FUNCTION:
		vec_push(&p->functions, f->bytes);
		break;
	case PROFILE_STRING:
		vec_push(&p->strings, f->bytes);
		break;
	}
}

static void list_messages(struct pprof *p, struct piece file)
{
	struct field f;

	while (take_field(&file, &f)) {
		if (f.bytes.at)
			take_message(p, &f);
		else if (f.number == PROFILE_TIME_NANOS)
			p->time_ns = f.value;
		else if (f.number == PROFILE_DURATION_NANOS)
			p->duration_ns = f.value;
		else if (f.number == PROFILE_COMMENT)
			p->comment = f.value;
	}
	p->damaged += file.at != file.end;
}

static void index_ids(struct map64 *ids, const piece_list *messages, uint64_t id_field)
{
	for (size_t i = 0; i < messages->len; i++)
		*map64_put(ids, number_in(messages->data[i], id_field), NULL) = i;
}

static const struct piece *by_id(const struct map64 *ids, const piece_list *messages, uint64_t id)
{
	const uint64_t *index = id ? map64_get(ids, id) : NULL;

	return index ? &messages->data[*index] : NULL;
}

/* A string of the table as one of the profile; 0: there is none. It ends at a NUL, if it has one. */
static uint32_t text(struct pprof *p, uint64_t index)
{
	if (index >= p->strings.len)
		return 0;
	const char *at = (const char *)p->strings.data[index].at;
	return strtab_id_n(&p->profile->strings, at, strnlen(at, (size_t)(p->strings.data[index].end - p->strings.data[index].at)));
}

static const char *text_of(struct pprof *p, uint64_t index)
{
	return strtab_text(&p->profile->strings, text(p, index));
}

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* Is it how many samples there are of the type behind it? */
static bool counts_next(struct pprof *p, size_t type)
{
	if (type + 1 >= p->types.len)
		return false;
	const char *name = text_of(p, number_in(p->types.data[type], VALUE_TYPE));
	const char *unit = text_of(p, number_in(p->types.data[type], VALUE_UNIT));
	const char *next_unit = text_of(p, number_in(p->types.data[type + 1], VALUE_UNIT));

	return !strcmp(unit, "count") && (!strcmp(name, "samples") || ends_in(name, "-samples") || strcmp(next_unit, "count"));
}

static void make_events(struct pprof *p)
{
	bool counted = false;

	for (size_t i = 0; i < p->types.len; i++) {
		struct value_type value = { .event = NO_ID, .counted = counted };
		counted = !counted && counts_next(p, i);
		if (!counted) {
			const char *name = text_of(p, number_in(p->types.data[i], VALUE_TYPE));
			value.event = foreign_event(p->profile, *name ? name : "samples", text_of(p, number_in(p->types.data[i], VALUE_UNIT)));
		}
		vec_push(&p->values, value);
	}
}

static struct profile_image image_of(struct pprof *p, uint64_t mapping_id)
{
	const struct piece *mapping = by_id(&p->mapping_ids, &p->mappings, mapping_id);
	uint32_t path = mapping ? text(p, number_in(*mapping, MAPPING_FILENAME)) : 0;
	const char *name = strtab_text(&p->profile->strings, path), *slash = strrchr(name, '/');

	return (struct profile_image){
		.path = path, .name = strtab_id(&p->profile->strings, slash && slash[1] && name[0] != '[' ? slash + 1 : name),
		.kernel = !strncmp(name, "[kernel", 7) || !strncmp(name, "[guest.kernel", 13),
	};
}

/* What has no symbol is written by its address ("0x4005d0"): that is no name. */
static bool is_address(const char *name, uint64_t *address)
{
	char *end;

	if (strncmp(name, "0x", 2) || !name[2] || strspn(name + 2, "0123456789abcdef") != strlen(name + 2))
		return false;
	*address = strtoull(name, &end, 16);
	return true;
}

static void add_function(struct pprof *p, const struct profile_image *image, const struct piece *function, bool inlined)
{
	uint32_t name = function ? text(p, number_in(*function, FUNCTION_NAME)) : 0;
	uint64_t address = 0;

	if (is_address(strtab_text(&p->profile->strings, name), &address))
		name = 0;
	vec_push(&p->frames, foreign_frame(p->profile, image, name, address, inlined));
}

/* A location's frames, innermost first: functions that were inlined there, then the one that has the code. */
static void add_location(struct pprof *p, const struct piece *location)
{
	struct profile_image image = image_of(p, number_in(*location, LOCATION_MAPPING));
	struct piece rest = *location;
	size_t first = p->numbers.len;
	struct field f;

	while (take_field(&rest, &f))
		if (f.number == LOCATION_LINE && f.bytes.at)
			vec_push(&p->numbers, number_in(f.bytes, LINE_FUNCTION));
	for (size_t i = first; i < p->numbers.len; i++)
		add_function(p, &image, by_id(&p->function_ids, &p->functions, p->numbers.data[i]), i + 1 < p->numbers.len);
	if (p->numbers.len == first)
		vec_push(&p->frames, foreign_frame(p->profile, &image, 0, number_in(*location, LOCATION_ADDRESS), false));
	p->numbers.len = first;
}

/* Numbers stand one a field, or together in one. False: damaged. */
static bool add_numbers(const struct field *f, number_list *to)
{
	struct piece packed = f->bytes;
	uint64_t value;

	if (!packed.at) {
		vec_push(to, f->value);
		return true;
	}
	while (packed.at < packed.end) {
		if (!take_varint(&packed, &value))
			return false;
		vec_push(to, value);
	}
	return true;
}

static void take_label(struct pprof *p, struct piece label, struct foreign_sample *s)
{
	const char *key = text_of(p, number_in(label, LABEL_KEY));
	uint64_t number = number_in(label, LABEL_NUMBER);

	if (!strcmp(key, "comm"))
		s->comm = text(p, number_in(label, LABEL_TEXT));
	else if (!strcmp(key, "pid") && number < NO_ID)
		s->pid = (uint32_t)number;
	else if (!strcmp(key, "tid") && number < NO_ID)
		s->tid = (uint32_t)number;
}

/* Differences have negative numbers: there is nothing to be shown of them. */
static uint64_t positive(uint64_t value)
{
	return value > INT64_MAX ? 0 : value;
}

static void add_values(struct pprof *p, struct foreign_sample *s)
{
	for (size_t i = 0; i < p->values.len && i < p->numbers.len; i++) {
		const struct value_type *value = &p->values.data[i];
		s->event = value->event;
		s->period = positive(p->numbers.data[i]);
		s->count = value->counted ? positive(p->numbers.data[i - 1]) : s->period;
		if (value->event == NO_ID || (!s->count && !s->period))
			continue;
		s->count += !s->count;
		foreign_add(p->profile, p->request, s);
	}
}

static bool take_sample(struct pprof *p, struct piece message)
{
	struct foreign_sample s = { .comm = p->command, .pid = NO_ID, .tid = NO_ID };
	struct field f;

	vec_clear(&p->frames);
	vec_clear(&p->numbers);
	vec_clear(&p->ids);
	while (take_field(&message, &f)) {
		if (f.number == SAMPLE_LABEL && f.bytes.at)
			take_label(p, f.bytes, &s);
		else if (f.number == SAMPLE_LOCATION || f.number == SAMPLE_VALUE)
			if (!add_numbers(&f, f.number == SAMPLE_VALUE ? &p->numbers : &p->ids))
				return false;
	}
	for (size_t i = 0; i < p->ids.len; i++) {
		const struct piece *location = by_id(&p->location_ids, &p->locations, p->ids.data[i]);
		if (!location)
			return false;
		add_location(p, location);
	}
	if (!p->frames.len)
		vec_push(&p->frames, foreign_frame(p->profile, &(struct profile_image){ 0 }, 0, 0, false));
	for (size_t i = 0, n = p->frames.len; i < n / 2; i++) {
		uint32_t frame = p->frames.data[i];
		p->frames.data[i] = p->frames.data[n - 1 - i];
		p->frames.data[n - 1 - i] = frame;
	}
	s.frames = p->frames.data;
	s.n = p->frames.len;
	add_values(p, &s);
	return message.at == message.end;
}

static void understand(struct pprof *p)
{
	index_ids(&p->mapping_ids, &p->mappings, MAPPING_ID);
	index_ids(&p->location_ids, &p->locations, LOCATION_ID);
	index_ids(&p->function_ids, &p->functions, FUNCTION_ID);
	make_events(p);
	/* the first mapping is the program's */
	if (p->mappings.len)
		p->command = image_of(p, number_in(p->mappings.data[0], MAPPING_ID)).name;
	for (size_t i = 0; i < p->samples.len; i++)
		p->damaged += !take_sample(p, p->samples.data[i]);
}

static void deinit(struct pprof *p)
{
	vec_deinit(&p->types);
	vec_deinit(&p->samples);
	vec_deinit(&p->mappings);
	vec_deinit(&p->locations);
	vec_deinit(&p->functions);
	vec_deinit(&p->strings);
	map64_deinit(&p->mapping_ids);
	map64_deinit(&p->location_ids);
	map64_deinit(&p->function_ids);
	vec_deinit(&p->values);
	vec_deinit(&p->frames);
	vec_deinit(&p->numbers);
	vec_deinit(&p->ids);
}

struct error *pprof_read(const uint8_t *bytes, size_t len, const struct foreign_request *request,
				 struct profile *profile, struct foreign_facts *facts, struct notes *notes)
{
	struct pprof p = { .request = request, .profile = profile };

	list_messages(&p, (struct piece){ bytes, bytes + len });
	if (!p.types.len) {
		deinit(&p);
		return error_create("%s is no profile of pprof: it says nothing of its values", request->name);
	}
	understand(&p);
	facts->recorded_s = p.time_ns / 1000000000;
	facts->duration_ns = p.duration_ns;
	if (p.comment && *text_of(&p, p.comment))
		facts->command = xstrdup(text_of(&p, p.comment));
	if (p.damaged)
		notes_add(notes, "%" PRIu64 " parts of the profile are damaged, and left out", p.damaged);
	deinit(&p);
	return NULL;
}
