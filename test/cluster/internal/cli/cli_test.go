package cli

import (
	"path/filepath"
	"testing"
)

func TestExitStatusTellsSuccess(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, test := range []struct {
		arguments []string
		want      int
	}{
		{[]string{"--help"}, 0},
		{[]string{"down", missing}, 0},
		{[]string{"down", missing, "--keep"}, 0},
		{[]string{"down"}, 1},
		{[]string{"up", "one", "two"}, 1},
		{[]string{"up", missing, "--unknown"}, 1},
		{[]string{"status", missing}, 1},
		{[]string{"kill", missing, "etcd"}, 1},
		{[]string{"proxy", missing}, 1},
		{[]string{"up", missing, "--storage=" + missing}, 1}, // without a node nobody uses it
		{[]string{"image", missing, "tool:test", "--program=/bin/ls"}, 1},
		{[]string{"image", missing, "tool:test"}, 1},
		{[]string{"fault", missing, "hostpath", "clear"}, 1},
		{[]string{"fault", missing, "hostpath"}, 1},
		{[]string{"calls", missing, "hostpath"}, 1},
		{[]string{"calls", missing, "nfs"}, 1},
		{[]string{"list", missing}, 1},
		{[]string{"bystander", missing}, 1},
		{[]string{"ceiling", missing, "--objects=0"}, 1},
		{[]string{"supervise"}, 1}, // only "up" may run it
		{[]string{"restart"}, 1},
	} {
		if got := Main(test.arguments); got != test.want {
			t.Errorf("%q: exit status %d, want %d", test.arguments, got, test.want)
		}
	}
}
