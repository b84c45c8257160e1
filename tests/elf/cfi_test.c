/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call frame information by hand: what compilers do not write, and what is damaged. */
#include "elf/cfi.h"

#include "base/strbuf.h"
#include "tests/lib/tap.h"

#define BYTES(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })

/* Sections are put together record by record; offsets of the CIEs are remembered for the FDEs. */
static void add_word(struct strbuf *b, uint64_t v, size_t size)
{
	strbuf_add(b, &v, size);
}

/* A CIE of .eh_frame: "zR" with the encoding, code 1, data -8, return address 16, CFA = rsp + 8, ra at CFA - 8. */
static size_t add_cie(struct strbuf *b, const char *augmentation, uint8_t encoding)
{
	static const uint8_t program[] = { 0x0c, 7, 8, 0x90, 1 };
	size_t at = b->len, letters = strlen(augmentation);

	add_word(b, 4 + 1 + letters + 1 + 3 + (*augmentation == 'z' ? 2 : 0) + sizeof(program), 4);
	add_word(b, 0, 4);
	strbuf_addc(b, 1);
	strbuf_add(b, augmentation, letters + 1);
	strbuf_add(b, BYTES(1, 0x78, 16));
	if (*augmentation == 'z') {
		strbuf_addc(b, 1);
		strbuf_addc(b, (char)encoding);
	}
	strbuf_add(b, program, sizeof(program));
	return at;
}

static void add_fde(struct strbuf *b, size_t cie, uint32_t start, uint32_t size, const uint8_t *program, size_t n)
{
	add_word(b, 4 + 4 + 4 + 1 + n, 4);
	add_word(b, b->len - cie, 4);
	add_word(b, start, 4);
	add_word(b, size, 4);
	strbuf_addc(b, 0);
	strbuf_add(b, program, n);
}

struct seen {
	struct { uint64_t start, end; struct cfi_row row; } rows[64];
	size_t n;
};

static void see(void *ctx, uint64_t start, uint64_t end, const struct cfi_row *row)
{
	struct seen *s = ctx;

	if (s->n < 64) {
		s->rows[s->n].start = start;
		s->rows[s->n].end = end;
		s->rows[s->n++].row = *row;
	}
}

static void columns_x86(struct cfi_columns *c)
{
	memset(c, 0xff, sizeof(*c));
	c->ra_state = false;
	c->slot[16] = 0;
	c->slot[6] = 1;
}

static bool run(struct cfi *cfi, size_t function, struct seen *seen)
{
	struct cfi_columns columns;

	columns_x86(&columns);
	*seen = (struct seen){ 0 };
	return cfi_run(cfi, &cfi->functions.data[function], &columns, see, seen);
}

/* One function at 0x1000, 64 bytes, with that program; 4-byte absolute addresses. */
static bool run_program(const uint8_t *program, size_t n, struct seen *seen)
{
	struct strbuf b = { 0 };
	struct cfi cfi = { 0 };
	size_t cie = add_cie(&b, "zR", 3);
	bool good;

	add_fde(&b, cie, 0x1000, 64, program, n);
	cfi_add(&cfi, &(struct cfi_section){ .bytes = (uint8_t *)b.data, .size = b.len, .word = 8 });
	cfi_finish(&cfi);
	good = cfi.functions.len == 1 && run(&cfi, 0, seen);
	cfi_deinit(&cfi);
	strbuf_deinit(&b);
	return good;
}

