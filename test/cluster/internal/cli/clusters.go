package cli

import (
	"os"

	"github.com/spf13/cobra"

	"salvor.test/cluster/internal/lifecycle"
	"salvor.test/cluster/internal/proxy"
)

func up() *cobra.Command {
	var options lifecycle.Options
	command := &cobra.Command{
		Use:   "up DIR",
		Short: "Bring a control plane up with all its state in DIR, and write DIR/kubeconfig",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			return lifecycle.Up(arguments[0], options, os.Stdout)
		},
	}
	command.Flags().BoolVar(&options.Fsync, "fsync", false, "have etcd wait for the disk, as in production")
	command.Flags().BoolVar(&options.Audit, "audit", false, "log each API request to DIR/audit.log, as JSON")
	command.Flags().BoolVar(&options.Node, "node", false, "with a node that runs pods, CSI drivers and snapshots")
	command.Flags().StringVar(&options.Storage, "storage", "",
		"folder of the CSI drivers; two clusters may share it (default DIR/storage)")
	return command
}

func down() *cobra.Command {
	var keep bool
	command := &cobra.Command{
		Use:   "down DIR",
		Short: "End the control plane in DIR and remove its state; none there is no error",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			fate := lifecycle.Remove
			if keep {
				fate = lifecycle.Keep
			}
			return lifecycle.Down(arguments[0], fate, os.Stdout)
		},
	}
	command.Flags().BoolVar(&keep, "keep", false, "keep the state, so that \"up\" brings the same cluster up again")
	return command
}

func kill() *cobra.Command {
	return &cobra.Command{
		Use:   "kill DIR COMPONENT [SIGNAL]",
		Short: "Send a component a signal (KILL by default), and wait for its end if it must end",
		Args:  cobra.RangeArgs(2, 3),
		RunE: func(_ *cobra.Command, arguments []string) error {
			signal := "KILL"
			if len(arguments) == 3 {
				signal = arguments[2]
			}
			return lifecycle.Kill(arguments[0], arguments[1], signal)
		},
	}
}

func start() *cobra.Command {
	return &cobra.Command{
		Use:   "start DIR COMPONENT",
		Short: "Start a component that is down with its former command line, and wait until it is ready",
		Args:  cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, arguments []string) error {
			return lifecycle.Start(arguments[0], arguments[1])
		},
	}
}

func status() *cobra.Command {
	return &cobra.Command{
		Use:   "status DIR",
		Short: "Print each component's name, process id, state and memory",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			return lifecycle.Status(arguments[0], os.Stdout)
		},
	}
}

func faultyProxy() *cobra.Command {
	var options proxy.Options
	command := &cobra.Command{
		Use:   "proxy DIR",
		Short: "Serve the cluster's API with faults, as flags and a control endpoint say, until ended",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			return lifecycle.Proxy(arguments[0], options, os.Stdout)
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.Listen, "listen", "127.0.0.1:0", "address for clients; port 0 lets the kernel choose")
	flags.StringVar(&options.Control, "control", "127.0.0.1:0", "address of the control endpoint")
	flags.StringVar(&options.Kubeconfig, "kubeconfig", "", "file to write for clients (default DIR/proxy.kubeconfig)")
	flags.Float64Var(&options.Script.RefuseShare, "refuse-share", 0, "share of requests, but for watches, answered with 429")
	flags.Uint64Var(&options.Script.RefuseSeed, "refuse-seed", 1, "seed of the choice which")
	flags.IntVar(&options.Script.RetryAfterSeconds, "retry-after", 1, "seconds after which these may come back")
	return command
}
