/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

#include "base/nearest.h"
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
	names();
	return tap_done();
}
