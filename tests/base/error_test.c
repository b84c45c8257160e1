/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "tests/lib/tap.h"

static void carets(void)
{
	struct error *err = error_at(error_usage("unknown event"), "cycles,cylces", 7, 6);
	char *text = error_text(error_hint(err, "did you mean cycles?"));

	CHECK_STR(text, "unknown event\n  cycles,cylces\n         ^^^^^^\ndid you mean cycles?\n",
		  "the caret stands under the wrong word");
	free(text);
	error_destroy(err);
	err = error_at(error_usage("bad"), "\303\244b", 2, 1);
	text = error_text(err);
	CHECK_STR(text, "bad\n  \303\244b\n   ^\n", "columns are characters, not bytes");
	free(text);
	error_destroy(err);
	err = error_at(error_usage("bad"), "ab", 9, 9);
	CHECK_EQ(err->column + err->width, 2, "a caret beyond the text is brought back");
	error_destroy(err);
}

static char *text_at(const char *message, const char *source, size_t column, size_t width)
{
	struct error *err = error_at(error_usage("%s", message), source, column, width);
	char *text = error_text(err);

	error_destroy(err);
	return text;
}

/* What steers a terminal comes from file names, and from those of other users' programs. */
static void controls(void)
{
	char *text = text_at("a\033[31mb\302\233c\303\244", "x\033y\tz", 4, 1);

	CHECK_STR(text, "a?[31mb??c\303\244\n  x?y z\n      ^\n", "control characters become question marks, letters stay");
	free(text);
	text = text_at("missing", "", 0, 0);
	CHECK_STR(text, "missing\n", "nothing that was typed is not shown");
	free(text);
	struct error *err = error_hint(error_hint(error_create("a"), "b\033"), "c");
	text = error_text(err);
	CHECK_STR(text, "a\nb?\nc\n", "lines of hints stay lines");
	free(text);
	error_destroy(err);
}

/* Of a list of a thousand events only the place that is wrong is of interest. */
static void long_texts(void)
{
	enum { N = 5000, MANY = 2000 };
	char *source = xcalloc(1, N + 1), *line, *caret;

	memset(source, 'x', N);
	memcpy(source + MANY, "wrong", 5);
	char *text = text_at("bad", source, MANY, 5);
	line = strchr(text, '\n') + 1;
	caret = strchr(line, '\n') + 1;
	CHECK(strlen(text) < 1000, "a long text is cut");
	/* "…" is three bytes and one column */
	CHECK(!memcmp(line + (strchr(caret, '^') - caret) + 2, "wrong", 5), "the caret stands under the wrong word");
	CHECK_EQ(strspn(strchr(caret, '^'), "^"), 5, "and is as wide");
	free(text);
	text = text_at(source, source, 0, N);
	CHECK(strlen(text) < 3000, "so are a long message, and long carets");
	free(text);
	for (size_t i = 0; i < N; i += 2)
		memcpy(source + i, "\303\244", 2);
	text = text_at(source, source, MANY + 1, 2);
	for (const char *p = text; *p; p += utf8_length(p, strlen(p)))
		if (!utf8_length(p, strlen(p))) {
			CHECK(false, "characters are not cut in two");
			break;
		}
	free(text);
	free(source);
}

static void names(void)
{
	struct nearest best = { .word = "cylces" };

	nearest_offer(&best, "branches");
	nearest_offer(&best, "cycles");
	nearest_offer(&best, "instructions");
	char *hint = nearest_hint(&best);
	CHECK_STR(hint, "did you mean cycles?", "a transposition is near, other words are not");
	free(hint);
}

int main(void)
{
	carets();
	controls();
	long_texts();
	names();
	return tap_done();
}
