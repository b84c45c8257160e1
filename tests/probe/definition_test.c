/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The language of definitions, and the lines that tracefs has for them. */
#include "probe/definition.h"
#include "probe/tracefs_probes.h"
#include "tests/lib/tap.h"

static struct error *parse(const char *text)
{
	struct probe_def def;
	struct error *err = probe_def_parse(text, &def);

	if (!err)
		probe_def_deinit(&def);
	return err;
}

static void test_points(void)
{
	struct probe_def def;

	CHECK_OK(probe_def_parse("my:ev=tcp_sendmsg+0x10 size", &def), "a group, an event, an offset");
	CHECK_STR(def.group.text, "my", "the group");
	CHECK_STR(def.event.text, "ev", "the event");
	CHECK_STR(def.function.text, "tcp_sendmsg", "the function");
	CHECK_EQ(def.offset, 16, "the offset");
	CHECK_EQ(def.args.len, 1, "one argument");
	probe_def_deinit(&def);
	CHECK_OK(probe_def_parse("f@src/a.c:12", &def), "a line of a function of a file");
	CHECK_STR(def.file.text, "src/a.c", "the file");
	CHECK(def.has_line && def.line == 12, "the line");
	probe_def_deinit(&def);
	CHECK_OK(probe_def_parse("a.c:7 x", &def), "a line of a file");
	CHECK(!def.function.text && def.line == 7, "has no function");
	probe_def_deinit(&def);
	CHECK_OK(probe_def_parse("f;a=b*", &def), "a pattern with an equals sign");
	CHECK_STR(def.pattern.text, "a=b*", "is no event's name");
	probe_def_deinit(&def);
	CHECK_OK(probe_def_parse("f%return $retval", &def), "a return");
	CHECK(def.is_return && def.args.data[0].value.kind == PROBE_RETVAL, "and what it gives");
	probe_def_deinit(&def);
	CHECK_OK(probe_def_parse("sdt_libc:setjmp", &def), "a marker");
	CHECK_STR(def.sdt.text, "sdt_libc:setjmp", "its name");
	probe_def_deinit(&def);
	CHECK_OK(probe_def_parse("a.isra.0", &def), "periods without a line are a function's");
	CHECK_STR(def.function.text, "a.isra.0", "as it is");
	probe_def_deinit(&def);
}

static void test_arguments(void)
{
	struct probe_def def;

	CHECK_OK(probe_def_parse("f n=a->b.c[3]:u32 +8(-u4(%di)):string $params @v-8", &def), "arguments of all kinds");
	const struct probe_arg *a = def.args.data;
	CHECK_STR(a[0].name.text, "n", "a name");
	CHECK_EQ(a[0].value.steps.len, 3, "three steps");
	CHECK_EQ(a[0].value.steps.data[2].index, 3, "an index");
	CHECK_STR(a[0].type.text, "u32", "a type");
	CHECK(a[1].value.kind == PROBE_DEREF && a[1].value.offset == 8 && !a[1].value.user, "memory at an offset");
	CHECK(a[1].value.inner->kind == PROBE_DEREF && a[1].value.inner->offset == -4 && a[1].value.inner->user, "of user memory");
	CHECK_STR(a[1].value.inner->inner->word.text, "%di", "at a register");
	CHECK_EQ(a[2].value.kind, PROBE_PARAMS, "all parameters");
	CHECK(a[3].value.kind == PROBE_SYMBOL && a[3].value.offset == -8, "a symbol");
	probe_def_deinit(&def);
}

static void test_mistakes(void)
{
	CHECK_ERR(parse(""), "empty", "nothing");
	CHECK_ERR(parse("f:x"), "this is no line number\n  f:x\n    ^", "the caret is under the line");
	CHECK_ERR(parse("f+zz"), "no offset", "an offset that is none");
	CHECK_ERR(parse("f%entry"), "%return", "a place that is none");
	CHECK_ERR(parse("1a=f"), "no name for an event", "an event that begins with a digit");
	CHECK_ERR(parse("f a->"), "field's name is missing", "an arrow to nothing");
	CHECK_ERR(parse("f a[x]"), "no index", "an index that is none");
	CHECK_ERR(parse("f a[1"), "not closed", "an open bracket");
	CHECK_ERR(parse("f +8(%di"), "not closed", "an open parenthesis");
	CHECK_ERR(parse("f +8"), "what the offset is from", "an offset from nothing");
	CHECK_ERR(parse("f $retvall"), "did you mean $retval?", "a misspelt value");
	CHECK_ERR(parse("f a:u33"), "no type of that name", "a type that is none");
	CHECK_ERR(parse("f a:u8[65]"), "[1] to [64]", "too many elements");
	CHECK_ERR(parse("f %"), "no register", "a register without a name");
	CHECK_ERR(parse("f:1+2"), "only one of", "two places");
	CHECK_ERR(parse("f ((((a"), "this is no value", "what is no value");
	CHECK_ERR(parse("f +1(+1(+1(+1(+1(+1(+1(+1(+1(+1(+1(+1(+1(+1(+1(+1(+1(+1(%di))))))))))))))))))"), "too many (", "endless depth");
}

static void test_tracefs_lines(void)
{
	struct arena arena = { 0 };
	struct tracefs_probe p;

	CHECK(tracefs_probe_parse(&arena, "r10:probe/f__return f arg1=$retval", &p), "a kernel return probe");
	CHECK(p.kind == 'r' && !p.user, "its kind");
	CHECK_STR(p.group, "probe", "its group");
	CHECK_STR(p.name, "f__return", "its name");
	CHECK_STR(p.place, "f", "its place");
	CHECK_STR(p.args, "arg1=$retval", "its arguments");
	CHECK(tracefs_probe_parse(&arena, "p:probe_a/f /tmp/a b:0x00000000000011cd a=%di:x32 b=%si", &p), "a user probe");
	CHECK_STR(p.place, "/tmp/a b:0x00000000000011cd", "a path with a blank");
	CHECK_STR(p.args, "a=%di:x32 b=%si", "its arguments");
	CHECK(!tracefs_probe_parse(&arena, "s:synthetic/x int a", &p), "a synthetic event is none");
	CHECK(!tracefs_probe_parse(&arena, "p:/x f", &p), "nor is one without a group");
	arena_deinit(&arena);
}

int main(void)
{
	test_points();
	test_arguments();
	test_mistakes();
	test_tracefs_lines();
	return tap_done();
}
