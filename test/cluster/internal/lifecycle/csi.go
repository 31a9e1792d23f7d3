package lifecycle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"salvor.test/cluster/internal/csidriver"
	"salvor.test/cluster/internal/node"
	"salvor.test/cluster/internal/statedir"
)

// Fault has a CSI driver do wrong from the next call on; no faults at all clear those before.
func Fault(path, driverName string, faultTexts []string) error {
	faults, err := csidriver.ParseFaults(faultTexts)
	if err != nil {
		return err
	}
	driver, err := enterDriver(path, driverName)
	if err != nil {
		return err
	}
	file := statedir.CSIFaults(driver.Short)
	if len(faults) > 0 {
		return statedir.WriteFile(file, faults.Text())
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Calls prints how often each method of a CSI driver was called since "up", and how that ended.
func Calls(path, driverName string, out io.Writer) error {
	driver, err := enterDriver(path, driverName)
	if err != nil {
		return err
	}
	return csidriver.PrintCalls(statedir.CSICalls(driver.Short), out)
}

func enterDriver(path, name string) (csidriver.Driver, error) {
	driver, err := csidriver.Find(name)
	if err != nil {
		return driver, err
	}
	return driver, enterNode(path)
}

// enterNode makes the folder of a running cluster with a node the working directory.
func enterNode(path string) error {
	if _, err := enterRunning(path); err != nil {
		return err
	}
	settings, err := statedir.ReadSettings()
	if err == nil && settings.Node == nil {
		err = fmt.Errorf("the cluster in %s has no node: \"up\" it with --node", path)
	}
	return err
}

// Image makes an image of programs of this machine, and gives it to a cluster's node.
func Image(path, reference string, programs []string) error {
	var absolute []string
	for _, program := range programs {
		made, err := filepath.Abs(program)
		if err != nil {
			return err
		}
		absolute = append(absolute, made)
	}
	if err := enterNode(path); err != nil {
		return err
	}
	return node.ImportPrograms(reference, absolute)
}
