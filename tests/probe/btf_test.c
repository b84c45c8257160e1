/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments by BTF. The file (corpus/btf/small) is what gcc -gbtf makes of
 * the declarations below, so the compiler itself says what every offset is.
 */
#include <stddef.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "probe/btf_scope.h"
#include "probe/prober.h"
#include "tests/lib/tap.h"

struct inner { int a; unsigned char b:3, c:5; };
struct s { char name[16]; union { int x; struct { short y, z; }; }; struct inner in[2]; struct s *next; double d; };
/* int function(struct s *s, enum e e, const volatile char *p, struct inner v, __int128 wide, int i, long j);
   struct s second(float f, struct s big, ...); */

static struct btf btf;

/* What the arguments of `text` become; an error's text where they do not. */
static char *fetch(const char *text)
{
	struct strbuf line = { 0 };
	struct probe_def def;
	struct scope scope;
	uint32_t prototype;
	struct error *err = probe_def_parse(text, &def);

	if (!err) {
		if (!btf_find_function(&btf, def.function.text, &prototype) || !btf_scope(&btf, prototype, &arch_x86_64, &scope))
			abort();
		struct fetch_context context = { .def = &def, .scope = &scope };
		for (size_t i = 0; i < def.args.len && !err; i++)
			err = fetch_add(&context, &def.args.data[i], &line);
		scope_deinit(&scope);
	}
	if (!err) {
		probe_def_deinit(&def);
		return strbuf_take(&line);
	}
	char *message = error_text(err);
	error_destroy(err);
	strbuf_deinit(&line);
	probe_def_deinit(&def);
	return message;
}

static void is(const char *text, const char *want, const char *what)
{
	autofree char *got = fetch(text);

	CHECK_STR(got, want, what);
}

static void refused(const char *text, const char *part, const char *what)
{
	autofree char *got = fetch(text);

	if (!CHECK(strstr(got, part), what))
		printf("# got %s\n", got);
}

static void test_places(void)
{
	autofree char *want = NULL;

	is("function s", " s=%di:x64", "a pointer");
	is("function e", " e=%si:s32", "an enumeration with a negative value");
	is("function i j", " i=+8(%sp):s32 j=+16(%sp):s64", "what has no register any more is on the stack");
	is("function v.a v.b v.c", " a=%cx:s32 b=%cx:b3@32/64 c=%cx:b5@35/64", "members of a struct in a register");
	is("function%return $retval", " arg1=$retval:s32", "what it gives is signed");
	want = xasprintf(" x=+%zu(%%di):s32 z=+%zu(%%di):s16", offsetof(struct s, x), offsetof(struct s, z));
	is("function s->x s->z", want, "members of an anonymous union and a struct in it");
	free(want);
	want = xasprintf(" a=+%zu(%%di):s32 b=+%zu(%%di):b3@0/8 c=+%zu(%%di):b5@3/8", offsetof(struct s, in[1].a),
			 offsetof(struct s, in[1]) + 4, offsetof(struct s, in[1]) + 4);
	is("function s->in[1].a s->in[1].b s->in[1].c", want, "bit-fields in an element of an array");
	free(want);
	want = xasprintf(" x=+%zu(+%zu(+%zu(%%di))):s32", offsetof(struct s, x), offsetof(struct s, next), offsetof(struct s, next));
	is("function s->next->next->x", want, "pointers behind pointers");
	free(want);
	want = xasprintf(" x=+%zu(%%di):s32", 3 * sizeof(struct s) + offsetof(struct s, x));
	is("function s[3].x", want, "an element behind a pointer");
	is("function s->name s->name:array", " name=+0(%di):string name_1=+0(%di):s8[16]", "text, and as numbers");
	is("function p:string p[2]", " p=+0(%dx):string p_1=+2(%dx):s8", "what a pointer to char points to");
	is("function n=+8(s):u16 q=s:x", " n=+8(%di):u16 q=%di:x64", "memory from an argument; a sign alone");
	is("function %ax $stack2 \\5 @jiffies+8", " arg1=%ax arg2=$stack2 arg3=\\5 arg4=@jiffies+8", "raw values");
	is("function $params", " s=%di:x64 e=%si:s32 p=%dx:x64 i=+8(%sp):s32 j=+16(%sp):s64", "all that fit");
	free(want);
	/* second() gives a large struct: %di is where to; big is on the stack */
	want = xasprintf(" x=+%zu(%%sp):s32", 8 + offsetof(struct s, x));
	is("second big.x", want, "a large struct is on the stack");
}

