// Package csidriver is a CSI driver for tests: a volume is a folder, a snapshot is a copy of one.
//
// Two clusters may share its storage: whatever is made gets its id from the name that Kubernetes
// gives it, which holds a UUID, so that a snapshot of one cluster can be read in the other. Calls
// are counted in a file, and another file says which of them are to fail.
package csidriver

import "fmt"

// Driver is one of the drivers that this program can be.
type Driver struct {
	Short     string // as commands and files call it
	Name      string // as Kubernetes calls it
	Snapshots bool   // whether it can make any
}

// Drivers are those of a cluster with a node. A new driver is a new row.
var Drivers = []Driver{
	{Short: "hostpath", Name: "hostpath.csi.salvor.test", Snapshots: true},
	{Short: "plain", Name: "plain.csi.salvor.test"},
}

// Find returns the driver that has the name, of whichever kind.
func Find(name string) (Driver, error) {
	var names []string
	for _, driver := range Drivers {
		if name == driver.Short || name == driver.Name {
			return driver, nil
		}
		names = append(names, driver.Short)
	}
	return Driver{}, fmt.Errorf("no CSI driver is called %q: name one of %q", name, names)
}
