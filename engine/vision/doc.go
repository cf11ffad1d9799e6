// Package vision is FrgLab's door to OpenCV: the anime-face cascade and video
// files. It is the only package that imports gocv, and no gocv value leaves it:
// pictures go in and come out as *image.RGBA, boxes as image.Rectangle.
//
//	c, err := vision.NewCascade(assets.Cascade())
//	found, err := c.Detect(ctx, img, vision.DefaultCascadeParams())
//
//	v, err := vision.OpenVideo("episode01.mkv")
//	for {
//		img, at, err := v.Next()
//		if err == io.EOF { break }
//		...
//	}
//
//	w, err := vision.CreateVideo("marked.mp4", 1280, 720, 24)
//	err = w.Write(img) // and so on
//	err = w.Finish()   // now the file is there; Close gives it up
//
// # Promises
//
// A Cascade, a Video or a VideoWriter holds memory outside Go: Close it. Each is for one
// goroutine at a time; several goroutines take one each.
//
// Nothing that a file contains may end the program. Videos are decoded, and cascades
// search, in processes of their own (worker.go is this side of them, serve.go theirs): one
// that crashes, falls silent for half a minute, wants more memory than 4 GB
// (FRGLAB_NATIVE_MB sets another limit) or answers what cannot be is shut off, and the call
// returns an error that says so. What could make OpenCV throw an exception is checked all the same, before: a
// cascade is read and written anew by this package, the parameters of a detection and the
// size of a video's pictures are bounded.
//
// Video files are opened read-only and by FFmpeg alone, as local files whose
// first bytes are those of a known container: neither a play list nor a file
// that points elsewhere makes the program use the network.
//
// OpenCV and FFmpeg are silent: what they would print about damaged streams
// helps nobody who did not write them. To see it (on standard output), set the
// environment variable OPENCV_FFMPEG_LOGLEVEL before the start; 16 is "errors".
//
// # Decisions
//
// The worker is this same program, known by the name that it is started with, in an init
// function: tests of every package that opens a video have it, too, without a word in
// their main. Pixels go through memory that both processes have; a frame costs one copy
// more, and the next one is decoded meanwhile. Starting a worker takes a tenth of a second
// and more, nearly all of it to link OpenCV: so all cascades of a collection share one.
// Rejected: a worker for each frame or file of a collection (slow), one that stays for the
// next video (a crash would be told of the wrong file), decoding here and hoping.
//
// Videos are written in this process: what is encoded are pictures that were decoded
// already.
//
// Frames are counted, not timed. OpenCV jumps to a point in time and works out
// the frame number from the frame rate; measured on OpenCV 4.6 that number is
// right for mp4, mkv, webm and avi with a constant frame rate and wrong for MPEG
// transport streams and for variable rates. So Seek looks at where it landed,
// and counts from the start of the file where that is in doubt. What would
// reopen this: a frame index read from the container.
//
// The score of a cascade's box is the number of raw boxes it was made from.
// OpenCV knows it, gocv 0.31 does not hand it out, so the raw boxes are grouped
// here by OpenCV's own rule; a test holds the boxes against OpenCV's.
package vision
