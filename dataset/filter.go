package dataset

import (
	"fmt"
	"strings"
)

// Filter picks samples. The zero value picks all that were not removed; each field that
// is set narrows that. What reviews find out (twins, judgements, suspicion) is there
// after a Review.
type Filter struct {
	Class    *Class
	Checked  *bool
	Split    *Split
	Title    string // exact; "" is any, and so below
	Episode  string
	Proposer string
	// Proposers are any of several; one that ends in * is the beginning of a name.
	Proposers []string
	Text      string // somewhere in title, episode or path; capitals do not matter
	// MinSide and MaxSide bound the longer side of the box, of the crop where there is no
	// box, in pixels; 0 does not.
	MinSide, MaxSide int

	FoldTwins bool // without those that another sample is shown for
	OnlyTwins bool // only those with near-duplicates; with FoldTwins, one of each group

	Judged *bool // by a model
	// Uncertain, above 0, picks samples whose probability of a face is 0.5 give or take
	// so much at most.
	Uncertain float64
	// Disagreeing picks unchecked samples about which two detectors differ: the proposed
	// class is not the one the model finds likelier, or only one of cascade and network
	// proposed it where both looked at the frame.
	Disagreeing bool
	// Suspected, above 0, picks checked samples whose class is wrong with a higher
	// probability than this.
	Suspected float64

	Order Order
	Like  int64 // the sample that BySimilarity compares with
}

// Order is how Project.IDs sorts.
type Order int8

// The orders. Ties go by ID, and samples without what is asked for come last.
const (
	ByAdded        Order = iota // as they were added
	ByPlace                     // title, episode, file, frame
	ByScore                     // highest score first
	ByNewest                    // as they were added, backwards
	ByUncertainty               // those first of which the model is least sure
	ByDisagreement              // those first whose class the model finds least likely
	BySuspicion                 // those first whose label is most probably wrong
	BySimilarity                // to the sample Like, nearest first
	ByCluster                   // look-alikes together: see Clusters
)

// SQL for what a review found of samples s, with j for judgements. The column suspect
// holds a probability of a face, so that suspicion follows the class of now.
const (
	isFolded  = "s.id IN (SELECT t.sample FROM twins t CROSS JOIN samples l ON l.id = t.leader WHERE l.gone = 0)"
	hasFolded = "s.id IN (SELECT t.leader FROM twins t CROSS JOIN samples m ON m.id = t.sample WHERE m.gone = 0)"
	against   = "CASE s.class WHEN 0 THEN 1 - j.face WHEN 1 THEN j.face END"
	suspicion = "CASE WHEN s.checked = 0 OR j.confirmed = s.class + 1 THEN NULL WHEN s.class = 0 THEN 1 - j.suspect WHEN s.class = 1 THEN j.suspect END"
	side      = "CASE WHEN s.w > 0 THEN max(s.w, s.h) ELSE max(s.width, s.height) END"
)

// oneLooker is a proposal of one detector in a frame that both looked at: what both
// propose has a proposer of its own.
var oneLooker = fmt.Sprintf(`s.proposer IN ('%s', '%s') AND EXISTS (SELECT 1 FROM frames f
	WHERE f.source = s.source AND f.frame = s.frame AND f.state & %[3]d = %[3]d)`, "cascade", "cnn", LookedCascade|LookedCNN)

// picked is a Filter as SQL.
type picked struct {
	from, where string
	args        []any
}

// sql is the filter as SQL over samples s; with judged, judgements j are there to sort by.
func (f Filter) sql(judged bool) picked {
	q := picked{from: "samples s", where: "s.gone = 0"}
	add := func(cond string, args ...any) {
		q.where += " AND " + cond
		q.args = append(q.args, args...)
	}
	if f.Checked != nil {
		add("s.checked = ?", *f.Checked)
	}
	if f.Class != nil {
		add("s.class = ?", *f.Class)
	}
	if cond, args := f.ofSource(); cond != "" {
		add("s.source IN (SELECT id FROM sources o WHERE "+cond+")", args...)
	}
	if cond, args := f.ofProposer(); cond != "" {
		add(cond, args...)
	}
	if f.MinSide > 0 {
		add(side+" >= ?", f.MinSide)
	}
	if f.MaxSide > 0 {
		add(side+" <= ?", f.MaxSide)
	}
	if f.FoldTwins {
		add("NOT " + isFolded)
	}
	if f.OnlyTwins {
		add("(" + isFolded + " OR " + hasFolded + ")")
	}
	f.ofJudgement(add)
	if judged || f.Judged != nil || f.Uncertain > 0 || f.Disagreeing || f.Suspected > 0 {
		q.from += " LEFT JOIN judgements j ON j.sample = s.id"
	}
	return q
}

// ofSource are the conditions on the sample's source o.
func (f Filter) ofSource() (string, []any) {
	var conds []string
	var args []any
	if f.Split != nil {
		conds, args = append(conds, "o.split = ?"), append(args, *f.Split)
	}
	if f.Title != "" {
		conds, args = append(conds, "o.title = ?"), append(args, f.Title)
	}
	if f.Episode != "" {
		conds, args = append(conds, "o.episode = ?"), append(args, f.Episode)
	}
	if f.Text != "" {
		like := "%" + likeEscaper.Replace(f.Text) + "%"
		conds = append(conds, `(o.title LIKE ? ESCAPE '\' OR o.episode LIKE ? ESCAPE '\' OR o.path LIKE ? ESCAPE '\')`)
		args = append(args, like, like, like)
	}
	return strings.Join(conds, " AND "), args
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (f Filter) ofProposer() (string, []any) {
	var conds []string
	var args []any
	for _, name := range f.Proposers {
		if begin, ok := strings.CutSuffix(name, "*"); ok {
			conds, args = append(conds, "substr(s.proposer, 1, ?) = ?"), append(args, len([]rune(begin)), begin)
		} else {
			conds, args = append(conds, "s.proposer = ?"), append(args, name)
		}
	}
	cond := strings.Join(conds, " OR ")
	if len(conds) > 1 {
		cond = "(" + cond + ")"
	}
	if f.Proposer != "" && cond != "" {
		cond += " AND "
	}
	if f.Proposer != "" {
		cond, args = cond+"s.proposer = ?", append(args, f.Proposer)
	}
	return cond, args
}

// ofJudgement adds the conditions on what a model said.
func (f Filter) ofJudgement(add func(cond string, args ...any)) {
	if f.Judged != nil && *f.Judged {
		add("j.sample IS NOT NULL")
	} else if f.Judged != nil {
		add("j.sample IS NULL")
	}
	if f.Uncertain > 0 {
		add("j.face BETWEEN ? AND ?", 0.5-f.Uncertain, 0.5+f.Uncertain)
	}
	if f.Disagreeing {
		add("s.checked = 0 AND (" + against + " > 0.5 OR " + oneLooker + ")")
	}
	if f.Suspected > 0 {
		add("s.checked = 1 AND "+suspicion+" > ?", f.Suspected)
	}
}
