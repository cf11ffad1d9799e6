#define _GNU_SOURCE // SYS_gettid
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"

#define OD_NICE 10

static __thread char message[160];

od_err od_fail(const char *what, dnnl_status_t s) {
  const char *why = s == dnnl_out_of_memory ? "out of memory"
      : s == dnnl_unimplemented             ? "not implemented for this shape"
      : s == dnnl_invalid_arguments         ? "invalid arguments"
                                            : "failed in oneDNN";
  snprintf(message, sizeof message, "%s: %s (status %d)", what, why, (int)s);
  return message;
}

od_err od_no_memory(size_t bytes) {
  snprintf(message, sizeof message, "out of memory: %.0f MB more are needed", bytes / 1e6);
  return message;
}

static od_err no_threads(int given, int wanted) {
  snprintf(message, sizeof message,
      "the system gives %d of %d threads: end other programs, or compute with fewer threads", given, wanted);
  return message;
}

const char od_full[] = "the kernel has more parts than its lists hold";

const char *od_version(void) {
  static __thread char text[48];
  const dnnl_version_t *v = dnnl_version();
  snprintf(text, sizeof text, "oneDNN %d.%d", v->major, v->minor);
  return text;
}

od_err od_open(int threads, od_dev **out, int *given) {
  od_dev *d = calloc(1, sizeof *d);
  if (!d) return od_fail("device", dnnl_out_of_memory);
  // A window that waits for a key comes first. The team's threads inherit this one's
  // priority; where nothing else wants the processors it changes nothing.
  setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), OD_NICE);
  d->threads = threads;
  d->team = od_team_start(threads, given);
  if (!d->team) {
    od_close(d);
    return no_threads(*given, threads);
  }
  dnnl_status_t s = dnnl_engine_create(&d->engine, dnnl_cpu, 0);
  if (!s) s = dnnl_stream_create(&d->stream, d->engine, dnnl_stream_default_flags);
  if (s) {
    od_close(d);
    return od_fail("device", s);
  }
  *out = d;
  return NULL;
}

void od_close(od_dev *d) {
  if (d->stream) dnnl_stream_destroy(d->stream);
  if (d->engine) dnnl_engine_destroy(d->engine);
  od_team_stop(d->team);
  free(d);
}

double od_sgemm(int n, float *a, float *b, float *c) {
  struct timespec t0, t1;
  clock_gettime(CLOCK_MONOTONIC, &t0);
  if (dnnl_sgemm('N', 'N', n, n, n, 1, a, n, b, n, 0, c, n)) return -1;
  clock_gettime(CLOCK_MONOTONIC, &t1);
  return (t1.tv_sec - t0.tv_sec) + (t1.tv_nsec - t0.tv_nsec) * 1e-9;
}
