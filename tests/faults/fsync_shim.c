/* Loaded with LD_PRELOAD: sees every fsync and fdatasync of a program.
 *
 * FSYNC_COUNT=<file of 8 bytes>  counts them there (native-endian, in place).
 * FSYNC_STORE=<directory>, FSYNC_SHADOW=<directory>
 *     keeps in the second, for every file of the first, what it held when it was last synced, and
 *     drops what had been removed when the directory was last synced. So the shadow is what a
 *     machine that loses power may find: all that was synced, nothing that was only written.
 *
 * The file is read through the caller's own descriptor: opening and closing it here would drop
 * SQLite's locks. Where the shadow cannot be kept the program is stopped, or tests would be blind.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile uint64_t *counter;

static void fail(const char *what) {
    perror(what);
    abort();
}

__attribute__((constructor)) static void start(void) {
    const char *name = getenv("FSYNC_COUNT");
    if (!name) return;
    int file = open(name, O_RDWR | O_CLOEXEC);
    if (file < 0) fail("FSYNC_COUNT");
    void *map = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (map == MAP_FAILED) fail("FSYNC_COUNT");
    counter = map;
    close(file);
}

static void drop_removed(const char *store, const char *shadow) {
    char path[PATH_MAX];
    DIR *directory = opendir(shadow);
    if (!directory) fail("FSYNC_SHADOW");
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", store, entry->d_name);
        if (access(path, F_OK) == 0) continue;
        snprintf(path, sizeof path, "%s/%s", shadow, entry->d_name);
        if (unlink(path)) fail("unlink");
    }
    closedir(directory);
}

static void copy(int file, const char *name, const char *shadow) {
    static char buffer[1 << 20];
    char part[PATH_MAX], whole[PATH_MAX];
    snprintf(part, sizeof part, "%s/.part", shadow);
    snprintf(whole, sizeof whole, "%s/%s", shadow, name);
    int target = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (target < 0) fail("shadow");
    off_t at = 0;
    for (ssize_t n; (n = pread(file, buffer, sizeof buffer, at)) != 0; at += n)
        if (n < 0 || write(target, buffer, n) != n) fail("shadow");
    close(target);
    if (rename(part, whole)) fail("rename"); /* whole or not at all, whenever we are killed */
}

static void synced(int file) {
    if (counter) __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
    const char *store = getenv("FSYNC_STORE"), *shadow = getenv("FSYNC_SHADOW");
    if (!store || !shadow) return;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) fail("readlink");
    path[n] = 0;
    size_t length = strlen(store);
    if (strncmp(path, store, length)) return;
    pthread_mutex_lock(&lock);
    if (!path[length])
        drop_removed(store, shadow);
    else if (path[length] == '/' && !strchr(path + length + 1, '/') && !strstr(path, " (deleted)"))
        copy(file, path + length + 1, shadow);
    pthread_mutex_unlock(&lock);
}

int fsync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int result = real(file);
    if (!result) synced(file);
    return result;
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int result = real(file);
    if (!result) synced(file);
    return result;
}
