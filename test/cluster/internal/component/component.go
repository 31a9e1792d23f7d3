// Package component lists the servers that a cluster consists of.
package component

import (
	"fmt"
	"net"
	"strings"

	"salvor.test/cluster/internal/statedir"
)

// The servers' names, which are also the subcommands by which this program becomes one of them
// unless another program is it.
const (
	Etcd              = "etcd"
	APIServer         = "kube-apiserver"
	ControllerManager = "kube-controller-manager"
	Scheduler         = "kube-scheduler"
	Kubelet           = "kubelet"
	Containerd        = "containerd"
)

// Component is one server.
type Component struct {
	Name string
	// Program is the file that runs it; empty means this program, with the name as its subcommand.
	Program string
	// Flags is the rest of its command line. Paths are relative to the cluster's folder, or those of
	// a node.
	Flags func(statedir.Settings) []string
	// Ready is what holds once this server has begun to work in a new cluster. It is empty if the
	// readiness of a later server implies this one's.
	Ready []Condition
	// Listens is where it accepts connections once it has begun to work; it may be nil as well.
	Listens func(statedir.Settings) net.Addr
	// RestartsItself is for a server that ends by design when it loses another one.
	RestartsItself bool
}

// Until a namespace has this account, the API server refuses each pod created in it.
const defaultServiceAccount = "/api/v1/namespaces/default/serviceaccounts/default"

// All has the servers of a cluster in the order in which they start. A new server is a new row
// here or in ofNode, and a way to run it in the program's main package.
func All(settings statedir.Settings) []Component {
	all := []Component{
		{Name: Etcd, Flags: etcdFlags},
		{Name: APIServer, Flags: apiServerFlags, Ready: []Condition{{Path: "/readyz"}}},
		{Name: ControllerManager, Flags: controllerManagerFlags, Ready: []Condition{{Path: defaultServiceAccount}}},
	}
	if settings.Node != nil {
		all = append(all, ofNode()...)
	}
	return all
}

// Find returns the cluster's component of that name.
func Find(settings statedir.Settings, name string) (Component, error) {
	var names []string
	for _, component := range All(settings) {
		if component.Name == name {
			return component, nil
		}
		names = append(names, component.Name)
	}
	return Component{}, fmt.Errorf("no component is called %q: name one of %s", name, strings.Join(names, ", "))
}
