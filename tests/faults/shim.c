/*
 * What a machine does to a program, for tests: power loss, a full disk, a wrong clock, a listener on the wire.
 *
 * Loaded into a node with LD_PRELOAD; each part sleeps unless its environment variable is set.
 *
 * FAULT_HOME, FAULT_DISK: power loss. FAULT_DISK is a folder that holds what the disk would hold if the power
 * went now; the test kills the node and puts FAULT_DISK/tree in the place of FAULT_HOME. The model:
 *
 *   - the bytes of a file are on the disk as they were at its last fsync or fdatasync, and not one byte later;
 *     sync_file_range, closing and waiting put nothing there;
 *   - a name (created, renamed or removed) is on the disk when its folder was synced; beside that, syncing a
 *     file puts its present name there, as ext4, XFS and btrfs do. So a file replaced by renaming is the old
 *     one until the folder is synced;
 *   - a sync that was under way when the power went has put any part of its bytes there.
 *
 * Each file has an object, FAULT_DISK/objects/INODE, which a sync overwrites with what the file holds; names
 * are hard links to objects. Files mapped for writing, or opened to sync by themselves, are not modelled: the
 * program is stopped with a word.
 *
 * FAULT_FULL: while this file exists, nothing can be written below FAULT_HOME (ENOSPC).
 * FAULT_CLOCK: seconds by which the clock on the wall is wrong; monotonic clocks are right.
 * FAULT_TAPE: a folder in which every byte given to an internet socket is written down, a file per descriptor.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

typedef char Path[PATH_MAX];

static const char *home, *disk, *full, *tape;
static time_t shift;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void stop(const char *why, const char *what) {
    dprintf(2, "fault shim: %s: %s (%s)\n", why, what, strerror(errno));
    abort();
}

/* The function behind ours. */
#define REAL(result, name, ...)                                                \
    static result (*real)(__VA_ARGS__);                                        \
    if (!real) {                                                               \
        *(void **)&real = dlsym(RTLD_NEXT, #name);                             \
        if (!real) stop("no such function", #name);                            \
    }

__attribute__((constructor)) static void begin(void) {
    home = getenv("FAULT_HOME");
    disk = getenv("FAULT_DISK");
    full = getenv("FAULT_FULL");
    tape = getenv("FAULT_TAPE");
    const char *seconds = getenv("FAULT_CLOCK");
    shift = seconds ? atoll(seconds) : 0;
}

/* Writes down where an open file is, if below the home: "" for the home itself, else "/…". */
static int place(int file, Path at) {
    Path link, path;
    if (!home) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    size_t above = strlen(home);
    if (strncmp(path, home, above) || (path[above] && path[above] != '/')) return 0;
    struct stat live;
    if (stat(path, &live)) return 0; /* It has no name any more. */
    snprintf(at, PATH_MAX, "%s", path + above);
    return 1;
}

/* ---- power loss ---- */

static void join(Path out, const char *part, const char *rest) {
    if (snprintf(out, PATH_MAX, "%s/%s%s", disk, part, rest) >= PATH_MAX) stop("too long", rest);
}

static void object(Path out, ino_t file) {
    Path number;
    snprintf(number, sizeof number, "/%llu", (unsigned long long)file);
    join(out, "objects", number);
}

static void make_folders(const Path path) {
    Path part;
    for (const char *end = strchr(path + strlen(disk) + 1, '/'); end; end = strchr(end + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(end - path), path);
        if (mkdir(part, 0700) && errno != EEXIST) stop("mkdir", part);
    }
}

/* Gives an object a name. */
static void name_object(const Path from, const char *at) {
    Path to, beside;
    struct stat one, two;
    join(to, "tree", at);
    make_folders(to);
    if (!stat(to, &two) && !stat(from, &one) && one.st_ino == two.st_ino) return;
    join(beside, "new", "");
    unlink(beside);
    if (link(from, beside) || rename(beside, to)) stop("link", to);
}

static void sync_file(int file, const char *at, const struct stat *live) {
    Path link, to;
    static char bytes[1 << 20];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    object(to, live->st_ino);
    int in = open(link, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, live->st_mode & 07777);
    if (in < 0 || out < 0) stop("open", to);
    /* Overwritten in place: if the node is killed now, the disk holds part of the old and part of the new. */
    off_t end = 0;
    for (ssize_t length; (length = pread(in, bytes, sizeof bytes, end)) > 0; end += length)
        if (pwrite(out, bytes, length, end) != length) stop("write", to);
    if (ftruncate(out, end) || fchmod(out, live->st_mode & 07777)) stop("truncate", to);
    close(in);
    close(out);
    name_object(to, at);
}

static void forget(const Path path) {
    DIR *folder = opendir(path);
    if (!folder) {
        unlink(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        Path inside;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name) < PATH_MAX) forget(inside);
    }
    closedir(folder);
    rmdir(path);
}

/* Puts the names in a folder on the disk. `known`: the folder itself was synced, so even files of which no byte
   is there have their name. A folder that came by renaming keeps what the disk has of its files. */
static void sync_names(const char *at, int known) {
    Path live, held, from, inside;
    snprintf(live, sizeof live, "%s%s", home, at);
    join(held, "tree", at);
    make_folders(held);
    if (mkdir(held, 0700) && errno != EEXIST) stop("mkdir", held);
    DIR *folder = opendir(live);
    if (!folder) return;
    for (struct dirent *entry; (entry = readdir(folder));) {
        struct stat what;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (fstatat(dirfd(folder), entry->d_name, &what, AT_SYMLINK_NOFOLLOW)) continue;
        if (snprintf(inside, sizeof inside, "%s/%s", at, entry->d_name) >= PATH_MAX) continue;
        if (S_ISREG(what.st_mode)) {
            object(from, what.st_ino);
            if (access(from, F_OK)) {
                if (!known) continue;
                int empty = open(from, O_WRONLY | O_CREAT | O_CLOEXEC, what.st_mode & 07777);
                if (empty < 0) stop("open", from);
                close(empty);
            }
            name_object(from, inside);
        } else if (S_ISDIR(what.st_mode)) {
            join(from, "tree", inside);
            if (access(from, F_OK)) sync_names(inside, 0);
        }
    }
    closedir(folder);
    folder = opendir(held);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (snprintf(inside, sizeof inside, "%s/%s", live, entry->d_name) >= PATH_MAX) continue;
        struct stat what;
        if (!lstat(inside, &what)) continue;
        if (snprintf(inside, sizeof inside, "%s/%s", held, entry->d_name) < PATH_MAX) forget(inside);
    }
    if (folder) closedir(folder);
}

