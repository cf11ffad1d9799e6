#ifdef __cplusplus
extern "C" {
#endif

// frglab_threads sets how many threads an OpenCV call uses, and returns how many it did.
int frglab_threads(int n);

#ifdef __cplusplus
}
#endif
