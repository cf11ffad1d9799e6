package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"frglab/dataset"
	"frglab/engine"
)

// mineFlags say what frglab train mines, and how often.
type mineFlags struct {
	truth, images string
	rounds        int // -1: not asked for
	scout         string
	average       bool
}

func (m *mineFlags) declare(fs *flag.FlagSet) {
	fs.StringVar(&m.truth, "mine", "", "COCO `file` that says where the faces of pictures are: windows are mined there, in rounds")
	fs.StringVar(&m.images, "images", "", "`folder` that the names in the COCO file start from")
	fs.IntVar(&m.rounds, "mine-rounds", -1, "`number` of rounds in which the network's mistakes are mined (default: 2 with --mine, else none)")
	fs.StringVar(&m.scout, "scout", "", "`file` of the small network that says where to look for mistakes (default: the bundled one)")
	fs.BoolVar(&m.average, "average", false, "end with the mean of the networks of all rounds and of the one that they started from")
}

// mining says whether the training mines.
func (m *mineFlags) mining() bool { return m.truth != "" || m.rounds >= 0 }

func (m *mineFlags) check(project string) error {
	switch {
	case (m.truth == "") != (m.images == ""):
		return usagef("--mine COCO.json and --images DIR belong together")
	case m.truth == "" && m.rounds >= 0 && project == "":
		return usagef("--mine-rounds: there is nothing to mine in: add --mine COCO.json --images DIR, or --project P")
	case m.rounds < -1 || m.rounds > 100:
		return usagef("--mine-rounds %d: use 0 to 100", m.rounds)
	case m.average && !m.mining():
		return usagef("--average is of the networks of rounds: add --mine or --mine-rounds")
	case m.scout != "" && !m.mining():
		return usagef("--scout says where to mine: add --mine or --mine-rounds")
	}
	if m.rounds < 0 && m.truth != "" {
		m.rounds = 2
	}
	return nil
}

// mine trains in rounds, each in a folder of its own as if by train --out: the first one, unless a trained network is there already, on
// windows drawn from the pictures; each other one goes on from the network before,
// with what it took for faces, wrongly.
func (t *training) mine(ctx context.Context, env *Env, l lesson) error {
	plan, err := t.plan(l.conf)
	if err != nil {
		return err
	}
	first := 0
	if l.from != nil {
		first = 1
	}
	var all []*engine.Checkpoint
	if l.from != nil {
		all = append(all, l.from)
	}
	last := max(plan.Rounds, first)
	for round := first; round <= last; round++ {
		r := *t
		r.out, r.resume = filepath.Join(t.out, fmt.Sprintf("round-%d", round)), false
		if l.sets, err = t.mined(ctx, env, l, plan, round, r.out); err != nil {
			return t.stoppedMining(ctx, env, err)
		}
		if !trained(r.out) {
			if _, err := os.Stat(filepath.Join(r.out, engine.StateFile)); err == nil {
				r.resume = true
			}
			l.more = round < last
			if err := r.learn(ctx, env, l); err != nil || !trained(r.out) {
				return err
			}
		}
		if l.from, err = engine.LoadCheckpoint(filepath.Join(r.out, engine.BestFile)); err != nil {
			return err
		}
		if !t.average {
			all = nil
		}
		all = append(all, l.from)
		if round == 0 {
			l.conf = plan.Config.FineTune(l.from)
		}
	}
	best, err := engine.Average(all...)
	if err != nil {
		return err
	}
	return best.Save(filepath.Join(t.out, engine.BestFile))
}

// stoppedMining says how to go on where a round was not whole yet.
func (t *training) stoppedMining(ctx context.Context, env *Env, err error) error {
	if ctx.Err() == nil {
		return err
	}
	if t.steer && context.Cause(ctx) == errAsked {
		(&worker{r: t.reporter(env)}).tell(WorkerEvent{Event: WorkerStopped})
		return nil
	}
	return &exit{code: exitSome, err: fmt.Errorf("stopped while mining: the same command with --resume goes on with the training in %s", show(t.out))}
}

// trained says whether the training in a folder is complete.
func trained(dir string) bool {
	log, err := engine.ReadLog(filepath.Join(dir, engine.LogFile))
	return err == nil && len(log) > 0 && log[len(log)-1].Event == engine.EventDone
}

// MineEvent is a line that train writes in JSON after each picture that it mined.
type MineEvent struct {
	Event  string `json:"event"` // EventMine
	Round  int    `json:"round"` // 0: nothing is known yet
	Rounds int    `json:"rounds"`
	engine.Mined
	Of int `json:"of"` // pictures in all
}

// EventMine marks a MineEvent.
const EventMine = "mine"

// mined makes the crops of a round, and joins them to those of the rounds before.
func (t *training) mined(ctx context.Context, env *Env, l lesson, plan minePlan, round int, dir string) (sets cropSets, err error) {
	scenes, n, err := t.scenes(env)
	if err != nil {
		return sets, err
	}
	look, done, err := t.looker(env, l.from, l.dev)
	if err != nil {
		return sets, err
	}
	defer func() { err = errors.Join(err, done()) }()
	show := t.reporter(env)
	m, err := engine.Mine(ctx, engine.MineRun{
		Scenes: scenes, Config: plan.Mine, Round: round, Dir: dir, Look: look,
		Report: func(m engine.Mined) { show.mine(MineEvent{EventMine, round, plan.Rounds, m, n}) },
	})
	show.end()
	if err != nil {
		return sets, err
	}
	if !t.json {
		fmt.Fprintf(env.Stdout, "round %d of %d: %s, %d windows of faces and %d of other things to learn from, %d to check with\n",
			round, plan.Rounds, count(m.Scenes, "picture"), m.Faces, m.Others, m.Valid)
	}
	train, err1 := readMined(filepath.Join(dir, engine.MinedTrain), m.Faces+m.Others)
	valid, err2 := readMined(filepath.Join(dir, engine.MinedValid), m.Valid)
	sets = l.sets
	sets.train, sets.valid = join(l.sets.train, train), join(l.sets.valid, valid)
	return sets, errors.Join(err1, err2)
}

// readMined reads a list of n crops; nil for none, which no list can say.
func readMined(path string, n int) (engine.Source, error) {
	if n == 0 {
		return nil, nil
	}
	return dataset.ReadList(path)
}

// mine shows how a round of mining goes.
func (r *reporter) mine(e MineEvent) {
	switch {
	case r.json:
		if line, err := json.Marshal(e); err == nil {
			fmt.Fprintf(r.out, "%s\n", line)
		}
	case r.terminal:
		r.inPlace(fmt.Sprintf("round %d of %d: mining, picture %d/%d  %d windows", e.Round, e.Rounds, e.Scenes, e.Of, e.Faces+e.Others+e.Valid))
	}
}
