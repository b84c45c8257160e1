/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions whose arguments a test knows: of each size and sign, behind pointers, in structs, returned, inlined. */
#include <stdint.h>
struct part { int32_t a; unsigned char low:3, high:5; };
struct whole { char name[8]; union { int32_t x; struct { int16_t y, z; }; }; struct part parts[2]; struct whole *next; double d; };
volatile long sink; int counter = 4711;
#define PROBED __attribute__((noinline, noclone))
PROBED long sizes(int8_t a, uint8_t b, int16_t c, uint16_t d, int32_t e, uint32_t f, int64_t g, uint64_t h) { sink += a + b + c + d + e + f + g + (long)h; return sink; }
PROBED int member(struct whole *w, const char *text) { sink += w->x + text[0]; return w->parts[1].a; }
PROBED const char *gives(int n) { sink += n; return n > 1 ? "hello" : "other"; }
PROBED struct whole *pointer(struct whole *w) { sink++; return w; }
PROBED unsigned char byte(double d, int after) { sink += (long)d; return (unsigned char)after; }
PROBED int loop(int n) {
	int sum = 0;
	for (int i = 0; i < n; i++)
		sum += (int)sink & 1; /* LINE */
	return sum;
}
static inline __attribute__((always_inline)) int twice(int inlined) { sink += inlined; return inlined * 2; }
PROBED int uses(int n) { sink += twice(n + 1); if (n > 3) return 5; return twice(n * 3); }
/* Structs by value: in one register, in two with a floating-point half (on x86_64), in memory. */
struct small { short a; unsigned char b; };
struct mixed { double d; int n; };
struct large { long first[4]; int last; };
PROBED int whole_struct(struct small small, struct mixed mixed, struct large large, int after) { sink += small.a + (long)mixed.d + mixed.n + large.first[0] + large.last + after; return after; }
int main(void)
{
	struct whole second = { .name = "second", .x = -7 }, w = { .name = "first", .y = 5, .z = -6, .parts = { { 1, 2, 3 }, { -1234, 5, 30 } }, .next = &second, .d = 1.5 };
	__asm__ volatile("" : : "r"(&w), "r"(&second) : "memory");	/* somebody reads them */
	sizes(-1, 200, -300, 60000, -70000, 4000000000u, -5000000000, 0x123456789abcdef0);
	member(&w, "some text");
	gives(2);
	pointer(&second);
	byte(1.5, 77);
	uses(4);
	whole_struct((struct small){ -2, 3 }, (struct mixed){ 0.5, -4 }, (struct large){ { 1 }, -5 }, 6);
	return loop(3) > 99;
}
