#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernel probes in a guest (tests/vm/mirror), arguments by BTF: what a program sends is what they show.
. "${top_srcdir:?}/tests/lib/tap.sh"

guest=$top_srcdir/tests/vm/mirror
why=$("$guest" --ready 2>&1) || { skip 1 "$why"; done_testing; }
[ "$(uname -m)" = x86_64 ] || { skip 1 "the guest is an x86_64 one"; done_testing; }

cat >send.c <<'C'
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int l = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
	static char data[1234];
	bind(l, (void *)&a, len), listen(l, 1), getsockname(l, (void *)&a, &len);
	if (!fork()) {
		int c = accept(l, 0, 0);
		close(fd);
		while (read(c, data, sizeof(data)) > 0)
			;
		_exit(0);
	}
	if (connect(fd, (void *)&a, len))
		return 1;
	for (int i = 0; i < 5; i++)
		write(fd, data, sizeof(data));
	close(fd);
	return wait(0) < 0;
}
C
$CC -o send send.c 2>log || { skip 1 "no compiler"; done_testing; }
cat >job <<JOB
cd /tmp; P=$PTK
say() { echo "== \$1"; shift; timeout 60 "\$@" 2>&1; echo "status \$?"; }
say add \$P probe 'tcp_sendmsg size sk->__sk_common.skc_state proto=sk->__sk_common.skc_prot->name:string'
say ret \$P probe 'tcp_sendmsg%return \$retval'
say gone \$P probe 'tcp_sendmsg%return size'
say again \$P probe tcp_sendmsg
\$P record -q -o d -e 'probe:tcp_sendmsg*' -a -- $TMP/send
say script \$P script -i d
\$P record -q -o e -e probe:tcp_sendmsg --filter 'size > 2000' -a -- $TMP/send
say filtered \$P script -i e
say list \$P probe -l
say del \$P probe -d 'probe:tcp_*'
say module \$P probe -D 'p9_client_read fid offset'
say blacklist \$P probe irqentry_enter
say ambiguous \$P probe t_show
say count \$P stat -x, -e kprobe:tcp_sendmsg,kretprobe:tcp_sendmsg,kprobe:tcp_sendmsg+4 -a -- $TMP/send
say nosuch \$P stat -e kprobe:nosuch true
say watch \$P probe --watch 'tcp_sendmsg size' -- $TMP/send
say left sh -c 'cat /sys/kernel/tracing/kprobe_events; ls /sys/kernel/tracing/instances'
say user setpriv --reuid 65534 --clear-groups \$P probe tcp_sendmsg
mount -o remount,ro /sys/kernel/tracing
say readonly \$P probe tcp_sendmsg
JOB
all=$(GUEST_TIMEOUT=150 "$guest" bash "$TMP/job" 2>&1); status=$?
# An emulated machine beside other tests may starve, or be too small for a build with sanitizers: that says nothing of ptk.
case $status in 124|125) skip 1 "the guest did not come to its end: $(tail -n 1 <<<"$all")"; done_testing;; esac
is "the guest ran" 0 $status
part() { sed -n "/^== $1\$/,/^status /p" <<<"$all"; }
has "a probe with arguments by name" 'Added new event' "$(part add)"
is "each hit shows what was sent, from a connection that stands" 5 "$(part script | grep -Ec 'tcp_sendmsg: \(.*\) size=0x4d2 skc_state=0x1 proto="TCP"')"
is "each return shows what was sent, signed" 5 "$(part script | grep -Ec 'tcp_sendmsg__return: \(.*\) arg1=1234$')"
has "arguments are refused at a return" 'not known any more' "$(part gone)"
has "names that clash get a number" 'probe:tcp_sendmsg_1' "$(part again)"
lacks "a filter over an argument holds back what does not fit" 'size=' "$(part filtered)"
has "-l lists them" 'probe:tcp_sendmsg +\(on tcp_sendmsg with size skc_state proto\)' "$(part list)"
is "-d removes them" 3 "$(part del | grep -c '^Removed event')"
has "a module's function, by its own BTF" 'fid=%di:x64 offset=%si:' "$(part module)"
has "one that must not be probed" 'must not be probed' "$(part blacklist)"
has "one of several of a name" 'functions are called t_show' "$(part ambiguous)"
is "probes that go away by themselves count" 3 "$(part count | grep -Ec '^5,,k(ret)?probe:tcp_sendmsg')"
has "a function that there is not" 'no function nosuch' "$(part nosuch)"
is "--watch shows each hit" 5 "$(part watch | grep -c 'size=0x4d2')"
is "nothing is left behind" "$(printf '== left\nstatus 0')" "$(part left)"
has "who may not is told" 'for root|Permission denied' "$(part user)"
has "a read-only tracefs is told" 'read-only' "$(part readonly)"
done_testing