static int synced(int file) {
    Path at;
    struct stat live;
    if (!disk || fstat(file, &live) || !place(file, at)) return 0;
    pthread_mutex_lock(&turn);
    if (S_ISDIR(live.st_mode)) sync_names(at, 1);
    else if (S_ISREG(live.st_mode)) sync_file(file, at, &live);
    pthread_mutex_unlock(&turn);
    return 1;
}

int fsync(int file) {
    REAL(int, fsync, int);
    return synced(file) ? 0 : real(file);
}

int fdatasync(int file) {
    REAL(int, fdatasync, int);
    return synced(file) ? 0 : real(file);
}

/* A new file may have the inode of one that is gone: what the disk held under that number is not its own. */
static int opened(int file, int flags, int existed) {
    Path at, from;
    struct stat live;
    if (!disk || file < 0 || !place(file, at)) return file;
    if ((flags & O_DSYNC) || (flags & O_TMPFILE) == O_TMPFILE) stop("not modelled: open with", "O_SYNC or O_TMPFILE");
    if ((flags & O_CREAT) && !existed && !fstat(file, &live)) {
        pthread_mutex_lock(&turn);
        object(from, live.st_ino);
        unlink(from);
        pthread_mutex_unlock(&turn);
    }
    return file;
}

#define OPEN(name)                                                             \
    int name(const char *path, int flags, ...) {                               \
        REAL(int, name, const char *, int, ...);                               \
        va_list rest;                                                          \
        va_start(rest, flags);                                                 \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                          \
        int existed = !disk || !(flags & O_CREAT) || !access(path, F_OK);      \
        return opened(real(path, flags, mode), flags, existed);                \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                           \
    int name(int folder, const char *path, int flags, ...) {                   \
        REAL(int, name, int, const char *, int, ...);                          \
        va_list rest;                                                          \
        va_start(rest, flags);                                                 \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                          \
        int existed = !disk || !(flags & O_CREAT) || !faccessat(folder, path, F_OK, 0); \
        return opened(real(folder, path, flags, mode), flags, existed);        \
    }
OPENAT(openat)
OPENAT(openat64)

#define MMAP(name, offset_type)                                                \
    void *name(void *at, size_t length, int protection, int flags, int file, offset_type offset) { \
        REAL(void *, name, void *, size_t, int, int, int, offset_type);        \
        Path path;                                                             \
        if (disk && file >= 0 && (flags & MAP_SHARED) && (protection & PROT_WRITE) && place(file, path)) \
            stop("not modelled: mapped for writing", path);                    \
        return real(at, length, protection, flags, file, offset);              \
    }
MMAP(mmap, off_t)
MMAP(mmap64, off64_t)

/* ---- a full disk ---- */

static int is_full(int file) {
    Path at;
    if (!full || access(full, F_OK) || !place(file, at)) return 0;
    errno = ENOSPC;
    return 1;
}

#define PWRITE(name, offset_type)                                              \
    ssize_t name(int file, const void *bytes, size_t length, offset_type offset) { \
        REAL(ssize_t, name, int, const void *, size_t, offset_type);           \
        return is_full(file) ? -1 : real(file, bytes, length, offset);         \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

/* ---- a listener on the wire ---- */

static void record(int file, const struct iovec *parts, size_t count) {
    int family = 0;
    socklen_t size = sizeof family;
    if (!tape || getsockopt(file, SOL_SOCKET, SO_DOMAIN, &family, &size)) return;
    if (family != AF_INET && family != AF_INET6) return;
    Path path;
    snprintf(path, sizeof path, "%s/%d-%d", tape, (int)getpid(), file);
    int out = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (out < 0) stop("open", path);
    REAL(ssize_t, writev, int, const struct iovec *, int);
    if (real(out, parts, (int)count) < 0) stop("write", path);
    close(out);
}

static void record_bytes(int file, const void *bytes, size_t length) {
    struct iovec part = {(void *)bytes, length};
    record(file, &part, 1);
}

ssize_t write(int file, const void *bytes, size_t length) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (is_full(file)) return -1;
    record_bytes(file, bytes, length);
    return real(file, bytes, length);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    if (is_full(file)) return -1;
    record(file, parts, count);
    return real(file, parts, count);
}

ssize_t send(int file, const void *bytes, size_t length, int flags) {
    REAL(ssize_t, send, int, const void *, size_t, int);
    record_bytes(file, bytes, length);
    return real(file, bytes, length, flags);
}

ssize_t sendto(int file, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t size) {
    REAL(ssize_t, sendto, int, const void *, size_t, int, const struct sockaddr *, socklen_t);
    record_bytes(file, bytes, length);
    return real(file, bytes, length, flags, to, size);
}

ssize_t sendmsg(int file, const struct msghdr *message, int flags) {
    REAL(ssize_t, sendmsg, int, const struct msghdr *, int);
    record(file, message->msg_iov, message->msg_iovlen);
    return real(file, message, flags);
}

int sendmmsg(int file, struct mmsghdr *messages, unsigned count, int flags) {
    REAL(int, sendmmsg, int, struct mmsghdr *, unsigned, int);
    for (unsigned i = 0; i < count; i++) record(file, messages[i].msg_hdr.msg_iov, messages[i].msg_hdr.msg_iovlen);
    return real(file, messages, count, flags);
}

/* ---- a wrong clock ---- */

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, clock_gettime, clockid_t, struct timespec *);
    int result = real(clock, now);
    if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += shift;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    REAL(int, gettimeofday, struct timeval *, void *);
    int result = real(now, zone);
    if (!result) now->tv_sec += shift;
    return result;
}
