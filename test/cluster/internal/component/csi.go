package component

import (
	"salvor.test/cluster/internal/csidriver"
	"salvor.test/cluster/internal/network"
	"salvor.test/cluster/internal/node"
	"salvor.test/cluster/internal/statedir"
)

// The programs that are built together with this one.
const (
	csiProgram         = "salvor-cluster-csi"
	SnapshotController = "snapshot-controller"
	csiSnapshotter     = "csi-snapshotter"
)

// CSIDriver is the name of a driver's component.
func CSIDriver(driver csidriver.Driver) string { return "csi-" + driver.Short }

// ofDriver has a CSI driver and what stands between it and the API server. The snapshotter ends
// when it loses its driver, as it would in a pod; so, as there, it is started again.
func ofDriver(driver csidriver.Driver) []Component {
	name, socket := CSIDriver(driver), statedir.CSISocket(driver.Short)
	servers := []Component{
		{Name: name, Program: node.Program(csiProgram), Flags: driverFlags(driver), Listens: onSocket(socket)},
		{Name: name + "-provisioner", Program: node.Program(csiProgram), Flags: provisionerFlags(driver)},
	}
	if driver.Snapshots {
		servers = append(servers, Component{Name: name + "-snapshotter", Program: node.Program(csiSnapshotter),
			Flags: snapshotterFlags(driver), RestartsItself: true})
	}
	return servers
}

func driverFlags(driver csidriver.Driver) func(statedir.Settings) []string {
	return func(settings statedir.Settings) []string {
		return []string{
			"driver",
			"--driver=" + driver.Short,
			"--node=" + network.NodeName,
			"--cluster=" + settings.Node.Key,
			"--storage=" + node.Storage,
			"--socket=" + node.State(statedir.CSISocket(driver.Short)),
			"--registration=" + node.Registry + "/" + driver.Name + "-reg.sock",
			"--calls=" + node.State(statedir.CSICalls(driver.Short)),
			"--faults=" + node.State(statedir.CSIFaults(driver.Short)),
		}
	}
}

func provisionerFlags(driver csidriver.Driver) func(statedir.Settings) []string {
	return func(statedir.Settings) []string {
		return []string{
			"provisioner",
			"--driver=" + driver.Short,
			"--socket=" + node.State(statedir.CSISocket(driver.Short)),
			"--kubeconfig=" + node.State(statedir.Kubeconfig),
		}
	}
}

// At the usual 5 requests a second, tests would mostly wait for the controllers.
func snapshotControllerFlags(statedir.Settings) []string {
	return []string{
		"--kubeconfig=" + node.State(statedir.Kubeconfig),
		"--kube-api-qps=200",
		"--kube-api-burst=400",
		"--retry-interval-start=200ms",
		"--retry-interval-max=2s",
	}
}

func snapshotterFlags(driver csidriver.Driver) func(statedir.Settings) []string {
	return func(settings statedir.Settings) []string {
		return append(snapshotControllerFlags(settings),
			"--csi-address="+node.State(statedir.CSISocket(driver.Short)))
	}
}
