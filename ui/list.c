/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/list.h"

#include "ui/keys.h"

enum { WHEEL_LINES = 3, SHIFT_COLUMNS = 16 };

void list_count(struct list *list, size_t n)
{
	list->n = n;
	if (list->selected >= n)
		list->selected = n ? n - 1 : 0;
	if (list->top > list->selected)
		list->top = list->selected;
}

void list_select(struct list *list, size_t line)
{
	list->selected = line < list->n ? line : list->n ? list->n - 1 : 0;
	list->moved = list->selected > 0;
}

void list_show(struct list *list, size_t line)
{
	size_t above = list->page / 3;

	list_select(list, line);
	list->moved = true;
	if (list->selected < list->top || list->selected >= list->top + list->page)
		list->top = list->selected > above ? list->selected - above : 0;
}

void list_hold(struct list *list, size_t line)
{
	size_t on_screen = list->selected - list->top;

	list->selected = line;
	list->top = line > on_screen ? line - on_screen : 0;
}

void list_fit(struct list *list, unsigned page)
{
	list->page = page ? page : 1;
	list->beyond = false;
	if (list->selected < list->top)
		list->top = list->selected;
	if (list->selected >= list->top + list->page)
		list->top = list->selected - list->page + 1;
}

static void move_by(struct list *list, size_t lines, bool down)
{
	if (down)
		list_select(list, list->selected + lines);
	else
		list_select(list, list->selected > lines ? list->selected - lines : 0);
}

bool list_key(struct list *list, int key)
{
	switch (key) {
	case 'k': case KEY_GO_UP: move_by(list, 1, false); break;
	case 'j': case KEY_GO_DOWN: move_by(list, 1, true); break;
	case KEY_PAGE_UP: move_by(list, list->page, false); break;
	case ' ': case KEY_PAGE_DOWN: move_by(list, list->page, true); break;
	case KEY_WHEEL_UP: move_by(list, WHEEL_LINES, false); break;
	case KEY_WHEEL_DOWN: move_by(list, WHEEL_LINES, true); break;
	case KEY_GO_RIGHT: list->shift += list->beyond ? SHIFT_COLUMNS : 0; break;
	case KEY_GO_LEFT: list->shift -= list->shift ? SHIFT_COLUMNS : 0; break;
	case 'g': case KEY_FIRST: list_select(list, 0); break;
	case 'G': case KEY_LAST: list_select(list, list->n ? list->n - 1 : 0); break;
	default: return false;
	}
	return true;
}
