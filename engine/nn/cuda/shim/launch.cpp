// The kernels as C++, by name.
#define FRG_SHIM
#include <cstring>
#include <type_traits>
#include <utility>

#include "../kernels/kernels.cu"

extern "C" {
#include "launch.h"
}
#include "crew.h"

namespace {

// A parameter is eight bytes, whatever it is.
template <class P> P as(uint64_t bits) {
	static_assert(sizeof(P) == 8, "kernels take parameters of eight bytes");
	P p;
	std::memcpy(&p, &bits, 8);
	return p;
}

template <auto kernel> struct Call;
template <class... P, void (*kernel)(P...)> struct Call<kernel> {
	static const int count = sizeof...(P);
	template <size_t... i> static void spread(const uint64_t *a, std::index_sequence<i...>) { kernel(as<P>(a[i])...); }
	static void call(const uint64_t *a) { spread(a, std::index_sequence_for<P...>()); }
};

struct Entry {
	const char *name;
	int params;
	void (*call)(const uint64_t *);
};

#define ENTRY(NAME) {#NAME, Call<NAME>::count, Call<NAME>::call},
#define ENTRIES(END)                                                                                                       \
	ENTRY(conv_forward_##END) ENTRY(conv_data_##END) ENTRY(conv_weight_##END)                                               \
	ENTRY(dense_forward_##END) ENTRY(dense_data_##END) ENTRY(dense_weight_##END)

const Entry entries[] = {
	ENTRIES(f32_128) ENTRIES(f32_64) ENTRIES(tf32_128) ENTRIES(tf32_64)
	ENTRY(reduce) ENTRY(encode) ENTRY(augment) ENTRY(zoom_rows) ENTRY(zoom_cols) ENTRY(encode_part) ENTRY(mask) ENTRY(norm_sums) ENTRY(norm_forward) ENTRY(norm_gradients) ENTRY(norm_backward)
	ENTRY(pool_forward) ENTRY(pool_backward) ENTRY(dropout) ENTRY(loss) ENTRY(sgd)
	ENTRY(peak_f32) ENTRY(peak_tf32)
};

} // namespace

static const Entry *find(const char *name) {
	for (const Entry &e : entries)
		if (std::strcmp(e.name, name) == 0)
			return &e;
	return nullptr;
}

int frg_params(const char *name) {
	const Entry *e = find(name);
	return e ? e->params : -1;
}

int frg_launch(const char *name, int x, int y, int z, const uint64_t *args, int count) {
	const Entry *e = find(name);
	if (!e)
		return 1;
	if (e->params != count)
		return -e->params;
	run(e->call, args, x, y, z, 256);
	return 0;
}
