// Networks that compute with bytes. See nn.ByteNet.
#ifndef BYTES_H
#define BYTES_H

#include "onednn.h"

typedef struct od_bytes od_bytes;             // a network
typedef struct od_bytes_graph od_bytes_graph; // the network for pictures of one size

od_err od_bytes_new(od_dev *dev, int layers, od_bytes **net);
// od_bytes_add adds a layer over so many channels and copies what it is given: a convolution
// of weight with scale, or of floats, each with a bias; a pooling where all are NULL.
od_err od_bytes_add(od_bytes *net, od_spec s, int channels, int rounded, const int8_t *weight, const float *floats,
    const float *bias, const float *scale);
void od_bytes_free(od_bytes *net); // after its graphs

// od_bytes_graph_new makes the network for so many pictures.
od_err od_bytes_graph_new(od_bytes *net, int count, int h, int w, od_bytes_graph **g);
int od_bytes_slow(od_bytes_graph *g); // whether the library lacks fast code for a layer
od_buf *od_bytes_output(od_bytes_graph *g);
// od_bytes_run computes pix, (count,h,w,4), into out, row-major.
od_err od_bytes_run(od_bytes_graph *g, const uint8_t *pix, float *out);
void od_bytes_graph_free(od_bytes_graph *g);

#endif
