package engine

import (
	"reflect"
	"testing"
)

// TestSameScan changes one parameter after the other: a new one must be counted among
// those that choose, or else a scan is thought to be another one, which costs only time.
func TestSameScan(t *testing.T) {
	chooses := map[string]bool{"Threshold": true, "Suppress": true, "IoU": true, "Inside": true, "Sigma": true, "Average": true, "Shrink": true, "Down": true}
	for _, name := range DetectPresets() {
		base, err := DefaultDetectParams(name)
		if err != nil {
			t.Fatal(err)
		}
		if !base.SameScan(base) {
			t.Errorf("%s: not the same as itself", name)
		}
		for i := range reflect.TypeFor[DetectParams]().NumField() {
			other := base
			f := reflect.ValueOf(&other).Elem().Field(i)
			switch f.Kind() {
			case reflect.String:
				f.SetString("another")
			case reflect.Int:
				f.SetInt(f.Int() + 1)
			case reflect.Float64:
				f.SetFloat(f.Float() + 1)
			case reflect.Bool:
				f.SetBool(!f.Bool())
			case reflect.Slice:
				f.Set(reflect.MakeSlice(f.Type(), f.Len()+1, f.Len()+1))
			default:
				t.Fatalf("this test knows no %v", f.Kind())
			}
			field := reflect.TypeFor[DetectParams]().Field(i).Name
			if got := base.SameScan(other); got != chooses[field] {
				t.Errorf("%s: with another %s, same is %v, want %v", name, field, got, !got)
			}
		}
	}
}
