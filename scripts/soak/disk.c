/* A disk that fails, fills and slows down, and two kill points inside QuickFIX's file store: loaded with LD_PRELOAD.
 *
 * Only files below SOAK_DISK_PATH are concerned. SOAK_DISK_CONTROL names a file that the harness writes while the
 * processes run: errno of writes (0: none), errno of syncs, milliseconds that a write takes, that a sync takes, the
 * writes that still succeed, whether room is limited, and then the bytes of it that are left. Room is what all files
 * together may grow by, buffers of stdio included; a file that is deleted or cut gives its own back. What is written
 * over what is there already, or was reserved, needs none. KASE_FIX_KILL=store.stored:n or store.persisted:n ends the process at the n-th message
 * that is in the store's body but not counted, or counted but not sent.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct control { int write_errno, sync_errno, write_ms, sync_ms, still_good, limited; long long room; };

static struct control *control;
static const char *below;
static size_t below_length;
static long stored_left = -1, persisted_left = -1;
static __thread int body_written;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("SOAK_DISK_CONTROL"), *kill_at = getenv("KASE_FIX_KILL");
    below = getenv("SOAK_DISK_PATH");
    below_length = below ? strlen(below) : 0;
    if (name) {
        int file = open(name, O_RDWR | O_CLOEXEC);
        void *map = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (map != MAP_FAILED) control = map;
        if (file >= 0) close(file);
    }
    if (kill_at && !strncmp(kill_at, "store.stored:", 13)) stored_left = atol(kill_at + 13);
    if (kill_at && !strncmp(kill_at, "store.persisted:", 16)) persisted_left = atol(kill_at + 16);
}

static int is_ours(int file, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, size - 1);
    if (!below_length || length < 0) return 0;
    path[length] = 0;
    return !strncmp(path, below, below_length);
}

static void dawdle(int ms) {
    struct timespec wait = { ms / 1000, (ms % 1000) * 1000000L };
    if (ms) nanosleep(&wait, NULL);
}

static int fails(int file, int sync) {
    char path[4096];
    if (!control) return 0;
    int ms = sync ? control->sync_ms : control->write_ms;
    if (!(control->write_errno || control->sync_errno || ms)) return 0;
    if (!is_ours(file, path, sizeof path)) return 0;
    dawdle(ms);
    int number = sync ? control->sync_errno : control->write_errno;
    if (!number) return 0;
    if (__atomic_fetch_sub(&control->still_good, 1, __ATOMIC_SEQ_CST) > 0) return 0;
    errno = number;
    return 1;
}

/* Take the room a file needs to reach as far as `end`; tell whether there is none. */
static int lacks_room(int file, off_t end) {
    char path[4096];
    struct stat now;
    if (!control || !control->limited || fstat(file, &now) || !S_ISREG(now.st_mode) || end <= now.st_size) return 0;
    if (!is_ours(file, path, sizeof path)) return 0;
    long long more = end - now.st_size;
    if (__atomic_sub_fetch(&control->room, more, __ATOMIC_SEQ_CST) >= 0) return 0;
    __atomic_add_fetch(&control->room, more, __ATOMIC_SEQ_CST);
    errno = ENOSPC;
    return 1;
}

static void give_back(long long bytes) {
    if (control && bytes > 0) __atomic_add_fetch(&control->room, bytes, __ATOMIC_SEQ_CST);
}

static off_t reach(int file, size_t size) {
    struct stat now;
    int append = fcntl(file, F_GETFL) & O_APPEND;
    return (append && !fstat(file, &now) ? now.st_size : lseek(file, 0, SEEK_CUR)) + (off_t)size;
}

/* What is in a stream's buffer and cannot be written stays there, as with a real disk. */
static int stays(FILE *stream) {
    return __fpending(stream) && (fails(fileno(stream), 0) || lacks_room(fileno(stream), ftello(stream)));
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
    REAL(pwrite);
    return fails(file, 0) || lacks_room(file, at + (off_t)size) ? -1 : real(file, data, size, at);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    return fails(file, 0) || lacks_room(file, at + (off64_t)size) ? -1 : real(file, data, size, at);
}

ssize_t write(int file, const void *data, size_t size) {
    REAL(write);
    return fails(file, 0) || (control && control->limited && lacks_room(file, reach(file, size))) ? -1 : real(file, data, size);
}

int posix_fallocate(int file, off_t from, off_t length) {
    REAL(posix_fallocate);
    return fails(file, 0) || lacks_room(file, from + length) ? errno : real(file, from, length);
}

int posix_fallocate64(int file, off64_t from, off64_t length) {
    REAL(posix_fallocate64);
    return fails(file, 0) || lacks_room(file, from + length) ? errno : real(file, from, length);
}

static long long cut_off(int file, off_t length) {
    char path[4096];
    struct stat now;
    if (!control || fstat(file, &now) || now.st_size <= length || !is_ours(file, path, sizeof path)) return 0;
    return now.st_size - length;
}

int ftruncate(int file, off_t length) {
    REAL(ftruncate);
    long long less = cut_off(file, length);
    int result = real(file, length);
    if (!result) give_back(less);
    return result;
}

int ftruncate64(int file, off64_t length) {
    REAL(ftruncate64);
    long long less = cut_off(file, length);
    int result = real(file, length);
    if (!result) give_back(less);
    return result;
}

int unlink(const char *name) {
    REAL(unlink);
    int file = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    long long bytes = file < 0 ? 0 : cut_off(file, 0);
    if (file >= 0) close(file);
    int result = real(name);
    if (!result) give_back(bytes);
    return result;
}

int fdatasync(int file) {
    REAL(fdatasync);
    return fails(file, 1) ? -1 : real(file);
}

int fsync(int file) {
    REAL(fsync);
    return fails(file, 1) ? -1 : real(file);
}

static void cross(long *left) {
    if (*left > 0 && !__atomic_sub_fetch(left, 1, __ATOMIC_SEQ_CST)) kill(getpid(), SIGKILL);
}

static int ends_with(const char *path, const char *ending) {
    size_t length = strlen(path), end = strlen(ending);
    return length >= end && !strcmp(path + length - end, ending);
}

int fflush(FILE *stream) {
    REAL(fflush);
    if (stream && stays(stream)) return EOF;
    int result = real(stream);
    if (stream && (stored_left > 0 || persisted_left > 0)) {
        char path[4096];
        if (!is_ours(fileno(stream), path, sizeof path)) return result;
        if (ends_with(path, ".header")) {
            body_written = 1;
            cross(&stored_left);
        } else if (body_written && ends_with(path, ".seqnums")) {
            body_written = 0;
            cross(&persisted_left);
        }
    }
    return result;
}

int fseeko(FILE *stream, off_t offset, int whence) {
    REAL(fseeko);
    return stays(stream) ? -1 : real(stream, offset, whence);
}
