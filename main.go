// Command frglab makes an anime-face detector out of your own pictures.
package main

func main() {}
