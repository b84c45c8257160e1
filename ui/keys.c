/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/keys.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

static const struct { const char *name; int key; } names[] = {
	{ "Up", KEY_GO_UP }, { "Down", KEY_GO_DOWN }, { "Left", KEY_GO_LEFT }, { "Right", KEY_GO_RIGHT },
	{ "PgUp", KEY_PAGE_UP }, { "PgDn", KEY_PAGE_DOWN }, { "Home", KEY_FIRST }, { "End", KEY_LAST },
	{ "Enter", KEY_RETURN }, { "Escape", KEY_ESCAPE }, { "Tab", KEY_TAB }, { "Shift-Tab", KEY_BACK_TAB }, { "BackTab", KEY_BACK_TAB },
	{ "Backspace", KEY_ERASE }, { "WheelUp", KEY_WHEEL_UP }, { "WheelDown", KEY_WHEEL_DOWN }, { "Wait", KEY_WAIT },
	{ "Space", ' ' },
};

int key_next(const char **keys)
{
	const char *s = *keys;
	unsigned line;
	int len = 0;

	if (!*s)
		return KEY_NOTHING;
	if (sscanf(s, "<Click%u>%n", &line, &len) == 1 && len && line < 1000) {
		*keys += len;
		return KEY_CLICK + (int)line;
	}
	for (size_t i = 0; *s == '<' && i < ARRAY_SIZE(names); i++) {
		size_t n = strlen(names[i].name);
		if (strncmp(s + 1, names[i].name, n) || s[n + 1] != '>')
			continue;
		*keys += n + 2;
		return names[i].key;
	}
	++*keys;
	return (unsigned char)*s;
}

const char *key_word(int key, char buffer[8])
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].key == key)
			return names[i].name;
	snprintf(buffer, 8, "%c", key);
	return buffer;
}
