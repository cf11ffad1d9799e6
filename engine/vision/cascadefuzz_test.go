package vision

import (
	"bytes"
	"testing"

	"frglab/assets"
)

// FuzzCascade reads the text of a cascade. What is accepted is written anew, for OpenCV,
// and read back as the same.
func FuzzCascade(f *testing.F) {
	whole := assets.Cascade()
	f.Add(whole)
	f.Add(whole[:2000])
	f.Add([]byte(`<?xml version="1.0"?><opencv_storage><cascade><stageType>BOOST</stageType><featureType>LBP</featureType>` +
		`<height>24</height><width>24</width><featureParams><maxCatCount>256</maxCatCount></featureParams><stageNum>1</stageNum>` +
		`<stages><_><maxWeakCount>1</maxWeakCount><stageThreshold>-0.5</stageThreshold><weakClassifiers><_>` +
		`<internalNodes>0 -1 0 1 2 3 4 5 6 7 8</internalNodes><leafValues>-1 1</leafValues></_></weakClassifiers></_></stages>` +
		`<features><_><rect>0 0 3 3</rect></_></features></cascade></opencv_storage>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseCascade(data)
		if err != nil {
			return
		}
		text := c.opencvXML()
		again, err := parseCascade(text)
		if err != nil {
			t.Fatalf("what is written cannot be read: %v\n%s", err, text)
		}
		if !bytes.Equal(again.opencvXML(), text) {
			t.Fatalf("written twice it differs:\n%s", text)
		}
	})
}

// FuzzMagic tells videos by any first bytes.
func FuzzMagic(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x18ftypisom"))
	f.Add([]byte("RIFF\x00\x10\x00\x00AVI LIST"))
	f.Add(bytes.Repeat([]byte("\x47"), 600))
	f.Fuzz(func(_ *testing.T, head []byte) { videoMagic(head) })
}
