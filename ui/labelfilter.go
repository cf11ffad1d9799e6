package ui

import "frglab/dataset"

// labelFilter is which crops the Label tab shows and in which order: the state of its
// sidebar in one value. The zero value shows all, as they were added.
type labelFilter struct {
	verdict  int // one of the show constants
	find     int // one of the find constants
	title    string
	episode  string
	split    int // 0 both, 1 train, 2 valid
	proposer string
	twins    int // one of the twins constants
	minSide  int // of the longer side of the box, in pixels
	text     string
	order    order
	like     int64  // the crop that orderLike compares with
	only     string // what the list labelTab.only is called, of which alone it picks; "" without one
}

// The verdicts to show, in the order of the sidebar.
const (
	showAll = iota
	showUnchecked
	showFaces
	showOthers
	showUnsure
)

// What a review found, in the order of the sidebar.
const (
	findAny = iota
	findUncertain
	findDisagreeing
	findSuspected
)

// What to do with crops that are alike.
const (
	twinsShown = iota
	twinsFolded
	twinsOnly
)

// order is how the crops are sorted, in the order of the sidebar.
type order int

const (
	orderAdded order = iota
	orderNewest
	orderPlace
	orderScore
	orderUncertain
	orderDisagree
	orderSuspect
	orderLike
)

// toggle turns a find on or off. What was found comes worst first. Only crops that
// nobody has checked are worth a look for doubt, and only checked ones can be suspected.
func (f *labelFilter) toggle(find int) {
	if f.find == find {
		f.find, f.order, f.verdict = findAny, orderAdded, showAll
		return
	}
	f.find = find
	f.order = [...]order{orderAdded, orderUncertain, orderDisagree, orderSuspect}[find]
	f.verdict = [...]int{showAll, showUnchecked, showUnchecked, showAll}[find]
}

// query is the filter as the project understands it.
func (f labelFilter) query() dataset.Filter {
	q := dataset.Filter{
		Title: f.title, Episode: f.episode, Proposer: f.proposer, Text: f.text, MinSide: f.minSide,
		FoldTwins: f.twins == twinsFolded, OnlyTwins: f.twins == twinsOnly,
		Order: f.order.query(), Like: f.like,
	}
	switch f.verdict {
	case showUnchecked:
		q.Checked = new(false)
	case showFaces, showOthers, showUnsure:
		q.Checked, q.Class = new(true), new(dataset.Class(f.verdict-showFaces))
	}
	if f.split > 0 {
		q.Split = new(dataset.Split(f.split - 1))
	}
	switch f.find {
	case findUncertain:
		q.Uncertain = dataset.Doubt
	case findDisagreeing:
		q.Disagreeing = true
	case findSuspected:
		q.Suspected = dataset.Suspicion
	}
	return q
}

func (o order) query() dataset.Order {
	return [...]dataset.Order{
		dataset.ByAdded, dataset.ByNewest, dataset.ByPlace, dataset.ByScore,
		dataset.ByUncertainty, dataset.ByDisagreement, dataset.BySuspicion, dataset.BySimilarity,
	}[o]
}
