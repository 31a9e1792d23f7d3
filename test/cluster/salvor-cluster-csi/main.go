// Program salvor-cluster-csi is the CSI driver of a cluster with a node, and the provisioner beside
// it. It is a program of its own because it needs a tenth of the memory that Kubernetes' servers,
// just by being compiled in, would cost each of its processes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"salvor.test/cluster/internal/csidriver"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "salvor-cluster-csi:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) == 0 {
		return errors.New("name what to be: driver or provisioner")
	}
	switch arguments[0] {
	case "driver":
		return runDriver(ctx, arguments[1:])
	case "provisioner":
		return runProvisioner(ctx, arguments[1:])
	}
	return fmt.Errorf("nothing is called %q: name driver or provisioner", arguments[0])
}

func runDriver(ctx context.Context, arguments []string) error {
	var options csidriver.Options
	var name string
	flags := flag.NewFlagSet("driver", flag.ExitOnError)
	flags.StringVar(&name, "driver", "", "which driver to be")
	flags.StringVar(&options.Node, "node", "", "the node's name")
	flags.StringVar(&options.Cluster, "cluster", "", "a name that no other cluster on the storage has")
	flags.StringVar(&options.Storage, "storage", "", "folder of volumes and snapshots")
	flags.StringVar(&options.Socket, "socket", "", "where to listen")
	flags.StringVar(&options.Registration, "registration", "", "where to listen for the kubelet")
	flags.StringVar(&options.Notes.Calls, "calls", "", "file that counts the calls")
	flags.StringVar(&options.Notes.Faults, "faults", "", "file that says what goes wrong")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	var err error
	if options.Driver, err = csidriver.Find(name); err != nil {
		return err
	}
	return csidriver.Serve(ctx, options)
}
