/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Built without ncurses: there is no screen. */
#include "ui/screen.h"

struct error *screen_open(struct screen **screen)
{
	*screen = NULL;
	return error_hint(error_create("this ptk was built without ncurses"), "--stdio prints text");
}

int screen_keys(const struct screen *screen)
{
	(void)screen;
	return -1;
}

void screen_size(const struct screen *screen, unsigned *rows, unsigned *cols)
{
	(void)screen;
	*rows = *cols = 0;
}

void screen_draw(struct screen *screen, const struct grid *grid)
{
	(void)screen;
	(void)grid;
}

int screen_key(struct screen *screen)
{
	(void)screen;
	return KEY_NOTHING;
}

void screen_suspend(struct screen *screen, void (*stop)(void))
{
	(void)screen;
	(void)stop;
}

void screen_disown(void)
{
}

void screen_close(struct screen *screen)
{
	(void)screen;
}
