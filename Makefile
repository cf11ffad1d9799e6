# FrgLab. Two commands matter:  make run   and   make test
#
#   run        install what is missing, build, open the window (or work without one)
#   test       install what tests need, then check everything and run all tests
#   build      only build ./frglab
#   check      format, vet, staticcheck, import rules and race detector on the core,
#              which needs neither OpenCV nor a display
#   check-all  the same, and vet and staticcheck on the rest
#   arch       only the import rules
#   ui-smoke   drive the real window on a virtual display; test leaves out what takes longest there
#   tour       film the window for the README
#   soak       an hour of use of the real window, after which it holds no more than before
#   fuzz       every fuzz target for LASTS=1m each: hours, if LASTS=10m as before a release
#   bench-ui   how long a key takes in the real window, as JSON lines
#   bench      benchmarks; nothing else should run meanwhile
#   model      train the bundled networks anew: make model DATA=dir (see assets/model/README.md)
#   ptx        the GPU's kernels as they come with the program; needs clang-16
#   gpu-check  check and time the GPU of this machine
#   package    dist/frglab-VERSION-linux-ARCH.tar.xz and dist/frglab_VERSION_ARCH.deb
#   package-check  install that .deb on a clean Debian and use it there; as root
#   clone-check  do what the README says on a clean Debian, and time it; as root
#   vuln       ask the Go project's list for known weaknesses of what is used; needs the network
#   deps       install what building needs
#   clean      remove what the targets above left here

# The same tags everywhere: other ones would compile Fyne a second time. gles
# compiles in a minute where desktop OpenGL takes five.
# gpu builds in NVIDIA cards: their driver is looked for when the program runs.
TAGS := migrated_fynedo,gles,gpu

# A cuda.h of our own for package cu; nothing of NVIDIA's is needed to build.
export C_INCLUDE_PATH := $(CURDIR)/engine/nn/cuda/driver/include

VERSION := $(shell sed -n 's/^ *Version *= *"\(.*\)"/\1/p' FyneApp.toml)
LDFLAGS := -X main.version=$(VERSION)

# The core compiles without OpenCV and Fyne; arch sees to that.
CORE  := ./assets ./dataset ./engine ./engine/nn/... ./ui/cli
TOOLS := $(addprefix ./,$(patsubst %/,%,$(dir $(wildcard .make/*/main.go))))

STATICCHECK := go tool staticcheck -checks all -tags $(TAGS)

# For systems without apt: make run SKIP_DEPS=1
DEPS := $(if $(SKIP_DEPS),: without,.make/deps)

MAKEFLAGS += --no-print-directory

.PHONY: build run test check check-all arch ui-smoke soak fuzz bench bench-ui tour model ptx gpu-check package package-check clone-check vuln deps clean

build:
	go build -tags $(TAGS) -ldflags '$(LDFLAGS)' -o frglab .

deps:
	$(DEPS) build

run: deps
	$(MAKE) build
	.make/run

test:
	$(DEPS) test
	$(MAKE) check-all build
	go test -count=1 -timeout 30m -tags $(TAGS),matprofile ./... ./.make/arch ./.make/bundle ./.make/model
	$(MAKE) ui-smoke SMOKE=-short

check: arch
	@files=$$(go tool gofumpt -l main.go assets dataset engine ui .make); \
	if [ -n "$$files" ]; then echo "not formatted, run go tool gofumpt -w on:"; echo "$$files"; exit 1; fi
	go vet $(CORE) ./.make/arch ./.make/icon
	$(STATICCHECK) $(CORE) ./.make/arch ./.make/icon
	go test -race $(CORE) ./.make/arch

check-all: check
	go vet -tags $(TAGS) ./... $(TOOLS)
	$(STATICCHECK) ./... $(TOOLS)

arch:
	go run ./.make/arch

ui-smoke: build
	FRGLAB_BIN='$(CURDIR)/frglab' LIBGL_ALWAYS_SOFTWARE=1 \
	xvfb-run -a -s '-screen 0 1280x800x24' go test -count=1 -timeout 20m $(SMOKE) -tags $(TAGS) ./ui/smoke

tour: build
	FRGLAB_TOUR='$(CURDIR)/assets/tour.gif' FRGLAB_BIN='$(CURDIR)/frglab' LIBGL_ALWAYS_SOFTWARE=1 \
	xvfb-run -a -s '-screen 0 1280x800x24' go test -count=1 -tags $(TAGS) -run TestTour ./ui/smoke

# LASTS=5m for a shorter one. matprofile makes the program count what it holds.
soak:
	go build -tags $(TAGS),matprofile -ldflags '$(LDFLAGS)' -o out/frglab-soak .
	FRGLAB_SOAK='$(or $(LASTS),60m)' FRGLAB_BIN='$(CURDIR)/out/frglab-soak' LIBGL_ALWAYS_SOFTWARE=1 \
	xvfb-run -a -s '-screen 0 1280x800x24' go test -v -count=1 -timeout 3h -run TestSoak -tags $(TAGS) ./ui/smoke

# The minimizer counts nothing and takes a minute for each new input, unless it is told to stop early.
fuzz:
	@set -e; for d in $$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$d/*_test.go | cut -c6-); do \
	    echo "$$d $$f"; TMPDIR=/dev/shm go test -tags $(TAGS) -run '^$$' -fuzz "^$$f\$$" -fuzztime $(or $(LASTS),1m) -fuzzminimizetime 10x ./$$d; \
	  done; done

bench-ui: build
	@FRGLAB_BENCH=1 FRGLAB_BIN='$(CURDIR)/frglab' LIBGL_ALWAYS_SOFTWARE=1 \
	xvfb-run -a -s '-screen 0 1280x800x24' go test -v -count=1 -tags $(TAGS) -run 'TestKeyLatency|TestLargeProject|TestPanZoom|TestPlayback' ./ui/smoke | grep -v '^[=o-]'

bench: build
	./frglab bench
	go test -run '^$$' -bench . -tags $(TAGS) ./...

# FROM=assets/model goes on from the present networks. OUT keeps crops and trainings.
model:
	go run -tags $(TAGS) ./.make/model -data '$(DATA)' -out '$(or $(OUT),out/model)' $(if $(FROM),-from '$(FROM)')

ptx:
	$(DEPS) ptx
	cd engine/nn/cuda/driver && ../../../../.make/ptx

# gpu-check is a program that runs elsewhere too, without Go: copy dist/gpu-check and .make/peer.py to
# the machine with the card, run ./gpu-check and then: python3 peer.py --cuda gpu-check.json
gpu-check: dist/gpu-check
	FRGLAB_GPU_OUT=dist/gpu-check.json dist/gpu-check
	python3 .make/peer.py --cuda dist/gpu-check.json --keep engine/nn/cuda/testdata

.PHONY: dist/gpu-check
dist/gpu-check:
	mkdir -p dist
	go test -c -ldflags '-s -w' -tags $(TAGS) -o $@ ./engine/nn/cuda/gpucheck

package:
	.make/package '$(VERSION)' '$(TAGS)' '$(LDFLAGS)'

# OUT keeps the photographs and the log.
package-check:
	.make/packagecheck 'dist/frglab_$(VERSION)_'*.deb '$(or $(OUT),out/package)'

clone-check:
	.make/clonecheck '$(or $(OUT),out/clone)'

vuln:
	go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 -tags $(TAGS) ./...

clean:
	rm -rf frglab dist out