static void programs(void)
{
	struct seen s;

	/* push rbp; mov rbp, rsp; …; leave; ret; and a cold part behind it that remembers */
	CHECK(run_program(BYTES(0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6, 0x50, 0x0a, 0x0c, 7, 8, 0x41, 0x0b), &s), "a usual function");
	CHECK_EQ(s.n, 5, "five rows");
	CHECK(s.rows[0].start == 0x1000 && s.rows[0].end == 0x1001 && s.rows[0].row.cfa.offset == 8, "the CIE's row first");
	CHECK(s.rows[1].row.cfa.offset == 16 && s.rows[1].row.slots[1].offset == -16, "rbp is saved at CFA - 16");
	CHECK(s.rows[2].row.cfa.reg == 6 && s.rows[2].row.cfa.offset == 16, "the CFA by rbp");
	CHECK(s.rows[3].row.cfa.reg == 7 && s.rows[3].row.cfa.offset == 8, "another CFA for a while");
	CHECK(s.rows[4].row.cfa.reg == 6 && s.rows[4].end == 0x1040, "the remembered row to the end");
	CHECK(run_program(BYTES(0x42, 0x86, 2, 0x42, 0xc6, 0x42, 0x05, 0x10, 3, 0x42, 0x06, 0x10), &s) && s.n == 5, "restore");
	CHECK(s.rows[2].row.slots[1].kind == CFI_SAME, "rbp as at the start");
	CHECK(s.rows[3].row.slots[0].offset == -24 && s.rows[4].row.slots[0].offset == -8, "the return address as in the CIE");
	CHECK(run_program(BYTES(0x07, 0x10, 0x02, 4, 0x15, 6, 0x7f, 0x03, 4, 0, 0x09, 6, 7), &s) && s.n == 3, "wide advances");
	CHECK(s.rows[0].row.slots[0].kind == CFI_UNDEFINED, "undefined");
	CHECK(s.rows[1].row.slots[1].kind == CFI_CFA_PLUS && s.rows[1].row.slots[1].offset == 8, "a value from the CFA");
	CHECK(s.rows[2].row.slots[1].kind == CFI_REGISTER && s.rows[2].row.slots[1].reg == 7, "in another register");
	CHECK(run_program(BYTES(0x0f, 2, 0x77, 8, 0x10, 6, 1, 0x50), &s) && s.n == 1, "expressions");
	CHECK(s.rows[0].row.cfa.kind == CFI_EXPRESSION && s.rows[0].row.cfa.expression_size == 2, "of the CFA");
	CHECK(s.rows[0].row.slots[1].kind == CFI_AT_EXPRESSION && s.rows[0].row.slots[1].expression_size == 1, "of a place");
	CHECK(run_program(BYTES(0x7f, 0x0e, 16, 0x7f, 0x0e, 24), &s), "rows behind the function");
	CHECK(s.n == 2 && s.rows[1].end == 0x1040, "are cut at its end");
}

static void damaged(void)
{
	struct seen s;

	CHECK(!run_program(BYTES(0x0b), &s), "restore_state with nothing remembered");
	CHECK(!run_program(BYTES(0x42, 0x3f), &s) && s.n == 1, "an unknown instruction; what was before it stands");
	CHECK(!run_program(BYTES(0x0e, 0x80), &s), "a number that does not end");
	CHECK(!run_program(BYTES(0x0f, 9, 0x77), &s), "an expression longer than the program");
	CHECK(!run_program(BYTES(0x42, 0x01, 0, 0, 0, 0), &s), "a location that goes back");
	CHECK(!run_program(BYTES(0x2d), &s), "aarch64's instruction on another machine");
	CHECK(!run_program(BYTES(0x0f, 1, 0x50, 0x0e, 16), &s), "an offset for a CFA that is an expression");
	CHECK(!run_program(BYTES(10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10), &s), "remembering without end");
}

static void records(void)
{
	struct strbuf b = { 0 };
	struct cfi cfi = { 0 };
	size_t plain, relative;
	struct seen s;

	plain = add_cie(&b, "zR", 3);
	relative = add_cie(&b, "zR", 0x1b);
	add_fde(&b, plain, 0x2000, 16, BYTES(0));
	add_fde(&b, relative, 0x1000, 16, BYTES(0));	/* pc-relative, signed */
	uint64_t field = b.len - 4 - 4 - 1 - 1 + 0x10000;
	add_word(&b, 0, 4);				/* a terminator in the middle */
	add_fde(&b, plain, 0x2008, 16, BYTES(0));	/* overlaps the first */
	add_fde(&b, plain, 0, 16, BYTES(0));		/* thrown away by the linker */
	add_fde(&b, 3, 0x3000, 16, BYTES(0));		/* its CIE is none */
	add_fde(&b, plain, 0xfffffff0, 0x20, BYTES(0));
	cfi_add(&cfi, &(struct cfi_section){ .bytes = (uint8_t *)b.data, .size = b.len, .address = 0x10000, .word = 8 });
	cfi_finish(&cfi);
	CHECK_EQ(cfi.functions.len, 3, "functions that count");
	CHECK_EQ(cfi.functions.data[0].start, 0x2000, "by address");
	CHECK_EQ(cfi.functions.data[1].start, field + 0x1000, "a pc-relative address");
	CHECK_EQ(cfi.functions.data[2].end, 0x100000010, "an end beyond 32 bits");
	CHECK_EQ(cfi.malformed, 1, "the one without a CIE is counted");
	CHECK(run(&cfi, 0, &s) && s.n == 1, "they run");
	cfi_deinit(&cfi);
	for (size_t n = 0; n < b.len; n++) {	/* cut anywhere */
		uint8_t *copy = malloc(n ? n : 1);
		memcpy(copy, b.data, n);
		cfi_add(&cfi, &(struct cfi_section){ .bytes = copy, .size = n, .word = 8 });
		cfi_finish(&cfi);
		for (size_t i = 0; i < cfi.functions.len; i++)
			run(&cfi, i, &s);
		cfi_deinit(&cfi);
		free(copy);
	}
	CHECK(true, "a section cut at any byte is read to there");
	strbuf_deinit(&b);
}

int main(void)
{
	programs();
	damaged();
	records();
	return tap_done();
}
