package component

import (
	"salvor.test/cluster/internal/csidriver"
	"salvor.test/cluster/internal/network"
	"salvor.test/cluster/internal/node"
	"salvor.test/cluster/internal/pki"
	"salvor.test/cluster/internal/statedir"
)

// ofNode has the servers of a cluster with a node. The kubelet comes last: the others start up
// meanwhile, and once it has made the node ready and found the drivers, all is there.
func ofNode() []Component {
	servers := []Component{
		{Name: Scheduler, Flags: schedulerFlags},
		{Name: Containerd, Program: node.Containerd, Flags: containerdFlags, Listens: onSocket(statedir.ContainerdSocket)},
		{Name: SnapshotController, Program: node.Program(SnapshotController), Flags: snapshotControllerFlags},
	}
	nodeIsReady := []Condition{{Path: "/api/v1/nodes/" + network.NodeName, Holds: isReadyNode}}
	for _, driver := range csidriver.Drivers {
		servers = append(servers, ofDriver(driver)...)
		nodeIsReady = append(nodeIsReady,
			Condition{Path: "/apis/storage.k8s.io/v1/csinodes/" + network.NodeName, Holds: hasDriver(driver.Name)})
	}
	return append(servers, Component{Name: Kubelet, Flags: kubeletFlags, Listens: onKubeletPort, Ready: nodeIsReady})
}

func schedulerFlags(statedir.Settings) []string {
	return []string{
		"--kubeconfig=" + statedir.ComponentKubeconfig(Scheduler),
		"--leader-elect=false",
		"--secure-port=0",
	}
}

func containerdFlags(statedir.Settings) []string {
	return []string{"--config=" + node.State(node.ContainerdConfig)}
}

func kubeletFlags(settings statedir.Settings) []string {
	return []string{
		"--kubeconfig=" + node.State(statedir.ComponentKubeconfig(Kubelet)),
		"--config=" + node.State(node.KubeletConfig),
		"--root-dir=" + node.KubeletRoot,
		"--cert-dir=" + node.KubeletRoot + "/pki",
		"--hostname-override=" + network.NodeName,
		"--node-ip=" + settings.Node.Address,
	}
}

// kubeletAccessFlags let the API server reach the kubelet, for logs, exec and the like. It asks by
// the node's name, which its own hosts file knows.
func kubeletAccessFlags() []string {
	return []string{
		"--kubelet-client-certificate=" + pki.Certificate(pki.KubeletClient),
		"--kubelet-client-key=" + pki.Key(pki.KubeletClient),
		"--kubelet-preferred-address-types=Hostname",
	}
}
