package cli

import (
	"errors"
	"flag"
	"fmt"
	"image"

	"frglab/dataset"
	"frglab/engine"
)

// cropFlags say where labelled crops come from.
type cropFlags struct {
	trainList, validList, project string
	limit                         int
	fresh                         numbers // of the crops of the project to be learned above all
}

// cropSets are the crops of a command. Close them after use.
type cropSets struct {
	train, valid engine.Source // train is nil where only validation crops were asked for
	leak         dataset.Leak  // of a project, as the last review saw it
	close        func() error
}

func (c *cropFlags) declare(fs *flag.FlagSet) {
	fs.StringVar(&c.trainList, "train", "", "`list` of training crops: a line for each, file and class (0 face, 1 other)")
	c.declareValid(fs)
}

func (c *cropFlags) declareValid(fs *flag.FlagSet) {
	fs.StringVar(&c.validList, "valid", "", "`list` of validation crops")
	fs.StringVar(&c.project, "project", "", "project `file` whose crops are used")
	fs.IntVar(&c.limit, "limit", 0, "use only the first `number` of crops of each list or split: for trials")
}

// check finds mistakes; train says whether training crops are needed.
func (c *cropFlags) check(train bool) error {
	switch {
	case c.limit < 0:
		return usagef("--limit %d: use 1 or more", c.limit)
	case c.project != "" && (c.trainList != "" || c.validList != ""):
		return usagef("--project holds its own training and validation crops: leave --train and --valid out, or the project")
	case c.project != "":
	case train && c.trainList == "":
		return usagef("no training crops: use --train LIST and --valid LIST, or --project P")
	case c.validList == "":
		return usagef("no validation crops: use --valid LIST, or --project P")
	}
	return nil
}

// open reads the lists, or opens the project. What is odd about a list is told as
// a warning.
func (c *cropFlags) open(env *Env) (cropSets, error) {
	if c.project != "" {
		return c.openProject()
	}
	s := cropSets{close: func() error { return nil }}
	var err error
	if c.validList == "" { // both are mined
		return s, nil
	}
	if c.trainList != "" {
		if s.train, err = c.openList(env, c.trainList); err != nil {
			return s, err
		}
	}
	s.valid, err = c.openList(env, c.validList)
	return s, err
}

func (c *cropFlags) openList(env *Env, path string) (engine.Source, error) {
	l, err := dataset.ReadList(path)
	if err != nil {
		return nil, err
	}
	for _, w := range l.Warnings {
		env.warn("%s", w)
	}
	return c.first(l), nil
}

func (c *cropFlags) openProject() (cropSets, error) {
	p, err := dataset.OpenReadOnly(c.project)
	if err != nil {
		return cropSets{}, err
	}
	s := cropSets{close: p.Close}
	train, err1 := p.View(dataset.Train)
	valid, err2 := p.View(dataset.Valid)
	leak, err3 := p.Leak()
	if err := errors.Join(err1, err2, err3); err != nil {
		return s, errors.Join(err, p.Close())
	}
	s.leak = leak
	s.train, s.valid = c.first(train), c.first(valid)
	if len(c.fresh) > 0 {
		s.train = freshen(train, c.fresh)
	}
	if s.train.Len() == 0 || s.valid.Len() == 0 {
		err := fmt.Errorf("project %s has %d training and %d validation crops: it needs both: add some with frglab import, or frglab review --split", show(c.project), s.train.Len(), s.valid.Len())
		return s, errors.Join(err, p.Close())
	}
	return s, nil
}

// first is what --limit leaves of a source.
func (c *cropFlags) first(s engine.Source) engine.Source {
	if c.limit == 0 || c.limit >= s.Len() {
		return s
	}
	if n, ok := s.(engine.Numbered); ok {
		return numbered{limited{s, c.limit}, n}
	}
	return limited{s, c.limit}
}

// limited is the first n crops of a source.
type limited struct {
	engine.Source
	n int
}

func (l limited) Len() int { return l.n }

func (l limited) At(i int) (image.Image, int, error) { return l.Source.At(i) }

// numbered is limited where the crops have numbers in their project.
type numbered struct {
	limited
	engine.Numbered
}
