package dataset

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
)

// copyFiles copies a damaged project and its -wal, with zeros for what cannot be read,
// and for what is missing at the end: SQLite reads nothing of a file that is cut off.
func (r *rescuer) copyFiles(path, to string) error {
	if err := r.copyFile(path, to); err != nil {
		return err
	}
	if err := r.copyFile(path+"-wal", to+"-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(to, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 100)
	if _, err := f.ReadAt(head, 0); err != nil {
		return err
	}
	// https://www.sqlite.org/fileformat2.html#the_database_header
	size := int64(binary.BigEndian.Uint16(head[16:])) * int64(binary.BigEndian.Uint32(head[28:]))
	info, err := f.Stat()
	if err != nil || size <= info.Size() || size > 1<<42 {
		return err
	}
	return f.Truncate(size)
}

func (r *rescuer) copyFile(path, to string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	r.size += info.Size()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(r.salvage(out, in, info.Size()), out.Close())
}

// salvage copies size bytes, zeros where they cannot be read, as on a disk that fails.
func (r *rescuer) salvage(out io.Writer, in io.ReaderAt, size int64) error {
	const block = 4096 // of a disk
	buf := make([]byte, 256*block)
	for at := int64(0); at < size; {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		part := buf[:min(int64(len(buf)), size-at)]
		if _, err := in.ReadAt(part, at); err != nil {
			part = part[:min(block, len(part))]
			if _, err := in.ReadAt(part, at); err != nil {
				clear(part)
			}
		}
		if _, err := out.Write(part); err != nil {
			return err
		}
		at += int64(len(part))
	}
	return nil
}
