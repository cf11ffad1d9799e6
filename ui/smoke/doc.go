// Package smoke drives the real window: its tests start the program on an X
// display, press keys, drop files and look at what came of it. They need a
// display, xdotool and the program built; `make ui-smoke` brings all three.
package smoke
