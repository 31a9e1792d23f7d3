package node

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"salvor.test/cluster/internal/statedir"
)

// What Debian's packages install.
const (
	Containerd     = "/usr/bin/containerd"
	Ctr            = "/usr/bin/ctr"
	Busybox        = "/bin/busybox"
	networkPlugins = "/usr/lib/cni"
)

// CheckMachine refuses a machine on which a node can't run.
func CheckMachine() error {
	if os.Geteuid() != 0 {
		return errors.New("a node mounts volumes and makes cgroups: run this as root, or leave --node out")
	}
	for _, program := range []string{Containerd, Ctr, "runc", Busybox, filepath.Join(networkPlugins, "ptp")} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("a node needs a program that is missing: %w: \"tools/dependencies cluster\" installs it", err)
		}
	}
	return nil
}

// Choose makes the settings of a node. A kept cluster keeps its key, and its storage unless told
// another.
func Choose(kept *statedir.Node, storage, address string) (*statedir.Node, error) {
	chosen := statedir.Node{}
	if kept != nil {
		chosen = *kept
	}
	chosen.Address = address
	if chosen.Key == "" {
		key := make([]byte, 4)
		rand.Read(key) // never fails
		chosen.Key = "salvor-" + hex.EncodeToString(key)
	}
	if storage == "" {
		storage = chosen.Storage
	}
	if storage == "" {
		storage = statedir.Storage
	}
	var err error
	chosen.Storage, err = filepath.Abs(storage)
	return &chosen, err
}
