//go:build matprofile

package vision

import "gocv.io/x/gocv"

func init() { matsOpen = gocv.MatProfile.Count }
