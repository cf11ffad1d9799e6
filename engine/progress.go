package engine

// The events of a training.
const (
	EventStep       = "step"       // some iterations were done: the figures are their means
	EventValid      = "valid"      // the validation crops were gone through
	EventCheckpoint = "checkpoint" // that was the best so far, and best.safetensors is written
	EventBatch      = "batch"      // memory lacked: from here on an iteration takes Batch crops, half as many
	EventDone       = "done"       // the training is complete; the figures are those of the best validation
)

// Progress is one event of a training, and a line of log.jsonl. All but PerSecond
// is the same each time a training is repeated, stopped and resumed or not.
//
// (Steps-Step) times Batch over PerSecond is the time left, in seconds,
// without validations.
type Progress struct {
	Event     string  `json:"event"`
	Step      int     `json:"step"`  // iterations done
	Steps     int     `json:"steps"` // iterations in all
	Epoch     int     `json:"epoch"` // of the last iteration, from 1
	Loss      float64 `json:"loss"`
	Accuracy  float64 `json:"accuracy"` // 0 to 1
	LR        float64 `json:"lr"`       // learning rate of the last iteration
	PerSecond float64 `json:"per_s"`    // crops a second
	Batch     int     `json:"batch"`    // crops an iteration from here on; 0 in logs of before
}
