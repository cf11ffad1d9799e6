package cuda

// Machine is a GPU as the backend sees it: memory, and kernels by name. Memory is named by
// addresses of the machine, which mean nothing to Go. What is asked for happens in order
// and may still go on when a call returns; Download and Free wait for it. What Upload and
// Download copy lies in memory of Go without pointers, as C may see it, and is free again
// when they return. A failure that comes late is reported by whatever is called next.
type Machine interface {
	Name() string
	// Processors is how many blocks of a kernel run side by side at least.
	Processors() int
	// Tensor is whether the machine has the kernels for tf32.
	Tensor() bool
	// Alloc makes zeroed memory. Where there is too little its error is nn.ErrMemory.
	Alloc(bytes int) (uint64, error)
	Free(p uint64) error
	Upload(p uint64, src []byte) error
	Download(dst []byte, p uint64) error
	Launch(Launch) error
	// Record makes one piece of launches without running them. An error means that they can
	// still be launched one by one.
	Record([]Launch) (Piece, error)
	Close() error
}
