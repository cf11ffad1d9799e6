//go:build matprofile

package vision

import "gocv.io/x/gocv"

// OpenMats is how many matrices of OpenCV this process has not closed: there is one to
// each that leaks.
func OpenMats() int { return gocv.MatProfile.Count() }
