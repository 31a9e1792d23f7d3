package lifecycle

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestDownOfNothingIsNoError(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, path := range []string{filepath.Join(t.TempDir(), "missing"), t.TempDir()} {
		var out bytes.Buffer
		if err := Down(path, Remove, &out); err != nil || !strings.HasPrefix(out.String(), "not up: ") {
			t.Errorf("%s: %q, %v", path, out.String(), err)
		}
	}
}

func TestCommandsOnAClusterThatIsDownSaySo(t *testing.T) {
	path := t.TempDir()
	t.Chdir(path)
	for name, err := range map[string]error{
		"status": Status(path, &bytes.Buffer{}),
		"start":  Start(path, "etcd"),
		"kill":   Kill(path, "etcd", "KILL"),
	} {
		if err == nil || !strings.Contains(err.Error(), "no cluster is up in "+path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignalsHaveManyNames(t *testing.T) {
	for _, name := range []string{"KILL", "SIGKILL", "kill", "9"} {
		if signal, err := parseSignal(name); err != nil || signal != syscall.SIGKILL {
			t.Errorf("%s: %v, %v", name, signal, err)
		}
	}
	for _, name := range []string{"", "NEVER", "0", "4711"} {
		if signal, err := parseSignal(name); err == nil {
			t.Errorf("%q is taken for %v", name, signal)
		}
	}
}

func TestTailHasTheLastLinesOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	var text strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&text, "line %d\n", i)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}

	lines, err := readTail(path)

	if err != nil || len(lines) != tailLines || !slices.Contains(lines, "line 99999") {
		t.Errorf("got %q, %v", lines, err)
	}
}
