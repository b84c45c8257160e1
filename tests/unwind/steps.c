/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stack that is known at every instruction: main calls outer twice, that
 * middle, and that work, twice, and leaf. work is in a library and is looked
 * up when it is first called. With -DLIBRARY the library, else the program.
 */
#include <string.h>

/* What the compiler must have computed by now, and knows nothing of from here on. */
#define KEEP(x) __asm__ volatile("" : "+r"(x) : : "memory")

int work(int a, int b, int c, int d);

#ifdef LIBRARY
/* Has something in several registers that a callee keeps, room of its own, and two ways out. */
int work(int a, int b, int c, int d)
{
	size_t size = 40;
	char room[40];

	KEEP(size);
	memset(room, a, size);
	KEEP(a); KEEP(b); KEEP(c); KEEP(d);
	if (room[b & 31] == c)
		return d;
	return a * b + c * d + room[b & 31];
}
#else
/* Saves nothing. */
static __attribute__((noinline)) int leaf(int n)
{
	KEEP(n);
	return n * 3;
}

/* One way has no frame. */
__attribute__((noinline)) int middle(int n)
{
	int a = n, b = n + 1, sum;

	if (n > 5)
		return n;
	KEEP(a); KEEP(b);
	sum = work(a, b, n, a);
	sum += work(b, a, sum, n) + leaf(sum);
	KEEP(a); KEEP(b);
	return sum + a * b;
}

/* A frame whose size is not known before. */
__attribute__((noinline)) int outer(int n)
{
	char room[n];

	memset(room, n, (size_t)n);
	return middle(n) + room[n / 2];
}

int main(void)
{
	int sum = 0;

	for (int n = 5; n < 7; n++) {
		sum += outer(n);
		KEEP(sum);
	}
	return 0;
}
#endif
