package node

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"salvor.test/cluster/internal/statedir"
)

// What Debian's packages install.
const (
	Containerd     = "/usr/bin/containerd"
	Ctr            = "/usr/bin/ctr"
	runc           = "/usr/sbin/runc"
	Busybox        = "/bin/busybox"
	networkPlugins = "/usr/lib/cni"
)

// CheckMachine refuses a machine on which a node can't run.
func CheckMachine() error {
	if os.Geteuid() != 0 {
		return errors.New("a node mounts volumes and makes cgroups: run this as root, or leave --node out")
	}
	for _, program := range []string{Containerd, Ctr, runc, Busybox, filepath.Join(networkPlugins, "ptp")} {
		if _, err := os.Stat(program); err != nil {
			return fmt.Errorf("%w: a node needs it: \"tools/dependencies cluster\" installs it", err)
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
