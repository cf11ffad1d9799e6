package engine

import "image"

// pyramid is a picture and smaller copies of it, each smaller than the one before.
type pyramid []*image.RGBA

// pyramidStep is how much wider than a copy the picture is at least that it is made from.
// Copies of copies are a little softer, but a picture of 1920x1080 is read twice in the place of
// nine times. AP of mode scout on 49 illustrations and 60 scenes, 0.96 and 0.96 with copies of the
// picture itself, is 0.96 and 0.98 with 1.5, 0.96 and 0.95 with 2, 0.94 on the first with 1.2.
const pyramidStep = 1.5

// add fills a copy and keeps it. In haste it is made from another copy, for a scout, which
// takes 40 ms where the copies took 8. A network that takes 1,600 sees them as sharp as can be.
func (p *pyramid) add(pic *image.RGBA, haste bool) {
	from := (*p)[0]
	for _, larger := range (*p)[1:] {
		if haste && float64(larger.Rect.Dx()) >= pyramidStep*float64(pic.Rect.Dx()) && larger.Rect.Dx() < from.Rect.Dx() {
			from = larger
		}
	}
	resizeTo(pic, from)
	*p = append(*p, pic)
}
