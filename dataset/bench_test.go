package dataset

import (
	"os"
	"path/filepath"
	"testing"
)

// The budgets of the design: a project of 100,000 samples opens in less than 2 s, a label
// costs less than 5 ms. What else a window does on a page is measured beside it.
const many = 100_000

// manySamples is a project of 100,000 samples, a tenth of them unchecked, in 40 titles
// of 12 episodes. The crops are random bytes of the size of a 64x64 PNG, but for one.
func manySamples(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "many.frglab")
	p, err := Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	png := pngOf(b, filled(64, 64, red))
	if _, err := p.w.Exec(`
		WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 480)
		INSERT INTO sources SELECT i, '/anime/' || i || '.mkv', 'Show ' || (i % 40), i / 40, 'video', i % 40 < 8 FROM n;
		WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO samples SELECT i, 1 + i % 480, i % 2, i % 10 > 0, 0, i, i * 40000000, 0, 0, 64, 64, 'cascade', i % 97, 64, 64,
			randomblob(16) FROM n;
		INSERT INTO crops SELECT id, CASE WHEN id = 1 THEN ? ELSE randomblob(2000) END FROM samples`, many, png); err != nil {
		b.Fatal(err)
	}
	return path
}

func Benchmark100k(b *testing.B) {
	path := manySamples(b)
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			p, err := Open(path)
			if err != nil {
				b.Fatal(err)
			}
			p.Close()
		}
	})
	p, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	n := int64(0)
	b.Run("label", func(b *testing.B) {
		for b.Loop() {
			n++
			if err := p.Label(map[int64]Class{1 + n%many: Class(n / many % 3)}, "label"); err != nil {
				b.Fatal(err)
			}
		}
	})
	page := make([]int64, 100)
	b.Run("label/page of 100", func(b *testing.B) {
		for b.Loop() {
			n++
			changes := map[int64]Class{}
			for i := range page {
				page[i] = 1 + (n*100+int64(i))%many
				changes[page[i]] = Class(n % 3)
			}
			if err := p.Label(changes, "label page"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("undo and redo", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Undo(); err != nil {
				b.Fatal(err)
			}
			if _, err := p.Redo(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("label all", func(b *testing.B) {
		for b.Loop() {
			n++
			all := map[int64]Class{}
			for id := int64(1); id <= many; id++ {
				all[id] = Class((n + id) % 3)
			}
			if err := p.Label(all, "label all"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("undo and redo of all", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Undo(); err != nil {
				b.Fatal(err)
			}
			if _, err := p.Redo(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("history", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.History(50); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, c := range []struct {
		name   string
		filter Filter
	}{
		{"ids/all", Filter{}},
		{"ids/unchecked faces", Filter{Checked: new(false), Class: new(Face)}},
		{"ids/title", Filter{Title: "Show 7"}},
		{"ids/by place", Filter{Order: ByPlace}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := p.IDs(c.filter); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("samples/page of 100", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Samples(page); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("crop", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Crop(1); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Counts(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("stats", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Stats(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("view", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.View(Train); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("split", func(b *testing.B) {
		for b.Loop() {
			n++
			if err := p.AutoSplit(0.2, uint64(n)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkImport(b *testing.B) {
	dir := b.TempDir()
	const files = 1000
	for i := range files {
		img := filled(64, 64, red)
		for j := range img.Pix {
			if j%4 < 3 {
				img.Pix[j] = uint8((j>>3 + i) ^ (j>>9)*i)
			}
		}
		writeFile(b, filepath.Join(dir, "0", string(rune('a'+i%26)), string(rune('0'+i/26))+".jpg"), jpegOf(b, img))
	}
	for b.Loop() {
		p, err := Create(filepath.Join(b.TempDir(), "p.frglab"))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.ImportFolders(b.Context(), dir, nil); err != nil {
			b.Fatal(err)
		}
		p.Close()
		os.Remove(p.Path())
	}
	b.ReportMetric(float64(files*b.N)/b.Elapsed().Seconds(), "crops/s")
}
