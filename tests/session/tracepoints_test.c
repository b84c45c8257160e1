/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tracing data and the text of tracepoints, over a blob made here. */
#include "config.h"

#include "session/tracepoints.h"

#include "base/cleanup.h"
#include "session/tracepoint_formats.h"
#include "tests/lib/tap.h"

static const char format[] =
	"name: hit\nID: 77\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:int n;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\tfield:__data_loc char[] who;\toffset:12;\tsize:4;\tsigned:1;\n\n"
	"print fmt: \"n=%d who=%s\", REC->n, __get_str(who)\n";

static void add_sized(struct strbuf *b, const char *text)
{
	uint64_t size = strlen(text);

	strbuf_add(b, &size, 8);
	strbuf_add(b, text, size);
}

static void blob_with(struct strbuf *b, const char *hit, const char *printk)
{
	static const char magic[] = "\27\10\104tracing0.6\0\0\10";	/* little endian, 8-byte longs */
	uint32_t page = 4096, none = 0, one = 1;

	strbuf_add(b, magic, sizeof(magic) - 1);
	strbuf_add(b, &page, 4);
	strbuf_add(b, "header_page", 12);
	add_sized(b, "");
	strbuf_add(b, "header_event", 13);
	add_sized(b, "");
	strbuf_add(b, &none, 4);	/* ftrace's own */
	strbuf_add(b, &one, 4);
	strbuf_add(b, "sys", 4);
	strbuf_add(b, &one, 4);
	add_sized(b, hit);
	strbuf_add(b, &none, 4);	/* kallsyms */
	uint32_t printk_size = (uint32_t)strlen(printk);
	strbuf_add(b, &printk_size, 4);
	strbuf_add(b, printk, printk_size);
	add_sized(b, "");		/* command lines */
}

static void blob(struct strbuf *b, const char *hit)
{
	blob_with(b, hit, "");
}

static void parts(void)
{
	autostrbuf struct strbuf b = { 0 };
	struct tracing_data d;
	bool good = true;

	blob(&b, format);
	CHECK(tracing_data_parse(b.data, b.len, &d) && d.formats.len == 1, "one format");
	CHECK_EQ(d.formats.data[0].id, 77, "its number");
	CHECK_STR(d.formats.data[0].system, "sys", "its system");
	CHECK_EQ(d.formats.data[0].text.len, strlen(format), "its text");
	tracing_data_deinit(&d);
	for (size_t len = 0; len < b.len; len++) {
		char *copy = xmemdup(b.data, len);	/* exact, for the address sanitizer */
		tracing_data_parse(copy, len, &d);
		for (size_t i = 0; i < d.formats.len; i++)
			good &= d.formats.data[i].text.at + d.formats.data[i].text.len <= copy + len;
		tracing_data_deinit(&d);
		free(copy);
	}
	CHECK(good, "cut short anywhere, no piece reaches beyond the end");
	CHECK(!tracing_data_parse("nonsense, long enough", 21, &d), "what is no tracing data is refused");
}

struct hit { uint16_t type; uint8_t flags, preempt; int32_t pid, n; uint16_t at, len; char who[4]; };

static char *text_of(const char *hit_format, const void *raw, uint32_t size)
{
	autostrbuf struct strbuf b = { 0 };
	struct strbuf out = { 0 };

	blob(&b, hit_format);
	struct tracepoints *t = tracepoints_create(&(struct tracepoints_options){
		.tracing_data = b.data, .tracing_size = b.len }, NULL);
	tracepoints_print(t, 77, "sys:hit", 0, raw, size, &out);
	tracepoints_destroy(t);
	return strbuf_take(&out);
}

static void check_text(const char *hit_format, const void *raw, uint32_t size, const char *want, const char *what)
{
	autofree char *text = text_of(hit_format, raw, size);

	CHECK_STR(text, want, what);
}

static void begins(const void *raw, uint32_t size, const char *want, const char *what)
{
	autofree char *text = text_of(format, raw, size);

	CHECK(!strncmp(text, want, strlen(want)) && strlen(text) < strlen(want) + 8, what);
}

