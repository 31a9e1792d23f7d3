package component

import (
	"encoding/json"
	"net"

	"salvor.test/cluster/internal/network"
	"salvor.test/cluster/internal/statedir"
)

// Condition is something that the Kubernetes API says once a server does its work.
type Condition struct {
	Path string // answers 200 then
	// Holds looks at the answer too, if that is needed.
	Holds func(body []byte) bool
}

func isReadyNode(body []byte) bool {
	var node struct {
		Status struct {
			Conditions []struct{ Type, Status string }
		}
	}
	if err := json.Unmarshal(body, &node); err != nil {
		return false
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == "Ready" {
			return condition.Status == "True"
		}
	}
	return false
}

// hasDriver tells whether the kubelet has found a CSI driver.
func hasDriver(name string) func(body []byte) bool {
	return func(body []byte) bool {
		var node struct {
			Spec struct {
				Drivers []struct{ Name string }
			}
		}
		if err := json.Unmarshal(body, &node); err != nil {
			return false
		}
		for _, driver := range node.Spec.Drivers {
			if driver.Name == name {
				return true
			}
		}
		return false
	}
}

// onSocket is for a server that listens on a unix socket.
func onSocket(path string) func(statedir.Settings) net.Addr {
	return func(statedir.Settings) net.Addr { return &net.UnixAddr{Net: "unix", Name: path} }
}

func onKubeletPort(settings statedir.Settings) net.Addr {
	return &net.TCPAddr{IP: net.ParseIP(network.KubeletAddress(settings.APIPort)), Port: network.KubeletPort}
}
