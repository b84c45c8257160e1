/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "os/virt.h"

#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"

/* The first CPU's lines are enough, and on a large machine the whole file takes the kernel milliseconds. */
static bool cpuinfo_says(const struct os *os)
{
	autofree char *path = os_path(os, "/proc/cpuinfo");
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[8192];
	ssize_t n = fd < 0 ? -1 : file_read_full(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return false;
	text[n] = '\0';
	char *flags = strstr(text, "\nflags");
	if (!flags)
		return false;
	flags[1 + strcspn(flags + 1, "\n")] = '\0';
	return strstr(flags, " hypervisor");
}

static bool exists(const struct os *os, const char *name)
{
	autofree char *path = os_path(os, "%s", name);

	return !access(path, F_OK);
}

/* Where the CPU does not tell (arm64): the firmware's own words. */
static bool firmware_says(const struct os *os)
{
	static const char *const files[] = { "/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/product_name" };
	static const char *const words[] = { "QEMU", "KVM", "VMware", "VirtualBox", "innotek", "Xen", "Bochs",
					     "Virtual Machine", "Google Compute", "Amazon EC2", "OpenStack", "Parallels" };

	if (exists(os, "/proc/device-tree/hypervisor") || exists(os, "/sys/hypervisor/type"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		autofree char *line = os_read_line(os, files[i]);
		for (size_t j = 0; line && j < ARRAY_SIZE(words); j++)
			if (strstr(line, words[j]))
				return true;
	}
	return false;
}

static bool in_container(const struct os *os)
{
	static const char *const words[] = { "docker", "kubepods", "containerd", "lxc", "libpod", "crio" };
	autostrbuf struct strbuf cgroups = { 0 };

	if (exists(os, "/.dockerenv") || exists(os, "/run/.containerenv") || exists(os, "/run/systemd/container"))
		return true;
	if (!os_read(os, "/proc/1/cgroup", &cgroups))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(strbuf_str(&cgroups), words[i]))
			return true;
	return false;
}

/* The PMU of a CPU has a sysfs name that the architecture picks; it is the one with a "cpus" file, or called cpu. */
static bool has_cpu_pmu(const struct os *os)
{
	autofree char *path = os_path(os, "/sys/bus/event_source/devices");
	autodir DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		autofree char *cpus = os_path(os, "/sys/bus/event_source/devices/%s/cpus", entry->d_name);
		if (!strcmp(entry->d_name, "cpu") || !strncmp(entry->d_name, "armv", 4) || !access(cpus, F_OK))
			return true;
	}
	return false;
}

void virt_read(const struct os *os, struct virt *virt)
{
	virt->machine = cpuinfo_says(os) || firmware_says(os);
	virt->container = in_container(os);
	virt->cpu_pmu = has_cpu_pmu(os);
}
