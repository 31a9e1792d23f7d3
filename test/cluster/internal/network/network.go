// Package network says which addresses a cluster uses.
//
// The API server's port was reserved for the cluster, so no other one on the machine has it. All
// that must differ between clusters is made from its two bytes: with port 45067, hence 176 and 11,
// the kubelet listens on 127.176.11.1 and the pods live in 10.176.11.0/24.
package network

import (
	"errors"
	"fmt"
	"net"
)

const (
	// Loopback is where the API server listens, unless the machine has the next address.
	Loopback = "127.0.0.1"
	// Shared is the address that test/cluster/in_network puts on the loopback device of a network
	// of its own. Pods reach what listens there, and nothing else does.
	Shared = "192.0.2.10"
	// ServiceRange has the addresses of services, APIService the first of them.
	ServiceRange = "10.96.0.0/16"
	APIService   = "10.96.0.1"
	// NodeName is the name of the one node.
	NodeName = "node"
	// KubeletPort is the usual one.
	KubeletPort = 10250
)

// KubeletAddress is a loopback address for one cluster's kubelet.
func KubeletAddress(apiPort int) string { return fmt.Sprintf("127.%d.%d.1", apiPort>>8, apiPort&255) }

// PodSubnet is for one cluster's pods.
func PodSubnet(apiPort int) string { return fmt.Sprintf("10.%d.%d.0/24", apiPort>>8, apiPort&255) }

// IsOwn tells whether this is a network made by in_network.
func IsOwn() (bool, error) {
	loopback, err := net.InterfaceByName("lo")
	if err != nil {
		return false, err
	}
	addresses, err := loopback.Addrs()
	if err != nil {
		return false, err
	}
	for _, address := range addresses {
		if network, isNetwork := address.(*net.IPNet); isNetwork && network.IP.String() == Shared {
			return true, nil
		}
	}
	return false, nil
}

// APIAddress is where an API server listens on this machine.
func APIAddress() (string, error) {
	isOwn, err := IsOwn()
	if isOwn {
		return Shared, err
	}
	return Loopback, err
}

// NodeAddress is an address that a kubelet accepts as its node's: one of the machine's, and not of
// 127.0.0.0/8. It stands in the node's status, and hostNetwork pods have it.
func NodeAddress() (string, error) {
	if isOwn, err := IsOwn(); isOwn || err != nil {
		return Shared, err
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return "", err
	}
	for _, address := range addresses {
		network, isNetwork := address.(*net.IPNet)
		if isNetwork && network.IP.To4() != nil && network.IP.IsGlobalUnicast() {
			return network.IP.String(), nil
		}
	}
	return "", errors.New("this machine has no IPv4 address but loopback, and a node needs one: " +
		"run this below test/cluster/in_network")
}