static void test_mistakes(void)
{
	refused("function nosuch", "there is no argument or variable called nosuch here\n  function nosuch\n           ^^^^^^\nthere are s, e, p, v, wide, i, j",
		"an argument that is none");
	refused("function s->naem", "did you mean name?", "a member that is none");
	refused("function s.x", "write s->x", "a dot behind a pointer");
	refused("function s->in[0]->a", "is no pointer", "an arrow behind a struct");
	refused("function s->in[2].a", "2 elements: the last is [1]", "an index behind the end");
	refused("function s->d", "floating-point", "a floating-point number in memory");
	refused("second f", "floating-point", "a floating-point number in a register");
	refused("function v", "name one of its members", "a struct as a whole");
	refused("function i:string", "is no string", "a number as a string");
	refused("function $retval", "where a function returns", "$retval at the entry");
	refused("function s->in", "name one element", "an array of structs");
}

static void test_damaged(const char *bytes, size_t size)
{
	unsigned survived = 0;

	for (size_t cut = 0; cut < size; cut += 7) {
		autofree char *part = xmemdup(bytes, cut);
		struct btf damaged;
		struct error *err = btf_parse("cut", part, cut, NULL, &damaged);
		survived += !err;
		if (!err)
			btf_deinit(&damaged);
		error_destroy(err);
	}
	CHECK_EQ(survived, 0, "a file cut short is refused");
}

/* The whole way, in a made-up machine: BTF of its kernel, names of its probes. */
static void test_prober(const struct strbuf *bytes)
{
	char root[] = "/tmp/ptk-btf.XXXXXX";
	struct probe_events events = { 0 };
	struct probe_def def;

	if (!mkdtemp(root))
		abort();
	autofree char *command = xasprintf("mkdir -p %s/sys/kernel/btf %s/proc %s/sys/kernel/tracing/events && "
		"echo 'ffffffff81000000 T other' > %s/proc/kallsyms && "
		"echo 'p:probe/function _text+8' > %s/sys/kernel/tracing/kprobe_events", root, root, root, root, root);
	if (system(command))
		abort();
	autofree char *path = xasprintf("%s/sys/kernel/btf/vmlinux", root);
	FILE *out = fopen(path, "w");
	if (!out || fwrite(bytes->data, 1, bytes->len, out) != bytes->len || fclose(out))
		abort();
	const struct os os = { .root = root };
	const struct probe_target target = { .max = 8 };
	struct prober *prober = prober_create(&os, &target, NULL);
	CHECK_OK(probe_def_parse("function i", &def), "a definition");
	CHECK_OK(prober_plan(prober, &def, false, &events), "is planned");
	CHECK_STR(events.events.data[0].line, "p:probe/function_1 function i=+8(%sp):s32", "a name that is taken gets a number");
	CHECK_STR(events.source, "BTF", "the source is named");
	probe_def_deinit(&def);
	CHECK_OK(probe_def_parse("a:b=other+4", &def), "a function that only kallsyms knows");
	CHECK_OK(prober_plan(prober, &def, false, &events), "is planned");
	CHECK_STR(events.events.data[1].line, "p:a/b other+4", "by its name");
	probe_def_deinit(&def);
	CHECK_OK(probe_def_parse("ohter", &def), "a function that there is not");
	CHECK_ERR(prober_plan(prober, &def, false, &events), "did you mean other?", "is refused");
	probe_def_deinit(&def);
	CHECK_OK(probe_def_parse("probe:function=other", &def), "an event that there is");
	CHECK_ERR(prober_plan(prober, &def, false, &events), "already", "is refused");
	CHECK_OK(prober_plan(prober, &def, true, &events), "unless by force");
	CHECK_STR(events.events.data[2].name, "function_2", "then it gets a number");
	probe_def_deinit(&def);
	probe_events_deinit(&events);
	prober_destroy(prober);
	autofree char *remove = xasprintf("rm -rf %s", root);
	CHECK_EQ(system(remove), 0, "cleaned up");
}

int main(void)
{
	const char *top = getenv("top_srcdir");
	autofree char *path = xasprintf("%s/tests/fuzz/corpus/btf/small", top ? top : ".");
	struct strbuf bytes = { 0 };

	CHECK_OK(file_read(path, 1 << 20, &bytes), "the BTF is there");
	CHECK_OK(btf_parse(path, bytes.data, bytes.len, NULL, &btf), "and can be read");
	test_places();
	test_mistakes();
	test_damaged(bytes.data, bytes.len);
	test_prober(&bytes);
	btf_deinit(&btf);
	strbuf_deinit(&bytes);
	return tap_done();
}
