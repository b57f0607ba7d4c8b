/* A slow disk, as a program sees it: every write to a regular file takes a millisecond, every sync SLOW_DISK_MS. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static long sync_ms = 20;

__attribute__((constructor)) static void begin(void) {
  const char *given = getenv("SLOW_DISK_MS");
  if (given) sync_ms = atol(given);
  fprintf(stderr, "slow disk: %ld ms a sync\n", sync_ms);
}

static void hold(int fd, long ms) {
  struct stat found;
  if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) return;
  struct timespec pause = {ms / 1000, (ms % 1000) * 1000000L};
  nanosleep(&pause, NULL);
}

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

int fsync(int fd) {
  hold(fd, sync_ms);
  return REAL("fsync", int (*)(int))(fd);
}

int fdatasync(int fd) {
  hold(fd, sync_ms);
  return REAL("fdatasync", int (*)(int))(fd);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  hold(fd, 1);
  return REAL("write", ssize_t (*)(int, const void *, size_t))(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at) {
  hold(fd, 1);
  return REAL("pwrite64", ssize_t (*)(int, const void *, size_t, off_t))(fd, bytes, count, at);
}
