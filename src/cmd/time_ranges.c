/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/time_ranges.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

/* Seconds with up to nine decimals, in nanoseconds. */
static bool parse_seconds(const char *at, size_t len, uint64_t *ns)
{
	uint64_t whole = 0, part = 0, unit = 1000000000;
	size_t i = 0;

	if (!len)
		return false;
	for (; i < len && isdigit((unsigned char)at[i]); i++) {
		whole = whole * 10 + (uint64_t)(at[i] - '0');
		if (whole > UINT32_MAX * 4ull)
			return false;
	}
	if (i < len && at[i] == '.')
		for (i++; i < len && isdigit((unsigned char)at[i]) && unit > 1; i++) {
			unit /= 10;
			part += (uint64_t)(at[i] - '0') * unit;
		}
	*ns = whole * 1000000000 + part;
	return i == len;
}

static struct error *bad_time(const char *text, const char *at, size_t len)
{
	return error_hint(error_at(error_usage("--time: not a range of time"), text, (size_t)(at - text), len),
			  "FROM,TO in seconds as they are shown, either may be left out (5.2,); or 10%%-20%%; or 10%%/2, the second tenth");
}

/* "10%-20%" and "10%/2": parts of the time between the first and the last sample. */
static struct error *parse_percent(const struct data_features *f, const char *text, const char *at, size_t len,
				   struct time_range *range)
{
	autofree char *copy = xstrndup(at, len);
	uint64_t span = f->last_sample - f->first_sample;
	double from, to, piece;
	int end = 0;

	if (sscanf(copy, "%lf%%-%lf%%%n", &from, &to, &end) == 2 && end == (int)len) {
		if (from < 0 || to > 100 || from > to)
			return bad_time(text, at, len);
	} else if (sscanf(copy, "%lf%%/%lf%n", &to, &piece, &end) == 2 && end == (int)len) {
		if (piece < 1 || to <= 0 || to * piece > 100)
			return bad_time(text, at, len);
		from = to * (piece - 1);
		to = to * piece;
	} else {
		return bad_time(text, at, len);
	}
	if (!f->last_sample)
		return error_hint(error_create("--time: the file does not say when its first and last samples are"),
				  "give the times in seconds");
	*range = (struct time_range){ f->first_sample + (uint64_t)((double)span * from / 100),
					f->first_sample + (uint64_t)((double)span * to / 100) };
	return NULL;
}

struct error *time_ranges_parse(const char *text, const struct data_features *features, struct time_ranges *ranges)
{
	bool percent = text && strchr(text, '%');

	vec_clear(&ranges->all);
	/* Ranges of seconds are parted by spaces, ranges of percent by commas. */
	for (const char *at = text; at && *at;) {
		size_t len = strcspn(at, percent ? "," : " ");
		struct time_range range = { 0, UINT64_MAX };
		if (percent) {
			TRY(parse_percent(features, text, at, len, &range));
		} else {
			size_t comma = strcspn(at, ",");
			if (comma >= len || (comma && !parse_seconds(at, comma, &range.from)) ||
			    (len > comma + 1 && !parse_seconds(at + comma + 1, len - comma - 1, &range.to)) ||
			    range.to < range.from)
				return bad_time(text, at, len);
		}
		vec_push(&ranges->all, range);
		at += len + (at[len] != '\0');
	}
	return NULL;
}
