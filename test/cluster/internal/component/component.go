// Package component lists the servers that a cluster consists of.
package component

import (
	"fmt"
	"strings"

	"salvor.test/cluster/internal/statedir"
)

// The servers' names, which are also the subcommands by which this program becomes one of them.
const (
	Etcd              = "etcd"
	APIServer         = "kube-apiserver"
	ControllerManager = "kube-controller-manager"
)

// Component is one server.
type Component struct {
	Name string
	// Flags is its command line behind the name. Paths are relative to the cluster's folder.
	Flags func(statedir.Settings) []string
	// ReadyPath is a path of the Kubernetes API that answers 200 once this server has begun to work
	// in a new cluster. It is empty if the readiness of a later server implies this one's.
	ReadyPath string
}

// Until a namespace has this account, the API server refuses each pod created in it.
const defaultServiceAccount = "/api/v1/namespaces/default/serviceaccounts/default"

// All has the servers in the order in which they start. A new server is a new row here, and a way
// to run it in the program's main package.
var All = []Component{
	{Name: Etcd, Flags: etcdFlags},
	{Name: APIServer, Flags: apiServerFlags, ReadyPath: "/readyz"},
	{Name: ControllerManager, Flags: controllerManagerFlags, ReadyPath: defaultServiceAccount},
}

// Find returns the component of that name.
func Find(name string) (Component, error) {
	var names []string
	for _, component := range All {
		if component.Name == name {
			return component, nil
		}
		names = append(names, component.Name)
	}
	return Component{}, fmt.Errorf("no component is called %q: name one of %s", name, strings.Join(names, ", "))
}
