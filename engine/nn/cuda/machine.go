package cuda

// Machine is a GPU as the backend sees it: memory, and kernels by name. Memory is named by
// addresses of the machine, which mean nothing to Go. What is launched runs in order and
// may still run when Launch returns; Upload, Download and Free wait for it. What Upload and Download copy lies
// in memory of Go without pointers, as C may see it. A failure that comes late is reported by whatever is called next.
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
	// Launch runs a kernel on grid blocks of so many threads. Each parameter takes eight
	// bytes: an address, a whole number or the bits of a float64.
	Launch(kernel string, grid [3]int, threads int, params []uint64) error
	Close() error
}
