/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys, and what they are called in scripts and in the help. */
#ifndef PTK_UI_KEYS_H
#define PTK_UI_KEYS_H

/* Characters are themselves; these have names. */
enum key {
	KEY_NOTHING = -1,
	KEY_ERASE = 8,
	KEY_TAB = '\t',
	KEY_RETURN = '\n',
	KEY_ESCAPE = 27,
	KEY_GO_UP = 1000, KEY_GO_DOWN, KEY_GO_LEFT, KEY_GO_RIGHT, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_FIRST, KEY_LAST, KEY_BACK_TAB,
	KEY_WHEEL_UP, KEY_WHEEL_DOWN,
	KEY_NEW_SIZE,
	KEY_WAIT,		/* in scripts: until there is news */
	KEY_CLICK = 2000,	/* and more: the line of the screen, from 0 */
};

/* The first key of a script, <Down> and the like or a character; *keys goes behind it. KEY_NOTHING at its end. */
int key_next(const char **keys);
/* "Down", "x"; good until the next call with the same buffer. */
const char *key_word(int key, char buffer[8]);

#endif
