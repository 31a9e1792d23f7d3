package network

import (
	"net/netip"
	"testing"
)

func TestEachPortHasAddressesOfItsOwn(t *testing.T) {
	seen := map[string]int{}
	for port := 1024; port < 1<<16; port += 7 {
		subnet, err := netip.ParsePrefix(PodSubnet(port))
		if err != nil {
			t.Fatal(err)
		}
		kubelet, err := netip.ParseAddr(KubeletAddress(port))
		if err != nil || !kubelet.IsLoopback() {
			t.Fatalf("port %d: %v, %v", port, kubelet, err)
		}
		if other, isTaken := seen[subnet.String()]; isTaken {
			t.Fatalf("ports %d and %d share %v", other, port, subnet)
		}
		seen[subnet.String()] = port
	}
}

func TestNodeAddressIsNoLoopbackAddress(t *testing.T) {
	address, err := NodeAddress()
	if err != nil {
		return // a machine without any: the error is what "up --node" says
	}

	if parsed, err := netip.ParseAddr(address); err != nil || parsed.IsLoopback() {
		t.Errorf("got %s, %v", address, err)
	}
}
