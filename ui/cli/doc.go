// Package cli is FrgLab without a window: the commands that "frglab help" lists, from detect and
// train to rescue. Scripts rely on it, so flags, JSON shapes and exit codes stay as they are.
//
//	os.Exit(cli.Main(ctx, os.Args[1:], cli.Env{Stdout: os.Stdout, ...}))
//
// A command is a name, the flags that its setup declares, and a run function: see
// commands in cli.go, and one file for each command. "frglab help" and
// "frglab COMMAND -h" print what those hold.
//
// The data flow of detect: arguments → inputs (inputs.go) → pictures and frames
// (detect.go, video.go) → finders (find.go) → boxes drawn and cut out
// (package results) → one record for each picture and detector (record.go).
//
// # Promises
//
// Flags may stand before, between and after file names; after "--" nothing is a flag.
// Any file name works: with spaces, line breaks, a leading dash (after "--" or as
// ./-name) or in any script.
//
// A failure is one line on standard error that names the file and the next step.
// Exit codes: 0 all done, 1 some inputs failed and the rest was done, 2 wrong usage,
// 3 nothing could be done.
//
// Sources are never written to: a folder for copies must not hold pictures to work
// on, and --json replaces nothing but an earlier report. Files that are written whole
// appear whole. OUT.jsonl of detect grows by whole pictures; after a crash or an
// interruption --resume goes on behind the last whole line.
//
// The window trains through "train --json --steer" in a process of its own: a crash in
// native code is that process's alone. It is led by lines on standard input (steer.go)
// and answers with WorkerEvents between the training's own lines (trainrun.go). The
// project belongs to the window meanwhile; without --steer train writes settings and
// curves into it, in a moment at the start and one at the end.
//
// # Decisions
//
// OpenCV comes in through Env: then this package and its tests need no OpenCV, and
// its tests can have a cascade that finds what they drew. Rejected: a build tag,
// which would leave the combination untested.
//
// The standard library's flag package reads the flags, with a loop around it that
// lets them stand anywhere. Rejected: kong and cobra, for commands in one level. Reopen
// when commands get commands of their own.
package cli
