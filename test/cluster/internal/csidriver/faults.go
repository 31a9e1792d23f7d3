package csidriver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// methods are the calls that can be made to fail, by the names that faults give them.
var methods = map[string]string{
	"create-volume":   "CreateVolume",
	"delete-volume":   "DeleteVolume",
	"expand-volume":   "ControllerExpandVolume",
	"create-snapshot": "CreateSnapshot",
	"delete-snapshot": "DeleteSnapshot",
	"node-publish":    "NodePublishVolume",
	"node-unpublish":  "NodeUnpublishVolume",
}

const (
	stall       = "stall"
	notReady    = "not-ready"
	errorPrefix = "error:"
)

// Faults say what goes wrong: by method of CSI, "stall", "not-ready" or "error:TEXT".
type Faults map[string]string

// ParseFaults reads faults like "create-snapshot=stall" or "create-volume=error:the disk is full".
func ParseFaults(texts []string) (Faults, error) {
	faults := Faults{}
	for _, text := range texts {
		name, action, _ := strings.Cut(strings.TrimSpace(text), "=")
		method, isKnown := methods[name]
		if !isKnown {
			return nil, fmt.Errorf("fault %q: no call is named %q: name one of %s",
				text, name, strings.Join(methodNames(), ", "))
		}
		isError := strings.HasPrefix(action, errorPrefix) && len(action) > len(errorPrefix)
		isSnapshotNotReady := action == notReady && method == "CreateSnapshot"
		if !isError && !isSnapshotNotReady && action != stall || strings.Contains(action, "\n") {
			return nil, fmt.Errorf(
				"fault %q: say CALL=stall, CALL=error:TEXT in one line, or create-snapshot=not-ready", text)
		}
		faults[method] = action
	}
	return faults, nil
}

func methodNames() []string {
	var names []string
	for name := range methods {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Text is what readFaults reads, one fault a line.
func (f Faults) Text() []byte {
	var text strings.Builder
	for _, name := range methodNames() {
		if action := f[methods[name]]; action != "" {
			fmt.Fprintf(&text, "%s=%s\n", name, action)
		}
	}
	return []byte(text.String())
}

// readFaults is asked at each call, so that a new file takes effect at once. No file means no fault.
func readFaults(path string) (Faults, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return ParseFaults(strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' }))
}

// stallInterval is how soon the end of a stall is noticed.
const stallInterval = 20 * time.Millisecond

// strike does to a call what the faults say: it returns an error, or waits until the stall is
// taken back or the caller gives up. "not-ready" is up to the call itself.
func strike(ctx context.Context, path, method string) error {
	for {
		faults, err := readFaults(path)
		if err != nil {
			return status.Errorf(codes.Internal, "reading the faults: %v", err)
		}
		action := faults[method]
		if text, isError := strings.CutPrefix(action, errorPrefix); isError {
			return status.Error(codes.Internal, text)
		}
		if action != stall {
			return nil
		}
		select {
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		case <-time.After(stallInterval):
		}
	}
}
