//go:build gpu

package driver

// #cgo LDFLAGS: -L${SRCDIR}/lib -ldl
// #include "lazy.h"
import "C"

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"gorgonia.org/cu"
)

// Version is the version of CUDA that the driver is made for, 12020 for 12.2; below 0
// without a driver.
func Version() int { return cu.Version() }

// Card is one that the driver knows.
type Card struct {
	Name         string
	Memory       int64 // bytes
	Major, Minor int   // compute capability
	Processors   int   // streaming multiprocessors
	dev          cu.Device
}

// Cards lists the cards that can be used, the fastest first: by processors and
// generation.
func Cards() ([]Card, error) {
	n, err := cu.NumDevices()
	if err != nil {
		return nil, fmt.Errorf("count the NVIDIA cards: %w", err)
	}
	var cards []Card
	for i := range n {
		c, err := card(i)
		if err != nil {
			return nil, fmt.Errorf("NVIDIA card %d: %w", i, err)
		}
		if c.Major >= 7 {
			cards = append(cards, c)
		}
	}
	slices.SortStableFunc(cards, func(a, b Card) int {
		return cmp.Or(cmp.Compare(b.Processors, a.Processors), cmp.Compare(b.Major, a.Major))
	})
	if n > 0 && len(cards) == 0 {
		return nil, errors.New("the NVIDIA cards here are older than compute capability 7.0 (2017): use the processor")
	}
	if n == 0 {
		return nil, errors.New(C.GoString(C.frg_cuda_why()))
	}
	return cards, nil
}

// List describes the cards for people, the fastest first: the one that is used.
func List() (all []string) {
	cards, _ := Cards() // Cautious says why there are none
	for _, c := range cards {
		all = append(all, fmt.Sprintf("%s, %d processors, %d GB, compute capability %d.%d", c.Name, c.Processors, c.Memory>>30, c.Major, c.Minor))
	}
	return all
}

func card(i int) (Card, error) {
	dev, err := cu.GetDevice(i)
	if err != nil {
		return Card{}, err
	}
	c := Card{dev: dev}
	var err1, err2, err3, err4 error
	c.Name, err1 = dev.Name()
	c.Memory, err2 = dev.TotalMem()
	c.Major, c.Minor, err3 = dev.ComputeCapability()
	c.Processors, err4 = dev.Attribute(cu.MultiprocessorCount)
	return c, errors.Join(err1, err2, err3, err4)
}
