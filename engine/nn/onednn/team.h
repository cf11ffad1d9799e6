// The threads that compute: one team for each device, made once.
//
// oneDNN and this package's loops ask OpenMP for threads. team.c answers in libgomp's
// place, for threads that have a team; libgomp itself ends the program when the system
// refuses it a thread, at any parallel loop, because it makes and ends them as loops
// grow and shrink. It also waits by spinning for up to 3 ms, which keeps a window and
// other programs from the processor that all then wait for.
#ifndef TEAM_H
#define TEAM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

// A word that threads wait for the change of.
typedef struct od_word {
  _Alignas(64) _Atomic uint32_t value;
  _Atomic uint32_t sleepers;
} od_word;

typedef struct od_team od_team;

typedef struct od_member {
  od_team *team;
  pthread_t thread;
  int id;
} od_member;

struct od_team {
  int size, made; // threads, of which made are not the one that started the team
  od_word round;  // goes up with every loop
  od_word left;   // threads that are not done with it
  od_word phase;  // goes up with every barrier inside it
  _Atomic uint32_t arrived;
  void (*loop)(void *);
  void *arg;
  int wide, over; // threads that do the loop; no more loops come
  od_member members[];
};

// od_team_start makes the calling thread the first of a team of so many. Where the
// system gives only some of them it returns NULL, and how many.
od_team *od_team_start(int size, int *given);
// od_team_stop is for the thread that started the team, which may be NULL.
void od_team_stop(od_team *t);

#endif
