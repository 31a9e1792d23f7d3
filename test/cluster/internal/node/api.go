package node

import (
	"fmt"
	"os/exec"
	"strings"

	"salvor.test/cluster/internal/network"
	"salvor.test/cluster/internal/statedir"
)

// LeadPodsToAPI makes the service "kubernetes" work for the cluster's pods, in a network of its own:
// what kube-proxy would do, for this one service. In the machine's network nothing is changed.
func LeadPodsToAPI(settings statedir.Settings) error {
	if settings.Address != network.Shared {
		return nil
	}
	output, err := exec.Command("iptables", apiRule(settings)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("iptables: %w: %s", err, strings.TrimSpace(string(output)))
	}
	return nil
}

// apiRule has no "=" in its flags, which iptables does not take everywhere.
func apiRule(settings statedir.Settings) []string {
	return []string{"--wait", "-t", "nat", "-A", "PREROUTING",
		"-s", network.PodSubnet(settings.APIPort), "-d", network.APIService, "-p", "tcp", "--dport", "443",
		"-j", "DNAT", "--to-destination", fmt.Sprintf("%s:%d", network.Shared, settings.APIPort)}
}
