/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listings of code made by hand: rows, jumps, names, counts. */
#include <elf.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "disasm/listing.h"
#include "tests/lib/tap.h"

/*
 *	1000: push %rbp			1008: jne 1001
 *	1001: cmp $5,%edi		100a: jmp 2000
 *	1004: call 3000			100f: ret
 */
static const uint8_t loop[] = {
	0x55, 0x83, 0xff, 0x05, 0xe8, 0xf7, 0x1f, 0x00, 0x00, 0x75, 0xf6, 0xe9, 0xf0, 0x0f, 0x00, 0x00, 0xc3,
};

static const char *name_at(void *ctx, uint64_t address, uint64_t *start)
{
	(void)ctx;
	*start = address < 0x2000 ? 0x1000 : address < 0x3000 ? 0x1ff0 : 0x3000;
	return address < 0x2000 ? "loop" : address < 0x3000 ? "next" : address == 0x3000 ? "puts@plt" : NULL;
}

static struct listing *make(const void *bytes, size_t size, uint16_t machine)
{
	struct listing_request request = {
		.code = { .address = 0x1000, .bytes = bytes, .size = size, .machine = machine }, .name = name_at };
	struct listing *l;

	CHECK_OK(listing_create(&request, &l), "a listing is made");
	return l;
}

static void test_rows(void)
{
	struct listing *l = make(loop, sizeof(loop), EM_X86_64);
	const struct listing_row *r = l->rows.data;

	CHECK_EQ(l->rows.len, 6, "a row an instruction");
	CHECK(r[1].kind == LISTING_CODE && r[1].address == 0x1001 && r[1].size == 3 && r[1].bytes[0] == 0x83, "where it is");
	CHECK_STR(r[2].text, "callq  3000", "a call");
	CHECK_EQ(r[2].flow, FLOW_CALL, "is one");
	CHECK_STR(r[2].name, "puts@plt", "and has the name of what it calls");
	CHECK_EQ(r[2].target, NO_ID, "which is no row");
	CHECK_EQ(r[3].flow, FLOW_BRANCH, "a branch");
	CHECK_EQ(r[3].target, 1, "has the row that it jumps to");
	CHECK_EQ(r[1].jumps_here, 1, "which knows that one jumps there");
	CHECK_STR(r[3].name, "loop+0x1", "and its name");
	CHECK_EQ(r[4].flow, FLOW_JUMP, "a jump out of the function");
	CHECK_EQ(r[4].target, NO_ID, "has no row");
	CHECK_STR(r[4].name, "next+0x10", "but a name");
	CHECK_EQ(r[5].flow, FLOW_RETURN, "a return");
	CHECK_EQ(listing_row_at(l, 0x1003), 1, "the middle of an instruction is its row");
	CHECK_EQ(listing_row_at(l, 0x1011), NO_ID, "behind the end is none");
	CHECK_EQ(listing_row_at(l, 0xfff), NO_ID, "nor before the start");
	listing_destroy(l);
}

static void test_counts(void)
{
	static const struct listing_hit hits[] = {
		{ 0x1001, 0, { 6, 600 } }, { 0x1003, 0, { 1, 100 } }, { 0x1009, 0, { 2, 300 } }, { 0x100b, 1, { 5, 50 } },
		{ 0x2000, 0, { 90, 9000 } }, { 0x1001, 7, { 90, 9000 } },
	};
	static const struct listing_amount wholes[] = { { 18, 4000 }, { 5, 50 } };
	struct listing *l = make(loop, sizeof(loop), EM_X86_64);
	double sum = 0;

	CHECK_EQ(l->n_events, 0, "no samples at first");
	listing_count(l, 2, wholes, hits, ARRAY_SIZE(hits));
	CHECK_EQ(listing_amount(l, 1, 0)->period, 700, "hits in the middle of an instruction are its own");
	CHECK_EQ(listing_amount(l, 4, 1)->count, 5, "each event has its own");
	CHECK_EQ(l->sums[0].period, 1000, "what is outside, or of an unknown event, is left out");
	for (uint32_t row = 0; row < l->rows.len; row++)
		sum += listing_percent(l, listing_amount(l, row, 0), 0, PERCENT_LOCAL_PERIOD);
	CHECK(sum > 99.999 && sum < 100.001, "percentages of the function are 100 together");
	CHECK_EQ((int)listing_percent(l, listing_amount(l, 1, 0), 0, PERCENT_LOCAL_PERIOD), 70, "local period");
	CHECK_EQ((int)(listing_percent(l, listing_amount(l, 1, 0), 0, PERCENT_LOCAL_HITS) * 100), 7777, "local hits");
	CHECK_EQ((int)(listing_percent(l, listing_amount(l, 1, 0), 0, PERCENT_GLOBAL_PERIOD) * 100), 1750, "global period");
	CHECK_EQ((int)(listing_percent(l, listing_amount(l, 1, 0), 0, PERCENT_GLOBAL_HITS) * 100), 3888, "global hits");
	CHECK_EQ((int)listing_percent(l, listing_amount(l, 1, 1), 1, PERCENT_LOCAL_PERIOD), 0, "0 of something");
	listing_count(l, 1, NULL, hits, 1);
	CHECK_EQ(l->sums[0].period, 600, "counts are set anew");
	CHECK_EQ((int)listing_percent(l, listing_amount(l, 1, 0), 0, PERCENT_GLOBAL_PERIOD), 100, "no wholes: all is local");
	listing_destroy(l);
}

