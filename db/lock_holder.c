/* SPDX-License-Identifier: MIT */
/* lock_holder.c - who holds a lock on the ledger, told from the kernel's list of locks.
 *
 * Asking with fcntl would mean opening the file again, and closing that again would drop the locks
 * this process has; reading /proc/locks harms nobody. Where there is no such list, nobody is named.
 */
#define _DEFAULT_SOURCE /* major, minor */
#include "db/ledger_internal.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* "process 4711 (stonad, user kari)". */
static void describe_process(long pid, char *text, size_t size) {
    char path[64], command[64] = "";
    struct stat status;
    (void)snprintf(path, sizeof path, "/proc/%ld/comm", pid);
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        if (fgets(command, sizeof command, file) == NULL)
            command[0] = '\0';
        command[strcspn(command, "\n")] = '\0';
        (void)fclose(file);
    }
    (void)snprintf(path, sizeof path, "/proc/%ld", pid);
    const struct passwd *user = stat(path, &status) == 0 ? getpwuid(status.st_uid) : NULL;
    if (command[0] != '\0' && user != NULL)
        (void)snprintf(text, size, "process %ld (%s, user %s)", pid, command, user->pw_name);
    else
        (void)snprintf(text, size, "process %ld", pid);
}

/* One row of /proc/locks: "1: POSIX  ADVISORY  WRITE 4711 fe:00:1234 1073741825 1073741825". */
static bool row_is_of(const char *row, const struct stat *file, bool *is_write, long *pid) {
    char access[16];
    unsigned device_major, device_minor;
    uint64_t inode;
    if (sscanf(row, "%*d: POSIX ADVISORY %15s %ld %x:%x:%" SCNu64, access, pid, &device_major,
               &device_minor, &inode) != 5)
        return false;
    *is_write = strcmp(access, "WRITE") == 0;
    return inode == file->st_ino && device_major == major(file->st_dev) &&
           device_minor == minor(file->st_dev) && *pid > 0;
}

void st_lock_holder(const char *path, char *text, size_t size) {
    struct stat status;
    char row[256];
    long found = 0;
    (void)snprintf(text, size, "another process");
    if (stat(path, &status) != 0)
        return;
    FILE *locks = fopen("/proc/locks", "re");
    if (locks == NULL)
        return;
    while (fgets(row, sizeof row, locks) != NULL) {
        bool is_write;
        long pid;
        if (!row_is_of(row, &status, &is_write, &pid))
            continue;
        if (is_write) { /* who writes is who must finish first */
            found = pid;
            break;
        }
        if (pid != (long)getpid())
            found = pid;
    }
    (void)fclose(locks);
    if (found > 0)
        describe_process(found, text, size);
}
