package cli

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"salvor.test/cluster/internal/load"
)

func ceiling() *cobra.Command {
	var plan load.Plan
	command := &cobra.Command{
		Use:   "ceiling KUBECONFIG",
		Short: "Create a mix of ten kinds of objects as fast as the API server lets it",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			return load.Create(arguments[0], plan, os.Stdout)
		},
	}
	flags := command.Flags()
	flags.IntVar(&plan.Objects, "objects", 5000, "how many objects to create")
	flags.IntVar(&plan.Namespaces, "namespaces", 10, "over how many namespaces to spread them")
	flags.StringVar(&plan.Prefix, "prefix", "ceiling", "beginning of the namespaces' names")
	flags.IntVar(&plan.InFlight, "in-flight", 32, "how many requests to have in flight at a time")
	flags.IntVar(&plan.Connections, "connections", 1, "over how many HTTP/2 connections to spread them")
	return command
}

func list() *cobra.Command {
	return &cobra.Command{
		Use:   "list KUBECONFIG",
		Short: "Read all objects of these kinds, in pages of 500",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			return load.List(arguments[0], os.Stdout)
		},
	}
}

func bystander() *cobra.Command {
	var perSecond int
	command := &cobra.Command{
		Use:   "bystander KUBECONFIG",
		Short: "Read one object regularly until interrupted, and print how long it took",
		Args:  cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), syscall.SIGTERM, syscall.SIGINT)
			defer stop()
			return load.Bystander(ctx, arguments[0], perSecond, os.Stdout)
		},
	}
	command.Flags().IntVar(&perSecond, "per-second", 20, "how many reads a second")
	return command
}
