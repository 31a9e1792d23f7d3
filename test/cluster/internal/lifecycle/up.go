// Package lifecycle has the commands that bring clusters and their components up and down.
package lifecycle

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"salvor.test/cluster/internal/component"
	"salvor.test/cluster/internal/kubeconfig"
	"salvor.test/cluster/internal/network"
	"salvor.test/cluster/internal/node"
	"salvor.test/cluster/internal/pki"
	"salvor.test/cluster/internal/port"
	"salvor.test/cluster/internal/statedir"
	"salvor.test/cluster/internal/supervisor"
)

// Options are the user's choices for a cluster.
type Options struct {
	Fsync bool // have etcd wait for the disk, as in production
	Audit bool // have the API server log every request
	Node  bool // with a node: kubelet, containerd, scheduler and CSI drivers
	// Storage is the folder of the CSI drivers; empty means one in the cluster's folder.
	Storage string
}

// complete refuses choices that can't be met, and makes the path absolute before the working
// directory changes.
func (o *Options) complete() error {
	if !o.Node {
		if o.Storage != "" {
			return errors.New("--storage is for the drivers of a node: give --node as well")
		}
		return nil
	}
	if o.Storage != "" {
		absolute, err := filepath.Abs(o.Storage)
		if err != nil {
			return err
		}
		o.Storage = absolute
	}
	return node.CheckMachine()
}

// Up brings a cluster up in the folder, and returns when it is ready for work. If that fails, none
// of its processes is left, but its files are, for they tell the reason.
func Up(path string, options Options, out io.Writer) error {
	began := time.Now()
	if err := options.complete(); err != nil {
		return err
	}
	dir, err := statedir.Create(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := clearTheWay(dir); err != nil {
		return err
	}
	settings, err := bringUp(options)
	if err != nil {
		return fmt.Errorf("bringing a cluster up in %s: %w\n"+
			"nothing of it runs any more; its logs stay in that folder's log/, and \"down\" removes them", dir.Path, err)
	}
	fmt.Fprintf(out, "cluster up: %s/%s (%s) in %.1f s\n",
		dir.Path, statedir.Kubeconfig, settings.Server(), time.Since(began).Seconds())
	return nil
}

// clearTheWay refuses a folder whose cluster is up, and removes what one that was up has left.
func clearTheWay(dir *statedir.Dir) error {
	identity, isUp, err := statedir.Supervisor()
	if err != nil {
		return err
	}
	if isUp && statedir.IsReady() {
		return fmt.Errorf("the cluster in %s is up already (process %d): \"down\" ends it", dir.Path, identity.PID)
	}
	if err := endSupervisor(identity, isUp); err != nil {
		return err
	}
	return dir.RemoveRuntime()
}

func bringUp(options Options) (statedir.Settings, error) {
	reservedPort, settings, err := prepare(options)
	if err != nil {
		return settings, err
	}
	defer reservedPort.Close()
	launched, err := supervisor.Launch(reservedPort)
	if err != nil {
		return settings, err
	}
	if err := startAll(launched, settings); err != nil {
		return settings, errors.Join(err, launched.Abandon(), node.RemoveGroups(settings))
	}
	return settings, errors.Join(launched.Commit(), statedir.MarkReady())
}

// prepare writes all that the supervisor and the components read.
func prepare(options Options) (*os.File, statedir.Settings, error) {
	settings, err := statedir.ReadSettings()
	if err != nil {
		return nil, settings, err
	}
	settings.Fsync, settings.Audit = options.Fsync, options.Audit
	if settings.Address, err = network.APIAddress(); err != nil {
		return nil, settings, err
	}
	if settings.Node, err = chooseNode(settings.Node, options); err != nil {
		return nil, settings, err
	}
	// A kept cluster gets its former port again if it can, so that copies of its kubeconfig work.
	reservedPort, number, err := port.Reserve(settings.Address, settings.APIPort)
	if err != nil {
		return nil, settings, err
	}
	settings.APIPort = number
	if err := writeFiles(settings); err != nil {
		reservedPort.Close()
		return nil, settings, err
	}
	return reservedPort, settings, nil
}

func chooseNode(kept *statedir.Node, options Options) (*statedir.Node, error) {
	if !options.Node {
		return nil, nil
	}
	address, err := network.NodeAddress()
	if err != nil {
		return nil, err
	}
	return node.Choose(kept, options.Storage, address)
}

func writeFiles(settings statedir.Settings) error {
	if err := statedir.WriteSettings(settings); err != nil {
		return err
	}
	if err := statedir.WriteFile(statedir.AuditPolicy, []byte(component.AuditPolicy)); err != nil {
		return err
	}
	if err := pki.Ensure(); err != nil {
		return err
	}
	for path, user := range map[string]string{
		statedir.Kubeconfig: pki.Admin,
		statedir.ComponentKubeconfig(component.ControllerManager): pki.ControllerManager,
		statedir.ComponentKubeconfig(component.Scheduler):         pki.Scheduler,
		statedir.ComponentKubeconfig(component.Kubelet):           pki.Kubelet,
	} {
		if err := writeKubeconfig(path, settings.Server(), user); err != nil {
			return fmt.Errorf("writing the kubeconfig of %s: %w", user, err)
		}
	}
	if settings.Node == nil {
		return nil
	}
	return node.WriteFiles(settings)
}

func writeKubeconfig(path, server, user string) error {
	ca, errCA := os.ReadFile(pki.Certificate(pki.ClusterCA))
	certificate, errCertificate := os.ReadFile(pki.Certificate(user))
	key, errKey := os.ReadFile(pki.Key(user))
	if err := errors.Join(errCA, errCertificate, errKey); err != nil {
		return err
	}
	return kubeconfig.Write(path, kubeconfig.Access{Server: server, CA: ca, Certificate: certificate, Key: key})
}

// preparations are made in a new cluster before the component starts.
var preparations = map[string]func() error{
	component.SnapshotController: createStorageObjects,
	component.Kubelet:            node.ImportImages,
}

// startAll starts the components one after the other, each when those before it are ready.
func startAll(launched *supervisor.Launched, settings statedir.Settings) error {
	if err := statedir.WriteSupervisor(launched.Identity); err != nil {
		return err
	}
	for _, component := range component.All(settings) {
		if prepare := preparations[component.Name]; prepare != nil {
			if err := prepare(); err != nil {
				return fmt.Errorf("before %s can start: %w", component.Name, err)
			}
		}
		if err := startAndWait(settings, component); err != nil {
			return err
		}
	}
	return nil
}
