/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disasm/instructions.h"

#include <ctype.h>
#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"

/* ---- flow, by the words */

/* A mnemonic, or with a * behind it the beginning of several. */
struct flow_word {
	const char *word;
	enum flow flow;
};

static const struct flow_word x86_words[] = {
	{ "jmp*", FLOW_JUMP }, { "ljmp*", FLOW_JUMP }, { "j*", FLOW_BRANCH }, { "loop*", FLOW_BRANCH },
	{ "call*", FLOW_CALL }, { "lcall*", FLOW_CALL }, { "ret*", FLOW_RETURN }, { "lret*", FLOW_RETURN },
	{ "iret*", FLOW_RETURN }, { "sysret*", FLOW_RETURN }, { NULL },
};

static const struct flow_word aarch64_words[] = {
	{ "b", FLOW_JUMP }, { "br*", FLOW_JUMP }, { "b.*", FLOW_BRANCH }, { "cbz", FLOW_BRANCH }, { "cbnz", FLOW_BRANCH },
	{ "tbz", FLOW_BRANCH }, { "tbnz", FLOW_BRANCH }, { "bl", FLOW_CALL }, { "blr*", FLOW_CALL }, { "ret*", FLOW_RETURN },
	{ "eret*", FLOW_RETURN }, { NULL },
};

static const char *const x86_prefixes[] = { "bnd ", "notrack ", "repz ", "repne ", "rep ", "lock ", "data16 ", "addr32 ",
					    "cs ", "ds ", NULL };

static bool is_x86(uint16_t machine)
{
	return machine == EM_X86_64 || machine == EM_386;
}

static bool word_matches(const char *pattern, const char *word)
{
	size_t n = strlen(pattern);

	return pattern[n - 1] == '*' ? !strncmp(word, pattern, n - 1) : !strcmp(word, pattern);
}

static const char *behind_prefixes(const char *mnemonic)
{
	for (size_t i = 0; x86_prefixes[i]; i++) {
		size_t n = strlen(x86_prefixes[i]);
		if (!strncmp(mnemonic, x86_prefixes[i], n)) {
			mnemonic += n;
			i = (size_t)-1;
		}
	}
	return mnemonic;
}

static enum flow flow_of(uint16_t machine, const char *mnemonic)
{
	const struct flow_word *w = machine == EM_AARCH64 ? aarch64_words : is_x86(machine) ? x86_words : NULL;

	if (is_x86(machine))
		mnemonic = behind_prefixes(mnemonic);
	for (; w && w->word; w++)
		if (word_matches(w->word, mnemonic))
			return w->flow;
	return FLOW_NEXT;
}

/* ---- addresses among the operands */

/* A whole number: "0x1139", "-8", "#0x400"; false when anything but a space or < follows. */
static bool read_number(const char *s, uint64_t *value)
{
	char *end;

	s += *s == '#';
	if (!isdigit((unsigned char)s[*s == '-']))
		return false;
	*value = *s == '-' ? -(uint64_t)strtoull(s + 1, &end, 0) : strtoull(s, &end, 0);
	return !*end || *end == ' ' || *end == '<';
}

static const char *last_operand(const char *operands)
{
	const char *comma = strrchr(operands, ',');

	if (!comma)
		return operands;
	return comma + 1 + strspn(comma + 1, " ");
}

/* The displacement of "0x2ec4(%rip)", "[rip + 0x2ec4]", "[rip+0x2ec4]". */
static bool read_rip_relative(const char *operands, uint64_t *value)
{
	const char *att = strstr(operands, "(%rip)"), *intel = strstr(operands, "[rip");

	if (att) {
		const char *from = att;
		while (from > operands && (isxdigit((unsigned char)from[-1]) || from[-1] == 'x' || from[-1] == '-'))
			from--;
		autofree char *digits = xstrndup(from, (size_t)(att - from));
		return read_number(digits, value);
	}
	if (!intel)
		return false;
	intel += strlen("[rip") + strspn(intel + strlen("[rip"), " ");
	bool minus = *intel == '-';
	intel += (*intel == '+' || *intel == '-');
	autofree char *digits = xstrndup(intel + strspn(intel, " "), strcspn(intel + strspn(intel, " "), "]"));
	if (!read_number(digits, value))
		return false;
	*value = minus ? -*value : *value;
	return true;
}

/* What an instruction that goes to the next one refers to by an address relative to its own. */
static bool read_data(const struct code *code, const struct instruction *i, const char *mnemonic, const char *operands,
		      uint64_t *address)
{
	if (code->machine == EM_AARCH64)
		return !strcmp(mnemonic, "adr") && read_number(last_operand(operands), address);
	if (code->machine != EM_X86_64 || !read_rip_relative(operands, address))
		return false;
	*address += code->address + i->offset + i->size;
	return true;
}

/* ---- text */

/* Commas without spaces behind them, as objdump has operands; its own names and comments are left out. */
static void add_operands(struct strbuf *out, const char *operands)
{
	size_t start = out->len;

	for (const char *s = operands; *s && *s != '<' && *s != '\t' && strncmp(s, "  ", 2); s++) {
		strbuf_addc(out, *s);
		if (*s == ',')
			while (s[1] == ' ')
				s++;
	}
	while (out->len > start && out->data[out->len - 1] == ' ')
		strbuf_truncate(out, out->len - 1);
}

void instructions_add(struct instructions *in, const struct code *code, uint32_t offset, size_t size,
		      const char *mnemonic, const char *operands)
{
	struct instruction i = { .offset = offset, .size = (uint8_t)size, .text = (uint32_t)in->text.len,
				 .flow = (uint8_t)flow_of(code->machine, mnemonic) };
	const char *last = last_operand(operands);

	if (i.flow != FLOW_NEXT && i.flow != FLOW_RETURN)
		i.has_target = read_number(last, &i.target);
	if (!i.has_target)
		i.has_data = read_data(code, &i, mnemonic, operands, &i.target);
	if (*operands)
		strbuf_printf(&in->text, "%-6s ", mnemonic);
	else
		strbuf_adds(&in->text, mnemonic);
	if (i.has_target) {
		autofree char *before = xstrndup(operands, (size_t)(last - operands));
		add_operands(&in->text, before);
		strbuf_printf(&in->text, "%" PRIx64, i.target);
	} else {
		add_operands(&in->text, operands);
	}
	strbuf_tame(&in->text, i.text);
	strbuf_addc(&in->text, '\0');
	vec_push(&in->all, i);
}

size_t instructions_add_unknown(struct instructions *in, const struct code *code, uint32_t offset)
{
	size_t left = code->size - offset, size = !is_x86(code->machine) && left >= 4 ? 4 : 1;
	char operand[16];
	uint32_t word;

	if (size == 4) {
		memcpy(&word, code->bytes + offset, 4);
		snprintf(operand, sizeof(operand), "0x%08" PRIx32, word);
	} else {
		snprintf(operand, sizeof(operand), "0x%02x", code->bytes[offset]);
	}
	instructions_add(in, code, offset, size, size == 4 ? ".inst" : ".byte", operand);
	return size;
}

void instructions_clear(struct instructions *in)
{
	vec_clear(&in->all);
	strbuf_truncate(&in->text, 0);
}

void instructions_deinit(struct instructions *in)
{
	vec_deinit(&in->all);
	strbuf_deinit(&in->text);
}
