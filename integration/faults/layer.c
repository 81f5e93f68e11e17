/* A file layer that counts what is done to files, and makes one call of them go wrong.
 *
 * It is loaded into a program (LD_PRELOAD, or /etc/ld.so.preload of a scratch root) and stands
 * between it and the C library: Python, LuaRocks, shells and their children alike. What is to
 * happen is written in a file that all of them map, see layer.py for the same structure. Only calls
 * that change something below one of the watched directories are counted and can go wrong.
 *
 * What stdio writes by itself is seen when its file is opened and when it is closed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utime.h>

enum { SIZE = 1 << 20, LOG = SIZE - 2048 };
enum { CREATE = 1, WRITE = 2, RENAME = 4, REMOVE = 8, MODE = 16, SYNC = 32 };
enum { NOTHING, KILL, TEAR, FAIL, SIGNAL };
enum { MAIN = 1, CALLER = 2, HOLD = 4 }; /* whom a kill meets; HOLD stops the caller */

struct control {
    /* `main` is the program under test, 0 where that is whoever makes the call */
    uint32_t armed, count, first, lasting, deed, number, whom, main, classes, fired, logged, spare;
    char below[2000]; /* directories, each ended by a line break */
    char log[LOG];    /* a line for each call: process, letter of its class, name, path */
};

static struct control *control;
static char own_path[PATH_MAX];
static char control_path[PATH_MAX] = "/faults/control";

__attribute__((constructor)) static void begin(void)
{
    Dl_info found;
    const char *named = getenv("FAULTS_CONTROL");
    if (named)
        snprintf(control_path, sizeof control_path, "%s", named);
    if (dladdr((void *)begin, &found))
        snprintf(own_path, sizeof own_path, "%s", found.dli_fname);
    int file = syscall(SYS_openat, AT_FDCWD, control_path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return;
    void *place = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    control = place == MAP_FAILED ? NULL : place;
}

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* Write the path of an open file or directory into `path`, "" for what has none. */
static void path_of(int file, char *path)
{
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
}

/* Write `name` as an absolute path into `path`; below `directory` where it is relative. */
static void absolute(int directory, const char *name, char *path)
{
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return;
    }
    if (directory != AT_FDCWD)
        path_of(directory, path);
    else if (!getcwd(path, PATH_MAX))
        path[0] = 0;
    size_t length = strlen(path);
    snprintf(path + length, PATH_MAX - length, "/%s", name);
}

static int is_watched(const char *path)
{
    for (const char *line = control->below; *line;) {
        const char *end = strchr(line, '\n');
        if (!end)
            return 0;
        size_t length = end - line;
        if (!strncmp(path, line, length) && (path[length] == '/' || !path[length]))
            return 1;
        line = end + 1;
    }
    return 0;
}

static void note(int class, const char *name, const char *path)
{
    char line[PATH_MAX + 100];
    int length = snprintf(line, sizeof line, "%d %d %s %s\n", getpid(), class, name, path);
    uint32_t place = __sync_fetch_and_add(&control->logged, length);
    if (place + length < LOG)
        memcpy(control->log + place, line, length);
}

static void send(pid_t process, int number)
{
    syscall(SYS_kill, process, number);
}

static void strike(void)
{
    int self = getpid(), main = control->main;
    unsigned whom = control->whom; /* another run may be set up while we are held */
    control->armed = 0;
    if (whom & MAIN && main && main != self)
        send(main, SIGKILL);
    if (whom & HOLD && main != self)
        send(self, SIGSTOP);
    if (whom & CALLER || main == self)
        send(self, SIGKILL);
}

/* Count a call. Return 0 where it may go on, -1 where only half of it, else the error. */
static int met(int class, const char *name, const char *path)
{
    if (!control || !control->armed || !is_watched(path))
        return 0;
    int saved = errno;
    uint32_t count = __sync_add_and_fetch(&control->count, 1);
    note(class, name, path);
    errno = saved;
    if (control->deed == NOTHING || !(control->classes & class) || count < control->first)
        return 0;
    if (control->fired && !control->lasting)
        return 0;
    control->fired = count;
    if (control->deed == KILL)
        strike();
    if (control->deed == SIGNAL)
        send(control->main ? (pid_t)control->main : getpid(), control->number);
    if (control->deed == TEAR)
        return -1;
    return control->deed == FAIL ? (int)control->number : 0;
}

