/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grid: wide, combining and hostile text, places that are too small; names of keys. */
#include <locale.h>

#include "tests/lib/tap.h"
#include "ui/grid.h"
#include "ui/keys.h"

static struct grid g;

/* What a row of so many columns shows of the text. */
static const char *shown(unsigned cols, const char *text)
{
	static struct strbuf out;

	grid_reset(&g, 1, cols);
	grid_put(&g, 0, 0, STYLE_PLAIN, text);
	strbuf_truncate(&out, 0);
	grid_text(&g, false, &out);
	strbuf_truncate(&out, out.len - 1);
	return strbuf_str(&out);
}

static void texts(void)
{
	CHECK_STR(shown(10, "plain"), "plain", "text");
	CHECK_STR(shown(4, "plain"), "plai", "is cut");
	CHECK_STR(shown(10, "日本語"), "日本語", "wide characters");
	CHECK_STR(shown(5, "日本語"), "日本", "half of one is not shown");
	CHECK_EQ(grid_width(&g, "日本語x"), 7, "take two columns");
	CHECK_EQ(grid_put(&g, 0, 0, STYLE_PLAIN, "日"), 2, "and the next text stands behind both");
	CHECK_STR(shown(3, "e\xcc\x81tude"), "e\xcc\x81tu", "combining ones take none");
	CHECK_STR(shown(10, "\xcc\x81x"), "x", "with nothing to combine with they are left out");
	CHECK_STR(shown(10, "a\xff\xc3z"), "a??z", "what is no UTF-8");
	CHECK_STR(shown(20, "a\x1b[31mb\x7f\r\n"), "a?[31mb???", "control characters");
	CHECK_STR(shown(10, "a\xc2\x9b" "31m"), "a?31m", "those of eight bits");
	CHECK_STR(shown(10, "a\xe2\x80\xae" "b"), "a?b", "characters that turn the direction");
	CHECK_STR(shown(20, "x\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81y"),
		  "x\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81y", "a pile of combining ones ends somewhere");
}

static void places(void)
{
	struct strbuf out = { 0 };

	grid_reset(&g, 2, 4);
	CHECK_EQ(grid_put(&g, 2, 0, STYLE_PLAIN, "x"), 0, "below the last row nothing is put");
	CHECK_EQ(grid_put(&g, 0, 9, STYLE_PLAIN, "x"), 9, "nor behind the last column");
	CHECK_EQ(grid_put_cut(&g, 1, 1, 2, STYLE_PLAIN, "abc"), 3, "no further than said");
	grid_style_row(&g, 7, STYLE_HOT);
	grid_text(&g, false, &out);
	CHECK_STR(strbuf_str(&out), "\n ab\n", "that is all");
	grid_reset(&g, 0, 0);
	CHECK_EQ(grid_put(&g, 0, 0, STYLE_PLAIN, "x"), 0, "an empty grid");
	strbuf_deinit(&out);
}

static const char *bar(unsigned width, double part)
{
	static struct strbuf out;

	grid_reset(&g, 1, 6);
	grid_bar(&g, 0, 0, width, part);
	strbuf_truncate(&out, 0);
	grid_text(&g, false, &out);
	strbuf_truncate(&out, out.len - 1);
	return strbuf_str(&out);
}

static void bars(void)
{
	CHECK_STR(bar(4, 1), "████", "a whole bar");
	CHECK_STR(bar(4, 0.5), "██", "half of one");
	CHECK_STR(bar(4, 0.53125), "██▏", "eighths");
	CHECK_STR(bar(4, 0), "", "none");
	CHECK_STR(bar(4, 7), "████", "no more than whole");
	g.ascii = true;
	CHECK_STR(bar(4, 0.5), "##", "in ASCII");
	CHECK_STR(shown(10, "日é"), "??", "which has no others");
	g.ascii = false;
}

static void keys(void)
{
	const char *script = "j<Down><Click5><x<Enter>";

	CHECK_EQ(key_next(&script), 'j', "a character");
	CHECK_EQ(key_next(&script), KEY_GO_DOWN, "a name");
	CHECK_EQ(key_next(&script), KEY_CLICK + 5, "a click");
	CHECK_EQ(key_next(&script), '<', "no name");
	CHECK_EQ(key_next(&script), 'x', "and what follows");
	CHECK_EQ(key_next(&script), KEY_RETURN, "the last");
	CHECK_EQ(key_next(&script), KEY_NOTHING, "the end");
}

int main(void)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		SKIP(1, "no UTF-8 locale");
		return tap_done();
	}
	texts();
	places();
	bars();
	keys();
	grid_deinit(&g);
	return tap_done();
}
