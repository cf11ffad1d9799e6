// A team of threads with nothing to do, which makes the working one polite.
//
// Between two loops libgomp's threads wait by spinning, for up to 3 ms. Where
// something else wants a processor (a window, a second program) the thread that all
// wait for is the one that does not run: measured at four times as many programs as
// processors, a step of training took 20 times as long as with sleeping threads.
// OMP_WAIT_POLICY=passive is the switch, but libgomp reads it before main does
// anything. It also stops spinning once it manages more threads than there are
// processors: so this keeps as many idle threads as that takes. They cost nothing.
#ifndef IDLE_H
#define IDLE_H

#include <pthread.h>

typedef struct od_idle {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t change;
  int size, started, there, over;
} od_idle;

// od_idle_start is for a program that works with so many threads; 0: it failed.
int od_idle_start(od_idle *d, int threads);
void od_idle_stop(od_idle *d);

#endif
