package ref

// slide moves square filters over pictures, one pixel at a time: the forward pass
// of a convolution, and its backward pass to the input, where the gradient is the
// picture and the filters are turned round. The pictures are first copied into a
// frame of zeros, so that no filter reaches over an edge.
type slide struct {
	b          *Backend
	n, c, h, w int   // pictures and their size, with the frame
	side       int   // of a filter
	outs       int   // channels put out
	pad        int   // width of the frame; negative cuts the edges off
	under      []int // for each number under a filter, in order (c,ky,kx): where it is from the filter's corner
	corner     []int // for each pixel put out, over all pictures: where its filter's corner is
	to         []int // for each pixel put out: where it goes, in channel 0
	block      int   // pixels that a worker does at a time, a multiple of 3
	framePlane func(worker, i int)
	fillBlock  func(worker, i int)
	src, dst   []float32
	bias       []float32 // nil: none
	slope      float64
}

// newSlide plans filters of that side over (n,c,h,w) pictures in a frame.
func newSlide(b *Backend, x [4]int, outs, side, pad int) *slide {
	s := &slide{b: b, n: x[0], c: x[1], h: x[2] + 2*pad, w: x[3] + 2*pad, side: side, outs: outs, pad: pad, slope: 1}
	for c := range s.c {
		for ky := range side {
			for kx := range side {
				s.under = append(s.under, (c*s.h+ky)*s.w+kx)
			}
		}
	}
	oh, ow := s.h-side+1, s.w-side+1
	for n := range s.n {
		for y := range oh {
			for x := range ow {
				s.corner = append(s.corner, (n*s.c*s.h+y)*s.w+x)
				s.to = append(s.to, n*outs*oh*ow+y*ow+x)
			}
		}
	}
	// Half a megabyte of panels stays in a core's second cache; a few blocks for each worker
	// keep all busy to the end.
	s.block = 3 * max(1, min(1<<16/len(s.under), len(s.corner)/(4*b.team.size))/3)
	s.framePlane, s.fillBlock = s.framePlanes, s.fillBlocks
	b.scratch.reserve(s.n*s.c*s.h*s.w, 0, pairs(outs)*len(s.under), s.block/3*len(s.under), 0)
	return s
}

// pixels is how many pixels a channel has over all pictures.
func (s *slide) pixels() int { return len(s.corner) }

// plane is how many pixels a channel of one picture puts out.
func (s *slide) plane() int { return len(s.corner) / s.n }

// frame copies src into scratch.padded.
func (s *slide) frame(src []float32) {
	s.src = src
	s.b.team.run(s.n*s.c, s.framePlane)
}

func (s *slide) framePlanes(_, i int) {
	h, w := s.h-2*s.pad, s.w-2*s.pad
	src := s.src[i*h*w:][:h*w]
	dst := s.b.scratch.padded[i*s.h*s.w:][:s.h*s.w]
	clear(dst)
	for y := max(0, -s.pad); y < min(h, s.h-s.pad); y++ {
		row := src[y*w:][:w]
		if s.pad < 0 {
			row = row[-s.pad : w+s.pad]
		}
		copy(dst[(y+s.pad)*s.w+max(0, s.pad):], row)
	}
}

// fill computes dst from the framed pictures and the filters, which lie in
// scratch.pairs as one panel for each two channels.
func (s *slide) fill(dst []float32) {
	s.dst = dst
	s.b.team.run((s.pixels()+s.block-1)/s.block, s.fillBlock)
}

func (s *slide) fillBlocks(worker, i int) {
	k := len(s.under)
	first, end := i*s.block, min((i+1)*s.block, s.pixels())
	a := s.b.scratch.trios[worker]
	for p := first; p < end; p += 3 {
		s.gather(a[(p-first)/3*k:][:k], p)
	}
	for out := 0; out < s.outs; out += 2 {
		filters := s.b.scratch.pairs[out/2*k:][:k]
		for p := first; p < end; p += 3 {
			c := tile(a[(p-first)/3*k:][:k], filters)
			for j := range min(3, end-p) {
				s.put(p+j, out, c[j][0])
				if out+1 < s.outs {
					s.put(p+j, out+1, c[j][1])
				}
			}
		}
	}
}

// gather lays out what is under the filter at pixels p, p+1 and p+2.
func (s *slide) gather(panel []trio, p int) {
	last := s.pixels() - 1
	x := s.b.scratch.padded
	x0, x1, x2 := x[s.corner[p]:], x[s.corner[min(p+1, last)]:], x[s.corner[min(p+2, last)]:]
	for k, at := range s.under {
		panel[k] = trio{float64(x0[at]), float64(x1[at]), float64(x2[at])}
	}
}

func (s *slide) put(p, out int, sum float64) {
	if s.bias != nil {
		sum += float64(s.bias[out])
	}
	s.dst[s.to[p]+out*s.plane()] = activate(sum, s.slope)
}
