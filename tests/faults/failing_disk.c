/* A disk that fails: loaded before the C library, it lets the n-th write below one folder fail.
 *
 * fail_at(n, errno, lasting): the n-th write or sync fails; if lasting, all later ones do, too (a full disk, on which
 * half of the n-th write still has room).  writes_seen(): how many there were since.  fail_at(0, 0, 0) heals the disk.
 * FAILING_WRITE in the environment: the disk is full from that write on.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long seen, fatal;
static int code, lasts;

void fail_at(long n, int error, int lasting) { seen = 0; fatal = n; code = error; lasts = lasting; }
long writes_seen(void) { return seen; }

static int watched(int fd) {
    const char *folder = getenv("FAILING_FOLDER"), *from_start = getenv("FAILING_WRITE");
    if (from_start && !fatal) fail_at(atol(from_start), ENOSPC, 1);
    char name[64], path[4096];
    if (!folder) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* 0: go on; 1: half of it has room; -1: fails. */
static int struck(int fd, int may_be_short) {
    if (!watched(fd)) return 0;
    seen++;
    if (!fatal || seen < fatal || (seen > fatal && !lasts)) return 0;
    if (seen == fatal && lasts && may_be_short) return 1;
    errno = code;
    return -1;
}

#define REAL(type, name, ...) ((type (*)(__VA_ARGS__)) dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t size) {
    int hit = struck(fd, size > 1);
    if (hit < 0) return -1;
    return REAL(ssize_t, write, int, const void *, size_t)(fd, data, hit ? size / 2 : size);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t place) {
    int hit = struck(fd, size > 1);
    if (hit < 0) return -1;
    return REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, data, hit ? size / 2 : size, place);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t place) { return pwrite64(fd, data, size, place); }
/* A sync needs no room: it fails on a broken disk, not on a full one. */
int fsync(int fd) { return code != ENOSPC && struck(fd, 0) ? -1 : REAL(int, fsync, int)(fd); }
int fdatasync(int fd) { return code != ENOSPC && struck(fd, 0) ? -1 : REAL(int, fdatasync, int)(fd); }
