/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of which the screen shows some and one is selected: what all views have in common. All-zero is the top. */
#ifndef PTK_UI_LIST_H
#define PTK_UI_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	size_t n;		/* lines */
	size_t top, selected;
	unsigned page;		/* lines that the screen has room for; set by list_fit() */
	bool moved;		/* somebody chose a line: it is held when others move */
	unsigned shift;		/* columns of long texts that are out of sight to the left */
	bool beyond;		/* and some are to the right: for who draws to say */
};

/* There are so many lines now. */
void list_count(struct list *list, size_t n);
void list_select(struct list *list, size_t line);
/* Selects a line and, where it is not on the screen, scrolls until some lines are to be seen above it. */
void list_show(struct list *list, size_t line);
/* Selects a line and keeps it in the line of the screen where the selection stands. */
void list_hold(struct list *list, size_t line);
/* Room for so many lines: scrolls until the selected one is seen. To be called before they are drawn. */
void list_fit(struct list *list, unsigned page);
/* Moves by the key, Left and Right to where long texts can be read; false when it is none that moves. */
bool list_key(struct list *list, int key);

#endif
