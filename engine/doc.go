// Package engine trains the networks of package nn on labelled crops, measures
// them, and finds faces with them. It knows nothing of windows, videos or project
// files: crops come in through Source, pictures as *image.RGBA.
//
// Training is one call that blocks:
//
//	config, err := engine.Preset("modern")
//	dev, err := engine.OpenDevice(devices, "auto")
//	best, err := engine.Train(ctx, engine.Run{
//		Config: config, Device: dev,
//		Train: trainView, Valid: validView,
//		Dir:    "runs/7",
//		Report: func(p engine.Progress) { ... },
//	})
//
// Its folder then holds best.safetensors, last.safetensors and the two before it (each
// a Checkpoint), state.safetensors (for Run.Resume), log.jsonl (one Progress a line, and
// one Probes for each validation) and valid.json (a Verdicts: what the best network says
// of every validation crop). A Checkpoint is all that is needed afterwards:
//
//	c, err := engine.LoadCheckpoint("runs/7/best.safetensors")
//	report, err := engine.Evaluate(ctx, c, dev, crops, nil)
//	detector, err := engine.NewDetector(c, dev)
//	params, err := engine.DefaultDetectParams("windows")
//	faces, err := detector.Detect(ctx, picture, params)
//
// # Where things are
//
// In the order of the data: source.go reads and checks crops, batches.go draws
// them, augment.go changes them, encode.go makes numbers of them, ordered.go does
// all that ahead of time, and keep.go leaves it to a device that can; train.go is the loop, trainbatch.go what it does where memory
// lacks, trainer.go its start and its saves,
// traindisk.go the room and the lock for them, state.go and log.go what it leaves on
// the disk; checkpoint.go, model.go and safetensors.go are the files, onnx.go and dot.go
// what other programs read (onnxnode.go and protobuf.go their bytes); evaluate.go
// measures crop by crop, trainprobe.go follows some, traincurve.go draws conclusions,
// traineta.go says when it ends; log2015.go reads logs, also those of 2015. finetune.go and
// quicktune.go go on from a network, average.go takes the mean of several. What a training is
// set to stands in config.go and preset.go, what follows from its seed in random.go.
//
// For detection: windows.go says where to look, resize.go cuts, detector.go asks; or mapper.go
// looks at the whole picture, in the sizes of pyramid.go, for scout.go or the network itself, tilt.go
// turns it, and candidates.go asks where something was seen; sheet.go and bytes.go are how mode
// scout does both faster. What came of it is a Scan (scan.go):
// suppress.go chooses among its windows, explain.go says why, samescan.go what needs no new look.
// track.go follows faces from frame to frame; judge.go says what crops are like.
//
// To measure that: match.go says which box finds which face, score.go draws the curves,
// bootstrap.go their intervals, operation.go and mistakes.go what happens at one threshold,
// coco.go what pycocotools would say, calibrate.go makes probabilities of scores, and parity.go
// compares a look with windows. mine.go turns the mistakes into crops (minechoose.go,
// minespot.go, minecut.go).
//
// # Promises
//
// The same Config, crops and device give the same weights and the same log, bit for
// bit, the speeds in it aside. A run that is stopped, or killed, and resumed gives
// the same as one that was not.
//
// Cancelling and pausing lose nothing; a power cut at most Run.SaveEvery. Files are
// replaced as a whole or not at all. A folder that holds a run is never written to but
// by Resume, and by one process at a time.
//
// A training that cannot go well is refused before its first iteration, with what to do:
// a class is missing or too small, crops cannot be read, the disk is too full. One that
// explodes, or whose disk fills up, stops, keeps the state from before, and says what to
// change. One whose batch does not fit into the device's memory halves it, and the rate
// with it, says so, and keeps to that wherever it is resumed.
//
// A checkpoint holds no code, and its reader takes nothing on trust: sizes, shapes,
// places and numbers are checked before memory is taken for them.
//
// Training and detection see the same numbers for the same pixels: there is one
// Encode.
//
// # The modern preset
//
// Each row is one change against the first, all else, the seed too, being equal: FrgNet64
// with all widths divided by four, 64,000 of 59,602 crops of visual novels seen. Valid
// are 8,525 crops of other years: errors. Pictures are windows of 49 illustrations
// by as many artists, none of them trained on, 236 around faces and 1,728 beside them or on
// parts of them: loss, and the faces missed where 1 % of the others are taken for one.
//
//	change                                         valid   pictures
//	rate=0.015 shift=0.08 zoom=0.12, no colours       29   0.186   66
//	saturation=0.7 hue=27 gray=0.15                   28   0.168   55
//	shift=0.12 zoom=0.2                               49   0.136   52
//	rate=0.03                                         27   0.162   63
//	tilted by up to 15 degrees                        34   0.175   67
//	shrunk to as little as 0.3 and enlarged again     no difference, with 90,000 crops seen
//	running average of the weights, 0.998             no difference
//	colours, tilt and a part erased, together         44   0.142   64
//	colours, zoom, tilt, shrinking, JPEG, together    47   0.163   56
//
// Two networks that differ by less than ten errors on valid cannot be told apart, nor by
// five faces: each row is one seed. The command of the first is
//
//	frglab train --train train.txt --valid valid.txt --arch quarter.json --set epochs=1 --set min_steps=1000
//	  --set patience=0 --set rate=0.015 --set shift=0.08 --set zoom=0.12 --set saturation=0 --set hue=0 --set gray=0
//
// and a row's change is one more --set, or a field that was taken out again. So stronger
// colours cost nothing and find more faces elsewhere; shift and zoom find the most, at the
// price of badly framed crops that pass, so the preset goes half of that way.
//
// All of them drew as many crops of each class (balance=true), as do the rows below that say so.
//
// At equal time with FrgNet64 itself: frglab bench gives batches of 64 1.32 times the crops a
// second of batches of 10 (150 and 114 on two cores), so 932 iterations of the preset are
// 4,510 of "2015", and both about 7 minutes there; 2,794 are 20. Pictures are now 49 others,
// which nothing but the balance was tuned on: 228 windows around faces, 1,696 others; the last
// column is the faces missed where 1 % of the others are taken for one.
//
//	                              valid: errors   pictures: loss, faces missed, others taken, at 1 %
//	learned from 59,602 crops
//	2015, 4,510 iterations        288 (96.62 %)   0.375   90    20   92
//	modern                         25 (99.71 %)   0.239   76    15   74
//	modern, balanced               30 (99.65 %)   0.228   67    17   67
//	modern, balanced, 2,794        21 (99.75 %)   0.191   62     8   60
//	from 33,442 of them and 26,160 windows of 358 illustrations
//	2015, 4,510                    82 (99.04 %)   0.205   34   129   75
//	2015, its best at 4,000        62 (99.27 %)   0.134   67    33   88
//	modern                         62 (99.27 %)   0.119   28    46   42
//	modern, balanced               93 (98.91 %)   0.172   16   106   38
//	2015, 13,640                   62 (99.27 %)   0.191   28   106   61
//	2015, its best at 8,000        34 (99.60 %)   0.140   48    35   60
//	modern, 2,794                  34 (99.60 %)   0.089   23    41   33
//
// So the preset makes a tenth of the errors of "2015" on crops like those that both learned
// from, and reaches 99.7 % in the 7 minutes. On pictures by others it does not always make
// half of them: those of "2015" swing with how readily a state says face. Six of its states
// from 1,000 iterations on, learned from crops and windows, make 95 to 163 errors there, the
// last one 163, the one with the best validation 100; the preset's 74 are 45 to 78 % of them.
// Where each takes 1 % of the others, it misses 42 faces and they 73 to 94: about half. After
// 20 minutes it is 64 errors for 134 of the last state and 83 of the best, and 33 faces missed
// for 61 and 60. With windows to learn from, valid does not tell the preset from that best state.
//
// All of these were taken before the preset's plain=0.15: a training that ends with
// crops that nothing was done to but mirroring, for the last 15 % of it. Without, a
// network says face too readily, since moved and enlarged faces are worse ones than
// any that it will be asked about. Each row is one change against the first, of
// networks with a quarter of the widths, learned in 932 iterations from crops and
// windows; the windows are those of the first table: loss, errors, errors at the best
// threshold of each, and faces missed where 1 % of the others are taken.
//
//	all crops changed                  0.111    79   45   30
//	plain=0.15                         0.078    53   46   32
//	shift=0.03 zoom=0.05               0.089    63   43   28
//	batch=32 rate=0.014                0.115    83   43   29
//	rate=0.04                          0.120    98   39   30
//	tilted by up to 20 degrees         0.109    84   45   31
//	a tenth as outlines, tones bent    0.111    82   43   28
//	labels smoothed by 0.1             0.169    86   54   40
//	parts exchanged between crops      0.157   103   52   37
//	from 59,602 crops alone            0.146    78   68   57
//	the same, plain=0.15               0.148    68   67   53
//
// Nothing but plain=0.15 and smaller moves made fewer errors than the first, and at the
// best threshold nothing did by more than chance. The preset keeps its moves, which
// find more faces when crops alone are learned from: there plain=0.15 makes 20 errors
// on valid for 30.
//
// With FrgNet64 itself only the end was done again: the 104 iterations after the 828th
// of "modern" from crops and windows, with crops as they are and the momentum begun
// anew. On the windows of the second table that makes 66 errors in place of 74 (38
// faces missed, 28 others taken; 44 missed at 1 %), a loss of 0.096 in place of 0.119;
// on the first ones 47 for 63. On valid it makes 26 errors (99.70 %) in place of 62,
// and the two states of "2015" 82 and 62. On the windows that is 40 % of the errors of
// the last state of "2015" and 66 % of those of its best one: half of these stays out
// of reach. With each network's threshold chosen on the first windows it is 59 errors
// on the second, 108 for the last state of "2015" and 96 for its best; without the
// plain end 63; after 20 minutes, likewise without, 49 for 100 and 83. On these
// windows it makes fewer errors after 7 minutes than "2015" after 20, however they are
// counted.
//
// Balanced draws were left, because they make a network say face more often than faces
// come: 122 errors for 74 on these windows and 117 for 63 on those of the first table, 93 for
// 62 and 30 for 25 on valid, and the order that crops are put in is no better for it. From crops
// alone the windows show no difference (76 for 77 on the first ones, 84 for 91 on these). Of 60
// faces and 1,200 others a network of a quarter of the widths learns in 400 iterations with
// 41 errors on valid, balanced with 53. Each row is one seed. Of 40 errors that were looked at,
// after 704 balanced iterations, none was a wrong label.
//
//	frglab train --train train.txt --valid valid.txt --preset 2015 --max-steps 4510 (13640)
//	frglab train --train train.txt --valid valid.txt --set epochs=1 (3) --set patience=0
//	frglab train --train train.txt --valid valid.txt --set epochs=1 --set patience=0 --set balance=true
//	frglab train --train train.txt --valid valid.txt --set epochs=3 --set patience=0 --set balance=true
//
// # Decisions
//
// Randomness is a function, not a state. Which crop comes at which draw, how it is
// changed and what dropout drops all follow from the seed and the number of the
// draw (random.go). So a saved state is weights, velocity and a few numbers, and
// crops are prepared on several goroutines without a thought for order. Rejected:
// saving generators; one shuffled list an epoch, which must be kept or made again.
// Reopen if a way to draw needs what was drawn before.
//
// An epoch with turns is four times the crops. The experiment of 2015 kept the four
// turns of every crop as files of their own, so its 30 epochs were 120 looks at
// each crop, and its learning rate fell by 0.97 after each fourth of them. The mean
// picture is that of all four turns too. Rejected: a quarter of the length under
// the same name. Batches are always full and run across the border of two epochs.
//
// Balanced classes take turns, draw by draw, each in an order of its own. An epoch
// is still as many draws as there are crops, so a rare class comes more often and a
// frequent one is not gone through in one epoch. Rejected: weights in the loss,
// which make a batch's gradient depend on who is in it.
//
// Every crop is read once before the first iteration. It costs a second for 15,000
// crops, is needed for the mean anyway, and finds broken files and wrong labels now
// and not after an hour. Its sums are whole numbers, so the mean does not depend on
// the order, and their hash names the crops that a run may be resumed with.
//
// The untrained state is saved first: a folder that cannot be written to, or a full
// disk, shows at once, and a run can be resumed from its first minute on. Later the
// state is saved by the clock, not by iterations: two minutes are a fair loss on a
// slow machine, and on a fast one saving costs no share that matters. It holds the
// weights that last.safetensors has as well, because two files cannot be replaced
// in one act.
//
// Step events are means over at least 200 crops, counted and not timed, so that the
// log is repeatable. The checkpoint event means a new best.safetensors; saving the
// state is not an event.
//
// The crops that a run is watched by are those that its first validation finds hardest,
// because only then every run has some, of whatever crops. Rejected: crops that a person
// picks, for whom they would have to be kept; random ones, which are all easy.
//
// The last three checkpoints are names of files, not copies: an older one costs a link
// and no writing. Only one state is kept: it is written whole or not at all, and an
// explosion is noticed before it is saved.
//
// The best network is the one with the lowest validation loss, not the highest
// accuracy: accuracy moves in steps of one crop and ties. Crop accuracy says little
// about a detector in any case; see Score.
//
// The network is asked about candidates four at a time, best first, and not about those that
// overlap a window which it was sure of (Settled): they would lose to it or move it a little.
// On 49 illustrations and 60 scenes it is asked about 15 windows in the place of 32, at no
// loss: AP 0.96 and 0.95, where it was 0.95 and 0.96. Rejected: a floor on the scout's odds
// (0.5: half the windows again, up to 0.02 less), larger steps of size (1.42: 0.02 to 0.04
// less).
//
// Mode scout computes in bytes where the processor is faster with them (nn.InBytes): both the
// scout, over all levels of the pyramid at once, side by side on one sheet, and the network on
// the candidates. A frame of 512x288 takes 8.8 ms on four Zen 5 cores, 30 of processor time (in
// floats, level by level: 33 and 79; the cascade: 9.3 and 36), of which the scout's convolutions
// are 14, its poolings 2, the pyramid 5 and the network, asked about four windows, 6. Two cores held
// to AVX2 take 36 ms (58). The log-odds of scout and network are off by 0.1 (root of the mean
// square); AP on 109 pictures with faces and 30 without is 0.967, in floats 0.971, with an interval
// of 0.025 to both sides. What is trained, exported and compared with other programs, and
// all other modes, stay in floats; so does mode scout on a card, whose scores differ
// therefore a little. Rejected: copies of the pyramid in whole numbers, four
// bytes at once (slower than floats in Go); a tighter sheet (4 % fewer pixels, more graphs); to ask
// about no two candidates at once that overlap (3 windows in the place of 4 on that frame, but AP 0.957).
//
// A look at a level has tiles of few shapes: for each shape a graph is built, which costs
// three times what it costs to run.
//
// Heads that lean are found by turning the picture (Tilt), and their windows are reported
// upright, about the same middle: a tight box hardly turns.
//
// Mode shared asks the network twice: once at all places of the picture, which shares
// the convolutions of windows that overlap, and once more for the best windows, each
// for itself. A window inside a picture has pixels around it where the network learned to
// see zeros, so the two answers differ: on the bundled model their log-odds correlate
// by 0.91 and 0.92 (81,990 windows of 49 illustrations and 60 scenes), by a little more with
// conv4 padded as in a window, by 0.99 with conv3 too. That is enough to say where: the look
// alone has an AP 0.009 and 0.001 below that of the network asked about every one of these
// windows, and asking about those that the look leaves costs 0.0000 and 0.0004. Mode shared
// itself is 0.007 and 0.016 above, because it asks only about windows that lie apart (Apart)
// and so does not see the best of a false face's many windows (frglab eval --parity
// --min-size 72). Rejected:
// maps for each way in which a border may lie (25 for conv4), which would make it exact
// from conv3 on and cost another half; reopen if a network is trained without padding.
//
// A look of mode shared at 512x288 pixels is 330 GFLOP with the bundled model, at the speed of
// the matrix product; the 1443 windows of mode windows are 1240. A tile's size is a bargain: a
// larger one computes less twice and takes more memory. Rejected: fewer numbers, by
// taking conv2 or fc5low apart by their singular values (half of the rank keeps 0.68 and 0.55 of
// the sum of squares).
//
// The checkpoint's format is safetensors with a reader of our own. Rejected:
// formats that can hold code (pickle), and reading what others wrote in formats we
// do not write (bfloat16, gaps, tensors that belong to no layer): each is a way for
// a file to say two things. Reopen when a model of another program is worth it.
//
// ONNX files take pixels as they are: the mean and the scale are nodes of the graph, so
// that a program that serves the network cannot get them wrong. Rejected: numbers in the
// metadata alone, which such programs do not read. The protocol buffer is written by a
// page of our own; a library would bring a generated package of 10,000 lines for a dozen
// messages.
package engine
