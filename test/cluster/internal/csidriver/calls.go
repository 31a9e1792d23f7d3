package csidriver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// A call is noted twice, in lines of a file that outlives the driver: when it begins, and with its
// outcome when it ends. Lines are appended whole, so nothing has to be locked.
const (
	begun = "begun"
	ended = "ended"
)

// Notes are where a driver counts its calls and learns of its faults.
type Notes struct {
	Calls  string // file
	Faults string // file
}

// intercept counts each call and lets the faults strike before anything is done.
func (n Notes) intercept(
	ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	method := path.Base(info.FullMethod)
	if err := n.append(begun, method, "-"); err != nil {
		return nil, err
	}
	answer, err := any(nil), strike(ctx, n.Faults, method)
	if err == nil {
		answer, err = handle(ctx, request)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", method, err)
	}
	if noteErr := n.append(ended, method, status.Code(err).String()); noteErr != nil && err == nil {
		err = noteErr
	}
	return answer, err
}

func (n Notes) append(what, method, outcome string) error {
	file, err := os.OpenFile(n.Calls, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = fmt.Fprintln(file, what, method, outcome)
	return err
}

// PrintCalls prints a line for each method that was ever called: how often, and with what outcomes.
func PrintCalls(path string, out io.Writer) error {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	calls, outcomes := map[string]int{}, map[string]map[string]int{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			continue // the driver is writing it
		}
		method, outcome := fields[1], fields[2]
		if fields[0] == begun {
			calls[method]++
			continue
		}
		if outcomes[method] == nil {
			outcomes[method] = map[string]int{}
		}
		outcomes[method][outcome]++
	}
	for _, method := range slices.Sorted(maps.Keys(calls)) {
		fmt.Fprintf(out, "%s calls=%d", method, calls[method])
		for _, outcome := range slices.Sorted(maps.Keys(outcomes[method])) {
			fmt.Fprintf(out, " %s=%d", outcome, outcomes[method][outcome])
		}
		fmt.Fprintln(out)
	}
	return nil
}
