#define _GNU_SOURCE // RTLD_NEXT
#include "team.h"

#include <dlfcn.h>
#include <limits.h>
#include <linux/futex.h>
#include <omp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Where a thread stands: as number id of n in a loop, inside one that others do too.
static __thread struct {
  od_team *team;
  int id, n, inside;
} here = {.n = 1};

// patience is how long to wait awake, in ns: longer than most pauses between two loops
// and than it takes to wake a thread, and short where a program wants the processor.
enum { patience = 20000, glance = 16 };

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void pause_a_little(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

// await returns when the word is no longer old.
static void await(od_word *w, uint32_t old) {
  for (int64_t end = now() + patience; now() < end;)
    for (int i = 0; i < glance; i++) {
      if (w->value != old) return;
      pause_a_little();
    }
  w->sleepers++;
  while (w->value == old) syscall(SYS_futex, &w->value, FUTEX_WAIT_PRIVATE, old, NULL, NULL, 0);
  w->sleepers--;
}

// wake is for who has changed the word.
static void wake(od_word *w) {
  if (w->sleepers) syscall(SYS_futex, &w->value, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void *work(void *arg) {
  od_member *m = arg;
  od_team *t = here.team = m->team;
  here.id = m->id;
  here.inside = 1;
  void *volatile heap = malloc(1); // what glibc keeps for a thread, before memory is short
  free(heap);
  for (uint32_t round = 0;; round++) {
    await(&t->round, round);
    if (t->over) return NULL;
    here.n = t->wide;
    if (m->id < t->wide) t->loop(t->arg);
    if (--t->left.value == 0) wake(&t->left);
  }
}

od_team *od_team_start(int size, int *given) {
  size_t bytes = sizeof(od_team) + size * sizeof(od_member);
  od_team *t = aligned_alloc(64, (bytes + 63) / 64 * 64);
  *given = 0;
  if (!t) return NULL;
  *t = (od_team){.size = size};
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before); // the made threads inherit it: see doc.go
  while (t->made < size - 1) {
    od_member *m = &t->members[t->made];
    *m = (od_member){.team = t, .id = t->made + 1};
    if (pthread_create(&m->thread, NULL, work, m)) {
      *given = 1 + t->made;
      pthread_sigmask(SIG_SETMASK, &before, NULL);
      od_team_stop(t);
      return NULL;
    }
    t->made++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  here.team = t;
  return t;
}

// begin sends the made threads into the next round.
static void begin(od_team *t) {
  t->left.value = t->made;
  t->round.value++;
  wake(&t->round);
}

void od_team_stop(od_team *t) {
  if (!t) return;
  t->over = 1;
  begin(t);
  for (int i = 0; i < t->made; i++) pthread_join(t->members[i].thread, NULL);
  here.team = NULL;
  free(t);
}

static void spread(od_team *t, void (*loop)(void *), void *arg, int n) {
  t->loop = loop;
  t->arg = arg;
  t->wide = here.n = n;
  here.inside = 1;
  begin(t);
  loop(arg);
  for (uint32_t left; (left = t->left.value);) await(&t->left, left);
  here.n = 1;
  here.inside = 0;
}

// What GCC and oneDNN call. A thread without a team gets libgomp's own function.
#define THEIRS(name) \
  static __typeof__(name) *theirs; \
  if (!here.team && !theirs) theirs = (__typeof__(theirs))dlsym(RTLD_NEXT, #name)

void GOMP_parallel(void (*loop)(void *), void *arg, unsigned n, unsigned flags) {
  THEIRS(GOMP_parallel);
  od_team *t = here.team;
  if (!t) {
    theirs(loop, arg, n, flags);
    return;
  }
  if (n == 0 || n > (unsigned)t->size) n = t->size;
  if (n > 1 && !here.inside) {
    spread(t, loop, arg, n);
    return;
  }
  int id = here.id, outer = here.n; // alone, or a loop inside a loop
  here.id = 0;
  here.n = 1;
  loop(arg);
  here.id = id;
  here.n = outer;
}

void GOMP_barrier(void) {
  THEIRS(GOMP_barrier);
  od_team *t = here.team;
  if (!t) {
    theirs();
    return;
  }
  if (here.n == 1) return;
  uint32_t phase = t->phase.value;
  if (++t->arrived < (uint32_t)here.n) {
    await(&t->phase, phase);
    return;
  }
  t->arrived = 0;
  t->phase.value++;
  wake(&t->phase);
}

#define ANSWER(name, ours) \
  int name(void) { \
    THEIRS(name); \
    return here.team ? (ours) : theirs(); \
  }

ANSWER(omp_get_max_threads, here.team->size)
ANSWER(omp_get_num_threads, here.n)
ANSWER(omp_get_thread_num, here.id)
ANSWER(omp_in_parallel, here.inside)
