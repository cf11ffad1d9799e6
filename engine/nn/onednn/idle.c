#include "idle.h"

#include <omp.h>

static void *team(void *arg) {
  od_idle *d = arg;
#pragma omp parallel num_threads(d->size)
  {
#pragma omp master
    {
      pthread_mutex_lock(&d->lock);
      d->there = 1;
      pthread_cond_broadcast(&d->change);
      pthread_mutex_unlock(&d->lock);
    }
  }
  pthread_mutex_lock(&d->lock);
  while (!d->over) pthread_cond_wait(&d->change, &d->lock);
  pthread_mutex_unlock(&d->lock);
  return NULL; // libgomp ends the team with its thread
}

int od_idle_start(od_idle *d, int threads) {
  int spare = omp_get_num_procs() - threads;
  d->size = 2 + (spare > 0 ? spare : 0);
  d->there = d->over = 0;
  pthread_mutex_init(&d->lock, NULL);
  pthread_cond_init(&d->change, NULL);
  d->started = !pthread_create(&d->thread, NULL, team, d);
  if (!d->started) return 0;
  pthread_mutex_lock(&d->lock);
  while (!d->there) pthread_cond_wait(&d->change, &d->lock);
  pthread_mutex_unlock(&d->lock);
  return 1;
}

void od_idle_stop(od_idle *d) {
  if (!d->started) return;
  pthread_mutex_lock(&d->lock);
  d->over = 1;
  pthread_cond_broadcast(&d->change);
  pthread_mutex_unlock(&d->lock);
  pthread_join(d->thread, NULL);
  pthread_cond_destroy(&d->change);
  pthread_mutex_destroy(&d->lock);
}