static int met_name(int class, const char *name, int directory, const char *given)
{
    char path[PATH_MAX];
    if (!control || !control->armed)
        return 0;
    absolute(directory, given, path);
    return met(class, name, path);
}

static int met_file(int class, const char *name, int file)
{
    char path[PATH_MAX];
    struct stat status;
    if (!control || !control->armed)
        return 0;
    int saved = errno;
    int is_ours = !fstat(file, &status) && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
    if (is_ours)
        path_of(file, path);
    errno = saved;
    return is_ours ? met(class, name, path) : 0;
}

#define STOP(found)           \
    do {                      \
        int fault = (found);  \
        if (fault > 0) {      \
            errno = fault;    \
            return -1;        \
        }                     \
    } while (0)

/* ---- names ---- */

#define NAMED(class, type, name, words, directory, path, ...)      \
    type name words                                                \
    {                                                              \
        STOP(met_name(class, #name, directory, path));             \
        return REAL(name)(__VA_ARGS__);                            \
    }

NAMED(RENAME, int, rename, (const char *a, const char *b), AT_FDCWD, b, a, b)
NAMED(RENAME, int, renameat, (int d, const char *a, int e, const char *b), e, b, d, a, e, b)
NAMED(RENAME, int, renameat2, (int d, const char *a, int e, const char *b, unsigned f), e, b, d, a,
      e, b, f)
NAMED(CREATE, int, link, (const char *a, const char *b), AT_FDCWD, b, a, b)
NAMED(CREATE, int, linkat, (int d, const char *a, int e, const char *b, int f), e, b, d, a, e, b, f)
NAMED(CREATE, int, symlink, (const char *a, const char *b), AT_FDCWD, b, a, b)
NAMED(CREATE, int, symlinkat, (const char *a, int d, const char *b), d, b, a, d, b)
NAMED(CREATE, int, mkdir, (const char *a, mode_t m), AT_FDCWD, a, a, m)
NAMED(CREATE, int, mkdirat, (int d, const char *a, mode_t m), d, a, d, a, m)
NAMED(CREATE, int, creat, (const char *a, mode_t m), AT_FDCWD, a, a, m)
NAMED(CREATE, int, creat64, (const char *a, mode_t m), AT_FDCWD, a, a, m)
NAMED(CREATE, int, mkstemp, (char *a), AT_FDCWD, a, a)
NAMED(CREATE, int, mkstemp64, (char *a), AT_FDCWD, a, a)
NAMED(REMOVE, int, unlink, (const char *a), AT_FDCWD, a, a)
NAMED(REMOVE, int, unlinkat, (int d, const char *a, int f), d, a, d, a, f)
NAMED(REMOVE, int, rmdir, (const char *a), AT_FDCWD, a, a)
NAMED(REMOVE, int, remove, (const char *a), AT_FDCWD, a, a)
NAMED(MODE, int, chmod, (const char *a, mode_t m), AT_FDCWD, a, a, m)
NAMED(MODE, int, fchmodat, (int d, const char *a, mode_t m, int f), d, a, d, a, m, f)
NAMED(MODE, int, chown, (const char *a, uid_t u, gid_t g), AT_FDCWD, a, a, u, g)
NAMED(MODE, int, lchown, (const char *a, uid_t u, gid_t g), AT_FDCWD, a, a, u, g)
NAMED(MODE, int, fchownat, (int d, const char *a, uid_t u, gid_t g, int f), d, a, d, a, u, g, f)
NAMED(MODE, int, utime, (const char *a, const struct utimbuf *t), AT_FDCWD, a, a, t)
NAMED(WRITE, int, truncate, (const char *a, off_t n), AT_FDCWD, a, a, n)
NAMED(WRITE, int, truncate64, (const char *a, off64_t n), AT_FDCWD, a, a, n)

int utimensat(int directory, const char *name, const struct timespec times[2], int flags)
{
    if (name)
        STOP(met_name(MODE, "utimensat", directory, name));
    else
        STOP(met_file(MODE, "utimensat", directory));
    return REAL(utimensat)(directory, name, times, flags);
}

char *mkdtemp(char *name)
{
    int fault = met_name(CREATE, "mkdtemp", AT_FDCWD, name);
    if (fault > 0) {
        errno = fault;
        return NULL;
    }
    return REAL(mkdtemp)(name);
}

/* ---- opening ---- */

static int makes(int flags)
{
    return flags & (O_CREAT | O_TRUNC) || (flags & O_TMPFILE) == O_TMPFILE;
}

#define OPEN(name, words, directory, ...)                               \
    int name words                                                      \
    {                                                                   \
        va_list more;                                                   \
        va_start(more, flags);                                          \
        mode_t mode = makes(flags) ? va_arg(more, mode_t) : 0;          \
        va_end(more);                                                   \
        if (makes(flags))                                               \
            STOP(met_name(CREATE, #name, directory, path));             \
        return REAL(name)(__VA_ARGS__, mode);                           \
    }

OPEN(open, (const char *path, int flags, ...), AT_FDCWD, path, flags)
OPEN(open64, (const char *path, int flags, ...), AT_FDCWD, path, flags)
OPEN(openat, (int directory, const char *path, int flags, ...), directory, directory, path, flags)
OPEN(openat64, (int directory, const char *path, int flags, ...), directory, directory, path, flags)

#define FOPEN(name)                                                            \
    FILE *name(const char *path, const char *mode)                             \
    {                                                                          \
        int fault = mode[0] == 'r' ? 0 : met_name(CREATE, #name, AT_FDCWD, path); \
        if (fault > 0) {                                                       \
            errno = fault;                                                     \
            return NULL;                                                       \
        }                                                                      \
        return REAL(name)(path, mode);                                         \
    }

FOPEN(fopen)
FOPEN(fopen64)

int fclose(FILE *stream)
{
    int file = fileno(stream);
    int fault = file < 0 || !__fwritable(stream) || !__fpending(stream)
                    ? 0
                    : met_file(WRITE, "fclose", file);
    if (fault > 0)
        __fpurge(stream);
    if (fault < 0)
        strike();
    int ended = REAL(fclose)(stream);
    if (fault > 0) {
        errno = fault;
        return EOF;
    }
    return ended;
}

/* ---- contents ---- */

#define HALF(found, half)     \
    do {                      \
        int fault = (found);  \
        if (fault > 0) {      \
            errno = fault;    \
            return -1;        \
        }                     \
        if (fault < 0) {      \
            half;             \
            strike();         \
        }                     \
    } while (0)

ssize_t write(int file, const void *bytes, size_t size)
{
    if (file > 2)
        HALF(met_file(WRITE, "write", file), syscall(SYS_write, file, bytes, size / 2));
    return REAL(write)(file, bytes, size);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at)
{
    HALF(met_file(WRITE, "pwrite64", file), syscall(SYS_pwrite64, file, bytes, size / 2, at));
    return REAL(pwrite64)(file, bytes, size, at);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
    HALF(met_file(WRITE, "writev", file), (void)0);
    return REAL(writev)(file, parts, count);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t size)
{
    HALF(met_file(WRITE, "sendfile64", to), (void)0);
    return syscall(SYS_sendfile, to, from, at, size);
}

ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t size, unsigned flags)
{
    HALF(met_file(WRITE, "copy_file_range", to), (void)0);
    return REAL(copy_file_range)(from, a, to, b, size, flags);
}

#define OPENED(class, name, words, ...)            \
    int name words                                 \
    {                                              \
        STOP(met_file(class, #name, file));        \
        return REAL(name)(__VA_ARGS__);            \
    }

OPENED(WRITE, ftruncate, (int file, off_t n), file, n)
OPENED(WRITE, ftruncate64, (int file, off64_t n), file, n)
OPENED(MODE, fchmod, (int file, mode_t m), file, m)
OPENED(MODE, fchown, (int file, uid_t u, gid_t g), file, u, g)
OPENED(MODE, futimens, (int file, const struct timespec t[2]), file, t)
OPENED(SYNC, fsync, (int file), file)
OPENED(SYNC, fdatasync, (int file), file)

/* ---- programs: what we start is watched too, whatever environment it is given ---- */

int execve(const char *path, char *const words[], char *const environment[])
{
    char preload[PATH_MAX + 20], place[PATH_MAX + 20];
    size_t count = 0;
    int is_told = 0;
    for (; environment && environment[count]; count++)
        is_told |= !strncmp(environment[count], "FAULTS_CONTROL=", 15);
    if (!control || is_told || !getenv("FAULTS_CONTROL"))
        return REAL(execve)(path, words, environment);
    char *known[count + 3];
    for (size_t each = 0; each < count; each++)
        known[each] = environment[each];
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", own_path);
    snprintf(place, sizeof place, "FAULTS_CONTROL=%s", control_path);
    known[count] = preload;
    known[count + 1] = place;
    known[count + 2] = NULL;
    return REAL(execve)(path, words, known);
}