static void test_other_machines(void)
{
	/* bl 0x3000; b.eq 0x1000; cbz x0, 0x100c; ret */
	static const uint32_t arm[] = { 0x94000800, 0x54ffffe0, 0xb4000020, 0xd65f03c0 };
	struct listing *l = make(arm, sizeof(arm), EM_AARCH64);
	const struct listing_row *r = l->rows.data;

	CHECK_EQ(l->rows.len, 4, "aarch64");
	CHECK_STR(r[0].text, "bl     3000", "a call");
	CHECK_STR(r[0].name, "puts@plt", "with its name");
	CHECK(r[1].flow == FLOW_BRANCH && r[1].target == 0, "a conditional branch");
	CHECK(r[2].flow == FLOW_BRANCH && r[2].target == 3, "compare and branch");
	CHECK_EQ(r[3].flow, FLOW_RETURN, "return");
	listing_destroy(l);
}

/* vaddph %zmm1,%zmm0,%zmm0 (AVX512-FP16), which capstone 4 has never heard of; ret */
static const uint8_t young[] = { 0x62, 0xf5, 0x7c, 0x48, 0x58, 0xc1, 0xc3 };

static void test_unknown(void)
{
	struct instructions in;
	struct code code = { .address = 0x1000, .bytes = young, .size = sizeof(young), .machine = EM_X86_64 };
	struct disassembler missing = { .objdump = "/nonexistent/objdump" }, how = { 0 };
	size_t covered = 0;

	CHECK_ERR(disassembler_read(&missing, &code, &in), "/nonexistent/objdump", "an objdump that is not there");
	instructions_deinit(&in);
	if (access("/usr/bin/objdump", X_OK)) {
		SKIP(2, "no objdump");
	} else {
		CHECK_OK(disassembler_read(&how, &code, &in), "an instruction that capstone does not know");
		CHECK_STR(instruction_text(&in, in.all.data), "vaddph %zmm1,%zmm0,%zmm0", "is objdump's");
		instructions_deinit(&in);
	}
	/* Bytes that are nothing: one byte each, and what follows is found again. */
	static const uint8_t bad[] = { 0x06, 0x90, 0x06, 0xc3 };
	code.bytes = bad;
	code.size = sizeof(bad);
	CHECK_OK(disassembler_read(&how, &code, &in), "bytes that are no instruction");
	for (size_t i = 0; i < in.all.len; i++)
		covered += in.all.data[i].size;
	CHECK_EQ(covered, sizeof(bad), "every byte is in a row");
	CHECK_STR(instruction_text(&in, in.all.data), ".byte  0x06", "as a byte");
	CHECK_STR(instruction_text(&in, &in.all.data[1]), "nop", "and the next one is found");
	instructions_deinit(&in);
	code.machine = EM_AVR;
	CHECK_ERR(disassembler_read(&how, &code, &in), "no disassembler", "code of a machine nobody knows");
	instructions_deinit(&in);
}

static void test_refused(void)
{
	struct listing_request request = { .code = { .address = 0x1000, .machine = EM_X86_64 } };
	struct listing *l;

	CHECK_ERR(listing_create(&request, &l), "no code", "an empty function");
	request.code.size = CODE_MAX + (size_t)1;
	request.code.bytes = xcalloc(1, request.code.size);
	CHECK_ERR(listing_create(&request, &l), "bytes long", "one that is too long");
	free((void *)request.code.bytes);
}

static void test_source(void)
{
	char path[] = "/tmp/ptk-source-XXXXXX";
	autoclose int fd = mkstemp(path);
	struct sources s = { 0 };
	static const char text[] = "one\n\ttwo\033[31m\r\nthree";

	CHECK(write(fd, text, sizeof(text) - 1) == sizeof(text) - 1, "a source file");
	CHECK_STR(source_line(&s, path, 1), "one", "its first line");
	CHECK_STR(source_line(&s, path, 2), "        two?[31m", "tabs are spaces, and nothing steers the terminal");
	CHECK_STR(source_line(&s, path, 3), "three", "the last line has no newline");
	CHECK(!source_line(&s, path, 4) && !source_line(&s, path, 0), "there are no others");
	CHECK(!source_line(&s, "/dev/zero", 1), "a device is no source");
	CHECK(!source_line(&s, "/nonexistent/x.c", 1), "a file that is not there has no lines");
	sources_deinit(&s);
	s = (struct sources){ .prefix = "/tmp", .strip = 2 };
	autofree char *moved = xasprintf("/build/project%s", path + strlen("/tmp"));
	CHECK_STR(source_line(&s, moved, 1), "one", "a prefix instead of the first folders");
	sources_deinit(&s);
	unlink(path);
}

int main(void)
{
	test_rows();
	test_counts();
	test_other_machines();
	test_unknown();
	test_refused();
	test_source();
	return tap_done();
}
