package lifecycle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"salvor.test/cluster/internal/node"
	"salvor.test/cluster/internal/process"
	"salvor.test/cluster/internal/statedir"
)

// Fate says what "down" does with a cluster's files.
type Fate int

const (
	Remove Fate = iota
	Keep
)

// Down ends all processes of the cluster in the folder. It is no error if there is none.
func Down(path string, fate Fate, out io.Writer) error {
	dir, err := statedir.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(out, "not up: %s does not exist\n", path)
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	if !dir.IsCluster() {
		fmt.Fprintf(out, "not up: %s is no cluster's folder\n", dir.Path)
		return nil
	}
	return endAndClean(dir, fate, out)
}

func endAndClean(dir *statedir.Dir, fate Fate, out io.Writer) error {
	identity, isUp, err := statedir.Supervisor()
	if err != nil {
		return err
	}
	outcome := "not up"
	if isUp {
		outcome = "cluster down"
	}
	if err := endSupervisor(identity, isUp); err != nil {
		return err
	}
	clean := dir.Remove
	if fate == Keep {
		clean = dir.RemoveRuntime
	}
	if err := clean(); err != nil {
		return fmt.Errorf("the cluster is down, but cleaning up failed: %w", err)
	}
	fmt.Fprintf(out, "%s: %s\n", outcome, dir.Path)
	return nil
}

// endSupervisor ends all processes of the working directory's cluster if it is up. What it can't
// remove itself when it is killed is removed here, if need be of one that was killed before.
func endSupervisor(identity process.Identity, isUp bool) error {
	if isUp {
		if err := identity.End(); err != nil {
			return err
		}
	}
	settings, err := statedir.ReadSettings()
	if err != nil {
		return err
	}
	return node.RemoveGroups(settings)
}