static void texts(void)
{
	struct hit hit = { .type = 77, .n = -5, .at = 16, .len = 4, .who = "abc" };
	autostrbuf struct strbuf far = { 0 };
	const char *offset = strstr(format, "offset:8");

	check_text(format, &hit, sizeof(hit), "n=-5 who=abc", "fields are shown as the format says");
	hit.len = UINT16_MAX;
	memcpy(hit.who, "long", 4);
	/* Versions of libtraceevent show such fields as empty or up to the sample's end; none reads beyond it. */
	begins(&hit, sizeof(hit), "n=-5 who=", "a string that claims to go on");
	hit.at = UINT16_MAX;
	check_text(format, &hit, sizeof(hit), "n=-5 who=", "one that lies outside is empty");
	begins(&hit, 10, "n=", "a sample that is cut short");
	strbuf_add(&far, format, (size_t)(offset - format));
	strbuf_adds(&far, "offset:999999");
	strbuf_adds(&far, offset + 8);
	check_text(strbuf_str(&far), &hit, 4, "raw[4] 4d 00 00 00", "a field beyond any sample: bytes are shown");
	check_text("name: hit\nID: 78\n", &hit, 4, "raw[4] 4d 00 00 00", "so they are when there is no format");
}

/* libtraceevent reads before the start of texts this short: the address sanitizer sees it. */
static void short_printk(void)
{
	struct hit hit = { .type = 77, .n = 1, .at = 16, .len = 4, .who = "abc" };
	autostrbuf struct strbuf b = { 0 }, out = { 0 };

	blob_with(&b, format, "0x1000 : \n0x1008 : \"\n0x1010 : \"\"\n0x1018 : \"a\"\n0x1020 : \"ab\"\n0x1028 :\n:");
	struct tracepoints *t = tracepoints_create(&(struct tracepoints_options){
		.tracing_data = b.data, .tracing_size = b.len }, NULL);
	tracepoints_print(t, 77, "sys:hit", 0, &hit, sizeof(hit), &out);
	CHECK_STR(strbuf_str(&out), "n=1 who=abc", "formats' texts that are damaged do no harm");
	tracepoints_destroy(t);
}

static bool find(const struct tracepoint_formats *f, const char *name, struct tracepoint_field *field)
{
	struct tracing_piece text = { format, sizeof(format) - 1 };

	return tracepoint_field_find(f, text, name, field);
}

/* Fields without libtraceevent: where they stand, what is in them, and nothing outside of the sample. */
static void fields(void)
{
	autostrbuf struct strbuf b = { 0 };
	struct tracepoint_formats f;
	struct tracepoint_field n, who;
	struct tracing_piece text;
	uint8_t raw[24] = { [8] = 0xfe, 0xff, 0xff, 0xff, 16, 0, 5, 0, 'c', 'a', 't', 0, 'x' };
	uint64_t value;
	size_t len;

	blob(&b, format);
	CHECK(tracepoint_formats_init(&f, b.data, b.len, NULL), "the blob is read");
	CHECK(tracepoint_formats_find(&f, 77, "sys:hit", &text) && text.len == sizeof(format) - 1, "a format by its number");
	CHECK(!tracepoint_formats_find(&f, 78, "sys:hit", &text), "no other");
	CHECK(find(&f, "n", &n) && n.offset == 8 && n.size == 4 && n.is_signed && !n.text, "a number's place");
	CHECK(tracepoint_field_number(&n, raw, sizeof(raw), &value) && (int64_t)value == -2, "it is signed");
	CHECK(!tracepoint_field_number(&n, raw, 11, &value), "not beyond the sample");
	CHECK(find(&f, "who", &who) && who.dynamic, "a text that stands elsewhere");
	const char *bytes = tracepoint_field_bytes(&who, raw, sizeof(raw), &len);
	CHECK(bytes && len == 3 && !memcmp(bytes, "cat", 3), "is found, to its NUL");
	raw[14] = 9;	/* its length */
	CHECK(!tracepoint_field_bytes(&who, raw, sizeof(raw), &len), "not where it is longer than the sample");
	CHECK(!find(&f, "nobody", &n), "a field that is not there");
	CHECK(!tracepoint_field_find(&f, (struct tracing_piece){ "\tfield:int n;\toffset:8", 22 }, "n", &n), "a format that was cut");
	tracepoint_formats_deinit(&f);
}

int main(void)
{
	parts();
	fields();
#ifdef HAVE_LIBTRACEEVENT
	texts();
	short_printk();
#else
	SKIP(7, "built without libtraceevent");
#endif
	return tap_done();
}
