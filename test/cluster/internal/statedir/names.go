// Package statedir knows the folder in which a cluster keeps everything it has.
//
// All names are relative: each process of a cluster, and each command that works on one, has the
// folder as its working directory. So a folder of any depth will do, though the path of a unix
// socket may not exceed 107 bytes.
package statedir

import "path/filepath"

const (
	Kubeconfig      = "kubeconfig"
	ProxyKubeconfig = "proxy.kubeconfig"
	ControlSocket   = "control.sock"
	PKI             = "pki"
	AuditPolicy     = "audit-policy.yaml"
	AuditLog        = "audit.log"

	EtcdData       = "etcd"
	EtcdSocket     = "etcd.sock"
	EtcdPeerSocket = "etcd-peer.sock"

	// These are there in a cluster with a node only.
	Containerd       = "containerd"
	ContainerdSocket = "containerd.sock"
	Kubelet          = "kubelet"
	NodeFiles        = "node"
	Storage          = "storage"
	CSI              = "csi"

	Logs           = "log"
	settingsFile   = "cluster.json"
	supervisorFile = "supervisor.pid"
	readyFile      = "ready"
)

// runtimeEntries mean nothing once the cluster's processes have ended.
var runtimeEntries = []string{readyFile, supervisorFile, ControlSocket, EtcdSocket, EtcdPeerSocket, ProxyKubeconfig,
	ContainerdSocket, ContainerdSocket + ".ttrpc", CSI, NodeFiles}

// keptEntries can bring the same cluster up again. The settings come last: while they are there,
// the folder is known as a cluster's, so that a removal cut short can be repeated.
var keptEntries = []string{Kubeconfig, PKI, AuditPolicy, AuditLog, EtcdData, Containerd, Kubelet, Storage,
	Logs, settingsFile}

// Log is the file that takes what the named component prints.
func Log(name string) string { return filepath.Join(Logs, name+".log") }

// ComponentKubeconfig is the file by which the named component logs in to the API server.
func ComponentKubeconfig(name string) string { return filepath.Join(PKI, name+".kubeconfig") }

// CSISocket, CSIFaults and CSICalls are the files of one CSI driver.
func CSISocket(driver string) string { return filepath.Join(CSI, driver+".sock") }
func CSIFaults(driver string) string { return filepath.Join(CSI, driver+".faults") }
func CSICalls(driver string) string  { return filepath.Join(CSI, driver+".calls") }
