//go:build matprofile

package vision

func init() { matsOpen = OpenMats }
