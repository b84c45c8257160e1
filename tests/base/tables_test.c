/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arenas, vectors, hash tables, strings, numbers, JSON. */
#include <math.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/notes.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/strtab.h"
#include "base/vec.h"

#include "tests/lib/tap.h"

static void maps(void)
{
	struct map64 m = { 0 };
	bool added, good = true;

	CHECK(!map64_get(&m, 0), "an empty map has nothing");
	for (uint64_t i = 0; i < 10000; i++) {
		*map64_put(&m, i * 4096, &added) = i;
		good = good && added;
	}
	for (uint64_t i = 0; i < 10000; i++) {
		uint64_t *v = map64_get(&m, i * 4096);
		good = good && v && *v == i;
		map64_put(&m, i * 4096, &added);
		good = good && !added;
	}
	CHECK(good, "10,000 page addresses are found again");
	CHECK(!map64_get(&m, 1), "and no other");
	map64_clear(&m);
	CHECK(!map64_get(&m, 4096), "a cleared map is empty");
	map64_deinit(&m);
}

static void strings(void)
{
	struct strtab t = { 0 };
	char name[16];
	bool good = true;

	CHECK_EQ(strtab_id(&t, ""), 0, "the empty string is 0");
	uint32_t first = strtab_id(&t, "0");
	const char *text = strtab_text(&t, first);
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		good = good && strtab_id(&t, name) == first + (uint32_t)i && !strcmp(strtab_text(&t, first + (uint32_t)i), name);
	}
	CHECK(good, "5,000 strings get ids in turn");
	CHECK(text == strtab_text(&t, first), "text stays where it is");
	CHECK_EQ(strtab_id_n(&t, "123456", 3), strtab_id(&t, "123"), "a piece is the same as the whole");
	CHECK_EQ(strtab_find(&t, "nobody"), NO_ID, "an unknown string has none");
	strtab_deinit(&t);
}

static void numbers(void)
{
	uint64_t v;

	CHECK(number_u64("42", &v) && v == 42, "decimal");
	CHECK(number_u64("0x2a", &v) && v == 42, "hexadecimal");
	CHECK(number_u64("18446744073709551615", &v) && v == UINT64_MAX, "the largest");
	CHECK(!number_u64("18446744073709551616", &v), "one more is refused");
	CHECK(!number_u64("-1", &v) && !number_u64("", &v) && !number_u64(" 1", &v) && !number_u64("1x", &v), "what is no number");
	CHECK(number_scaled("4M", true, &v) && v == 4 << 20, "4M of 1024");
	CHECK(number_scaled("4KiB", true, &v) == false && number_scaled("4kB", true, &v) && v == 4096, "kB");
	CHECK(number_scaled("20k", false, &v) && v == 20000, "20k of 1000");
	CHECK(!number_scaled("99999999999T", true, &v), "overflow is refused");
}

static void json(void)
{
	char *text = NULL;
	size_t size;
	struct json j = { .out = open_memstream(&text, &size) };

	json_object_begin(&j);
	json_key(&j, "a\"\n");
	json_array_begin(&j);
	json_u64(&j, UINT64_MAX);
	json_i64(&j, -1);
	json_double(&j, 0.5);
	json_double(&j, INFINITY);
	json_bool(&j, true);
	json_string(&j, NULL);
	json_array_end(&j);
	json_key(&j, "b");
	json_string_n(&j, "\303\244\300x\x01", 5);
	json_key(&j, "c");
	json_object_begin(&j);
	json_object_end(&j);
	json_object_end(&j);
	json_newline(&j);
	fclose(j.out);
	CHECK_STR(text, "{\"a\\\"\\n\":[18446744073709551615,-1,0.5,null,true,null],\"b\":\"\303\244\\ufffdx\\u0001\",\"c\":{}}\n",
		  "JSON with everything in it");
	free(text);
}

static void growing(void)
{
	struct strbuf b = { 0 };
	struct arena a = { 0 };
	VEC(int) v = { 0 };
	bool good = true;

	CHECK_STR(strbuf_str(&b), "", "an empty buffer is the empty string");
	for (int i = 0; i < 1000; i++)
		strbuf_printf(&b, "%d,", i);
	CHECK_EQ(b.len, 3890, "1,000 numbers are that long");
	strbuf_printf(&b, "%5000d", 1);
	CHECK_EQ(b.len, 8890, "one longer than the room left");
	strbuf_deinit(&b);
	for (int i = 0; i < 1000; i++)
		vec_push(&v, i);
	for (int i = 0; i < 1000; i++)
		good = good && v.data[i] == i;
	CHECK(good && v.len == 1000, "a vector holds what was pushed");
	vec_deinit(&v);
	char *s = arena_printf(&a, "%s", "kept");
	for (size_t i = 1; i < 3000; i++)
		memset(arena_alloc(&a, i), 0xee, i);
	CHECK_STR(s, "kept", "an arena's memory is not moved or handed out twice");
	arena_deinit(&a);
}

static void strbufs_like_printf(void)
{
	static const double values[] = { 0, -0.0, 0.5, 1.5, 0.005, 0.015, 2.675, 99.995, 1e-9, 123456.789, 4294967295.5, 1e12, 1e15, -3.25,
					 9.9999999999, 0.1 + 0.2, 1e308, 0.045, 1024.0 / 3 };
	struct strbuf b = { 0 };
	char want[512];
	int wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		for (unsigned digits = 0; digits < 12; digits++) {
			strbuf_truncate(&b, 0);
			strbuf_add_fixed(&b, 16, digits, values[i]);
			snprintf(want, sizeof(want), "%16.*f", (int)digits, values[i]);
			if (strcmp(strbuf_str(&b), want)) {
				printf("# '%s' for '%s'\n", strbuf_str(&b), want);
				wrong++;
			}
		}
	CHECK_EQ(wrong, 0, "a number with a point is what printf makes of it");
	strbuf_truncate(&b, 0);
	strbuf_add_right(&b, 4, "ab");
	strbuf_add_left(&b, 4, "cd");
	strbuf_add_left(&b, 1, "ef");
	CHECK_STR(strbuf_str(&b), "  abcd  ef", "so are words in columns");
	strbuf_fill(&b, '.', 300);
	CHECK_EQ(b.len, 310, "a character many times");
	CHECK_EQ(strspn(strbuf_str(&b) + 10, "."), 300, "and nothing else");
	strbuf_fill(&b, ' ', 200);
	strbuf_trim(&b);
	CHECK_EQ(strlen(strbuf_str(&b)), 310, "blanks at the end are taken off");
	strbuf_truncate(&b, 2);
	strbuf_trim(&b);
	CHECK_STR(strbuf_str(&b), "", "all of them");
	strbuf_deinit(&b);
}

static void notes(void)
{
	struct notes n = { 0 };

	notes_add(&n, "lost %d", 1);
	notes_add(&n, "lost %d", 1);
	notes_add(&n, "lost %d", 2);
	notes_add(NULL, "nobody listens");
	CHECK_EQ(n.lines.len, 2, "a note is kept once");
	notes_deinit(&n);
}

int main(void)
{
	maps();
	strings();
	numbers();
	json();
	growing();
	strbufs_like_printf();
	notes();
	return tap_done();
}
