// Package node is what a cluster's node needs beside the servers: their files, and a machine that
// looks like a node's own.
//
// The servers of a node expect /var/lib/kubelet, /run and the like for themselves. In the mount
// namespace of its supervisor, each cluster has its own there, and they vanish with it. The folders
// that the servers share with the machine appear below /run/salvor, at short paths, however deep
// the cluster's folder lies.
package node

import (
	"path/filepath"

	"salvor.test/cluster/internal/statedir"
)

const (
	here     = "/run/salvor"
	state    = here + "/state"    // the cluster's folder
	programs = here + "/programs" // where this program is
	Storage  = here + "/storage"  // the CSI drivers' folder

	KubeletRoot = "/var/lib/kubelet"
	// Registry is where the kubelet looks for the sockets of plugins.
	Registry = KubeletRoot + "/plugins_registry"
)

// State is the path of one of the cluster's files as a node's server sees it.
func State(name string) string { return filepath.Join(state, name) }

// Program is the path of one of the programs that are built together with this one.
func Program(name string) string { return filepath.Join(programs, name) }

// The files that Files makes.
var (
	ContainerdConfig = file("containerd.toml")
	KubeletConfig    = file("kubelet.yaml")
	hosts            = file("hosts")
	nameServers      = file("resolv.conf")
	podNetwork       = file("cni/10-pods.conflist")
)

func file(name string) string { return filepath.Join(statedir.NodeFiles, name) }
