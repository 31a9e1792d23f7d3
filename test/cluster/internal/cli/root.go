// Package cli has the program's subcommands, but for those that turn it into a server.
package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"salvor.test/cluster/internal/supervisor"
)

// Main runs the subcommand that the arguments name, and returns the program's exit status.
func Main(arguments []string) int {
	// The packages of Kubernetes put flags of their own here, which cobra would offer to the user.
	pflag.CommandLine = pflag.NewFlagSet("", pflag.ExitOnError)
	root := &cobra.Command{
		Use:               "salvor-cluster",
		Short:             "Real Kubernetes control planes for tests, on this machine",
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.AddCommand(up(), down(), kill(), start(), status(), image(), fault(), calls(), faultyProxy(), ceiling(), list(),
		bystander(), supervise())
	root.SetArgs(arguments)
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "salvor-cluster:", err)
		return 1
	}
	return 0
}

// supervise is run by "up" only.
func supervise() *cobra.Command {
	return &cobra.Command{
		Use:    supervisor.Name,
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE:   func(*cobra.Command, []string) error { return supervisor.Run() },
	}
}
